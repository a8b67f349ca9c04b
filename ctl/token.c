#include "ctl.h"

#include "agora/agora_token.h"
#include "base/json_add.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define TIME_BYTES 32

/* RFC 3339, as the API writes times, but in whole seconds as tokens have them. */
static void time_text(int64_t at_sec, char text[static TIME_BYTES]) {
    time_t at = (time_t)at_sec;
    struct tm parts;

    if (gmtime_r(&at, &parts) == NULL ||
        strftime(text, TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        text[0] = '\0';
}

/* ── token ───────────────────────────────────────────────────────────────────────────── */

static bool take_role(const struct ctl *ctl, enum agora_token_role *role) {
    *role = AGORA_TOKEN_HOST;
    if (ctl->role == NULL || strcmp(ctl->role, "host") == 0)
        return true;
    *role = AGORA_TOKEN_AUDIENCE;
    if (strcmp(ctl->role, "audience") == 0)
        return true;
    ctl_complain("token: --role wants host or audience, not '%s'", ctl->role);
    return false;
}

static void print_token(const struct ctl *ctl, const struct agora_token_request *request,
                        const char *token) {
    char expires[TIME_BYTES];

    if (!ctl->wants_json) {
        puts(token);
        return;
    }
    json_object *json = json_object_new_object();
    time_text((int64_t)request->issued_at_sec + request->lifetime_sec, expires);
    json_add_text(json, "token", token);
    json_add_text(json, "channelName", request->channel.data);
    json_add_text(json, "userId", request->account.data);
    json_add_text(json, "role", request->role == AGORA_TOKEN_HOST ? "host" : "audience");
    json_add_integer(json, "expiresIn", request->lifetime_sec);
    json_add_text(json, "expiresAt", expires);
    ctl_print_json(json);
}

static enum ctl_exit issue(const struct ctl *ctl,
                           const struct agora_token_request *request) {
    char token[AGORA_TOKEN_TEXT_BYTES];

    enum agora_token_error error = agora_token_build(request, token);
    if (error == AGORA_TOKEN_OK)
        print_token(ctl, request, token);
    else
        ctl_complain("token: %s", agora_token_error_text(error));
    sodium_memzero(token, sizeof token);
    return error == AGORA_TOKEN_OK ? CTL_DONE : CTL_FAILED;
}

enum ctl_exit ctl_token(const struct ctl *ctl) {
    struct agora_token_request request = {
        .app_id = span_of_text(settings_text(ctl->settings, SETTING_AGORA_APP_ID)),
        .certificate = settings_secret(ctl->settings, SETTING_AGORA_APP_CERTIFICATE),
        .account = span_of_text(ctl->arguments[1]),
        .issued_at_sec = (uint32_t)time(NULL),
        .lifetime_sec = (uint32_t)ctl->lifetime_sec,
        .salt = agora_token_random_salt(),
    };
    struct uuid mentorship_id;

    if (!ctl_take_uuid(ctl->arguments[0], "token: MENTORSHIP", &mentorship_id) ||
        !ctl_take_discord_id(ctl->arguments[1], "token: DISCORD_ID") ||
        !take_role(ctl, &request.role))
        return CTL_USAGE;
    if (request.app_id.data == NULL || request.certificate.data == NULL) {
        ctl_complain("token: NEXT_PUBLIC_AGORA_APP_ID or AGORA_APP_CERTIFICATE is not set");
        return CTL_FAILED;
    }
    request.channel = span_of_text(mentorship_id.text);
    return issue(ctl, &request);
}

/* ── inspect ─────────────────────────────────────────────────────────────────────────── */

/* From AgoraIO/Tools, AccessToken2: the service of calls, and its privileges. */
#define SERVICE_RTC 1

static const char *service_name(uint16_t type) {
    return type == SERVICE_RTC ? "RTC" : "other";
}

static const char *privilege_name(const struct agora_token_service *service, size_t at) {
    static const char *const NAMES[] = {NULL, "join channel", "publish audio",
                                        "publish video", "publish data"};
    uint16_t privilege = service->privileges[at].privilege;

    return privilege > 0 && privilege < sizeof NAMES / sizeof *NAMES ? NAMES[privilege]
                                                                     : "other privilege";
}

static const char *signature_text(const struct ctl *ctl,
                                  const struct agora_token_content *content) {
    if (!settings_has(ctl->settings, SETTING_AGORA_APP_CERTIFICATE))
        return "not checked: AGORA_APP_CERTIFICATE is not set";
    return content->signature_holds ? "valid"
                                    : "invalid: made with another certificate, or altered";
}

static json_object *service_json(const struct agora_token_content *content,
                                 const struct agora_token_service *service) {
    json_object *json = json_object_new_object();
    json_object *privileges = json_object_new_array();
    char expires[TIME_BYTES];

    json_add_integer(json, "type", service->type);
    json_add_text(json, "name", service_name(service->type));
    json_add_text_or_null(json, "channelName", service->channel);
    json_add_text_or_null(json, "userId", service->account);
    for (size_t at = 0; at < service->privilege_count; at++) {
        json_object *privilege = json_object_new_object();
        time_text((int64_t)content->issued_at_sec + service->privileges[at].expire_sec,
                  expires);
        json_add_integer(privilege, "privilege", service->privileges[at].privilege);
        json_add_text(privilege, "name", privilege_name(service, at));
        json_add_text(privilege, "expiresAt", expires);
        (void)json_object_array_add(privileges, privilege);
    }
    (void)json_object_object_add(json, "privileges", privileges);
    return json;
}

static void print_content_json(const struct ctl *ctl,
                               const struct agora_token_content *content) {
    json_object *json = json_object_new_object();
    json_object *services = json_object_new_array();
    char issued[TIME_BYTES], expires[TIME_BYTES];
    int64_t expires_sec = (int64_t)content->issued_at_sec + content->lifetime_sec;

    time_text(content->issued_at_sec, issued);
    time_text(expires_sec, expires);
    json_add_text(json, "appId", content->app_id);
    json_add_text(json, "issuedAt", issued);
    json_add_text(json, "expiresAt", expires);
    json_add_boolean(json, "expired", expires_sec <= (int64_t)time(NULL));
    json_add_integer(json, "salt", content->salt);
    if (settings_has(ctl->settings, SETTING_AGORA_APP_CERTIFICATE))
        json_add_boolean(json, "signatureHolds", content->signature_holds);
    else
        json_add_text(json, "signatureHolds", NULL);
    for (size_t at = 0; at < content->service_count; at++)
        (void)json_object_array_add(services,
                                    service_json(content, &content->services[at]));
    (void)json_object_object_add(json, "services", services);
    ctl_print_json(json);
}

static void print_until(const char *what, int64_t until_sec) {
    int64_t left_sec = until_sec - (int64_t)time(NULL);
    char at[TIME_BYTES], age[CTL_AGE_BYTES];

    time_text(until_sec, at);
    ctl_age_text(left_sec > 0 ? left_sec : -left_sec, age);
    ctl_say(left_sec > 0 ? "%-16s until %s, in %s" : "%-16s until %s, expired %s ago", what,
            at, age);
}

static void print_service(const struct agora_token_content *content,
                          const struct agora_token_service *service) {
    ctl_say("%-16s %s (type %d)", "service", service_name(service->type), service->type);
    if (service->type != SERVICE_RTC)
        return;
    ctl_say("%-16s %s", "channel", service->channel);
    ctl_say("%-16s %s", "user", service->account);
    for (size_t at = 0; at < service->privilege_count; at++)
        print_until(privilege_name(service, at),
                    (int64_t)content->issued_at_sec + service->privileges[at].expire_sec);
}

static void print_content(const struct ctl *ctl,
                          const struct agora_token_content *content) {
    char issued[TIME_BYTES];

    time_text(content->issued_at_sec, issued);
    ctl_say("%-16s %s", "App ID", content->app_id);
    ctl_say("%-16s %s", "issued", issued);
    print_until("valid", (int64_t)content->issued_at_sec + content->lifetime_sec);
    ctl_say("%-16s %lu", "salt", (unsigned long)content->salt);
    ctl_say("%-16s %s", "signature", signature_text(ctl, content));
    for (size_t at = 0; at < content->service_count; at++)
        print_service(content, &content->services[at]);
}

/* "-" is the first line of standard input: other users can see arguments. */
static struct span take_token(const struct ctl *ctl, char *buffer, size_t buffer_bytes) {
    if (strcmp(ctl->arguments[0], "-") != 0)
        return span_of_text(ctl->arguments[0]);
    if (fgets(buffer, (int)buffer_bytes, stdin) == NULL)
        return SPAN_ABSENT;
    return (struct span){buffer, strcspn(buffer, "\r\n")};
}

enum ctl_exit ctl_inspect(const struct ctl *ctl) {
    char line[8192];
    struct agora_token_content content;
    struct span certificate = settings_secret(ctl->settings, SETTING_AGORA_APP_CERTIFICATE);

    struct span token = take_token(ctl, line, sizeof line);
    if (token.data == NULL) {
        ctl_complain("inspect: no token on standard input");
        return CTL_FAILED;
    }
    enum agora_token_error error = agora_token_open(token, certificate, &content);
    if (error != AGORA_TOKEN_OK && error != AGORA_TOKEN_E_SIGNATURE)
        ctl_complain("inspect: %s", agora_token_error_text(error));
    else if (ctl->wants_json)
        print_content_json(ctl, &content);
    else
        print_content(ctl, &content);
    sodium_memzero(line, sizeof line);
    return error == AGORA_TOKEN_OK ? CTL_DONE : CTL_FAILED;
}
