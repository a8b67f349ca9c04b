/*
 * Lets a test in another language use the token library: one JSON object per line on stdin,
 * one on stdout.
 *
 *   {"op":"build","appId","certificate","channel","account","role":"host"|"audience",
 *    "issuedAt","lifetime","salt"}            → {"error", "token"}
 *   {"op":"open","token","certificate"}       → {"error", "appId", "issuedAt", "lifetime",
 *                                                "salt", "channel", "account",
 * "privileges"}
 */
#include "agora/agora_token.h"

#include <json-c/json.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

static struct span text_of(json_object *object, const char *name) {
    json_object *member = json_object_object_get(object, name);
    if (member == NULL)
        return SPAN_ABSENT;
    return (struct span){json_object_get_string(member),
                         (size_t)json_object_get_string_len(member)};
}

static uint32_t number_of(json_object *object, const char *name) {
    return (uint32_t)json_object_get_int64(json_object_object_get(object, name));
}

static void add_text(json_object *object, const char *name, const char *value) {
    json_object_object_add(object, name, json_object_new_string(value));
}

static void add_number(json_object *object, const char *name, uint32_t value) {
    json_object_object_add(object, name, json_object_new_int64(value));
}

static void build(json_object *question, json_object *answer) {
    struct agora_token_request request = {
        .app_id = text_of(question, "appId"),
        .certificate = text_of(question, "certificate"),
        .channel = text_of(question, "channel"),
        .account = text_of(question, "account"),
        .role = span_equals(text_of(question, "role"), SPAN_OF("host"))
                    ? AGORA_TOKEN_HOST
                    : AGORA_TOKEN_AUDIENCE,
        .issued_at_sec = number_of(question, "issuedAt"),
        .lifetime_sec = number_of(question, "lifetime"),
        .salt = number_of(question, "salt"),
    };
    char token[AGORA_TOKEN_TEXT_BYTES];

    add_number(answer, "error", agora_token_build(&request, token));
    add_text(answer, "token", token);
}

static void open_token(json_object *question, json_object *answer) {
    struct agora_token_content content;
    json_object *privileges = json_object_new_object();
    const struct agora_token_service *service = &content.services[0];

    add_number(answer, "error",
               agora_token_open(text_of(question, "token"),
                                text_of(question, "certificate"), &content));
    add_text(answer, "appId", content.app_id);
    add_number(answer, "issuedAt", content.issued_at_sec);
    add_number(answer, "lifetime", content.lifetime_sec);
    add_number(answer, "salt", content.salt);
    add_text(answer, "channel", service->channel);
    add_text(answer, "account", service->account);
    for (size_t at = 0; at < service->privilege_count; at++) {
        char name[8];
        (void)snprintf(name, sizeof name, "%u", service->privileges[at].privilege);
        add_number(privileges, name, service->privileges[at].expire_sec);
    }
    json_object_object_add(answer, "privileges", privileges);
}

int main(void) {
    static char line[65536];

    if (sodium_init() < 0)
        return 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        json_object *question = json_tokener_parse(line);
        json_object *answer = json_object_new_object();
        if (question == NULL || answer == NULL)
            return 1;
        if (span_equals(text_of(question, "op"), SPAN_OF("build")))
            build(question, answer);
        else
            open_token(question, answer);
        puts(json_object_to_json_string_ext(answer, JSON_C_TO_STRING_PLAIN));
        (void)fflush(stdout);
        json_object_put(answer);
        json_object_put(question);
    }
    return 0;
}
