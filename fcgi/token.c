#include "routes.h"

#include "agora/agora_token.h"
#include "base/log.h"
#include "calls/call_access.h"
#include "problem_of.h"

static long lifetime_sec(const struct exchange *exchange) {
    return settings_number(exchange_settings(exchange), SETTING_TOKEN_LIFETIME_SEC);
}

enum problem token_ask(struct exchange *exchange) {
    const struct settings *settings = exchange_settings(exchange);
    struct call_caller caller = exchange_caller(exchange);

    enum problem problem = exchange_take_mentorship_id(exchange);
    if (problem != PROBLEM_NONE)
        return problem;
    if (!settings_has(settings, SETTING_AGORA_APP_ID) ||
        !settings_has(settings, SETTING_AGORA_APP_CERTIFICATE))
        return PROBLEM_AGORA_NOT_CONFIGURED;
    call_access_ask(&exchange->pending.ask, &caller, &exchange->id, lifetime_sec(exchange));
    return PROBLEM_NONE;
}

/* The deployment decides whether mentees may publish; their role stays audience. */
static enum agora_token_role privileges_of(enum call_role role, bool mentee_publishes) {
    if (role == CALL_ROLE_INSTRUCTOR || mentee_publishes)
        return AGORA_TOKEN_HOST;
    return AGORA_TOKEN_AUDIENCE;
}

static enum problem build(const struct exchange *exchange, const struct call_access *access,
                          char *token) {
    const struct settings *settings = exchange_settings(exchange);
    struct agora_token_request request = {
        .app_id = span_of_text(settings_text(settings, SETTING_AGORA_APP_ID)),
        .certificate = settings_secret(settings, SETTING_AGORA_APP_CERTIFICATE),
        .channel = span_of_text(exchange->id.text),
        .account = span_of_text(exchange->caller.discord_id),
        .role =
            privileges_of(access->role, settings_is_on(settings, SETTING_STUDENT_PUBLISH)),
        .issued_at_sec = (uint32_t)access->now_sec,
        .lifetime_sec = (uint32_t)lifetime_sec(exchange),
        .salt = agora_token_random_salt(),
    };

    enum agora_token_error error = agora_token_build(&request, token);
    if (error == AGORA_TOKEN_OK)
        return PROBLEM_NONE;
    log_message(LOG_LEVEL_ERROR, "token", "%s", agora_token_error_text(error));
    return PROBLEM_INTERNAL;
}

enum problem token_answer(struct exchange *exchange) {
    const struct settings *settings = exchange_settings(exchange);
    char token[AGORA_TOKEN_TEXT_BYTES];
    struct call_access access;

    enum problem problem =
        problem_of_call(call_access_read(&exchange->pending.result, &access));
    if (problem == PROBLEM_NONE)
        problem = build(exchange, &access, token);
    if (problem != PROBLEM_NONE)
        return problem;

    bool is_host = access.role == CALL_ROLE_INSTRUCTOR;
    metrics_count_token(exchange->tools->metrics, is_host);
    json_object *json = exchange->json;
    json_add_text(json, "token", token);
    explicit_bzero(token, sizeof token);
    json_add_text(json, "channelName", exchange->id.text);
    json_add_text(json, "appId", settings_text(settings, SETTING_AGORA_APP_ID));
    json_add_text(json, "userId", exchange->caller.discord_id);
    json_add_text(json, "role", is_host ? "host" : "audience");
    json_add_integer(json, "expiresIn", lifetime_sec(exchange));
    json_add_text(json, "expiresAt", access.expires_at);
    return PROBLEM_NONE;
}
