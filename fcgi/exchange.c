#include "exchange.h"

#include "base/clock.h"
#include "base/json_reader.h"
#include "base/json_wipe.h"

#include <stdio.h>
#include <stdlib.h>

#define BODY_DEPTH_MAX 16

bool exchange_begin(struct exchange *exchange, const struct exchange_tools *tools,
                    const struct request *request) {
    memset(exchange, 0, sizeof *exchange);
    exchange->tools = tools;
    exchange->request = request;
    (void)snprintf(exchange->label, sizeof exchange->label, "video-call %.40s",
                   request->id);
    exchange->began_us = clock_us();
    exchange->json = json_object_new_object();
    exchange->problem = exchange->json == NULL ? PROBLEM_INTERNAL : PROBLEM_NONE;
    return exchange->json != NULL;
}

void exchange_end(struct exchange *exchange) {
    result_free(&exchange->pending.result);
    free(exchange->notification);
    free(exchange->plain_text);
    json_wipe(exchange->body);
    json_wipe(exchange->json);
    explicit_bzero(exchange, sizeof *exchange);
}

const struct settings *exchange_settings(const struct exchange *exchange) {
    return exchange->tools->context->settings;
}

struct call_patience exchange_patience(const struct exchange *exchange) {
    return context_patience(exchange_settings(exchange));
}

struct call_caller exchange_caller(const struct exchange *exchange) {
    return (struct call_caller){.discord_id = exchange->caller.discord_id,
                                .label = exchange->label};
}

enum problem exchange_parse_body(struct exchange *exchange) {
    const struct request *request = exchange->request;

    switch (json_reader_parse((struct span){request->body, request->body_bytes},
                              BODY_DEPTH_MAX, &exchange->body)) {
    case JSON_READER_OK:
        return PROBLEM_NONE;
    case JSON_READER_E_MALFORMED:
        return PROBLEM_MALFORMED_JSON;
    case JSON_READER_E_DUPLICATE:
        return PROBLEM_DUPLICATE_MEMBER;
    case JSON_READER_E_MEMORY:
        break;
    }
    return PROBLEM_INTERNAL;
}

static enum problem take_id(struct exchange *exchange, const char *name,
                            enum problem missing, enum problem invalid) {
    json_object *member = NULL;

    if (!json_object_object_get_ex(exchange->body, name, &member) || member == NULL)
        return missing;
    struct span text = json_reader_text(member);
    return text.data != NULL && uuid_parse(text, &exchange->id) ? PROBLEM_NONE : invalid;
}

enum problem exchange_take_mentorship_id(struct exchange *exchange) {
    enum problem problem = take_id(exchange, "mentorshipId", PROBLEM_MISSING_MENTORSHIP_ID,
                                   PROBLEM_INVALID_MENTORSHIP_ID);

    exchange_note_mentorship(exchange, exchange->id.text);
    return problem;
}

enum problem exchange_take_call_id(struct exchange *exchange) {
    enum problem problem =
        take_id(exchange, "callId", PROBLEM_MISSING_CALL_ID, PROBLEM_INVALID_CALL_ID);

    exchange_note_call(exchange, exchange->id.text);
    return problem;
}

void exchange_note_mentorship(struct exchange *exchange, const char *id) {
    (void)snprintf(exchange->mentorship_id, sizeof exchange->mentorship_id, "%s", id);
}

void exchange_note_call(struct exchange *exchange, const char *id) {
    (void)snprintf(exchange->call_id, sizeof exchange->call_id, "%s", id);
}
