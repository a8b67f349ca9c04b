#include "exchange.h"

#include "agora_token.h"
#include "log.h"

/* The mentee's role stays audience; what the token permits is the deployment's to choose.
 */
static enum agora_token_role privileges_of(enum mentorship_role role,
                                           bool mentee_publishes) {
    if (role == MENTORSHIP_INSTRUCTOR || mentee_publishes)
        return AGORA_TOKEN_HOST;
    return AGORA_TOKEN_AUDIENCE;
}

static enum problem build(const struct exchange *exchange, const struct uuid *mentorship_id,
                          const struct mentorship_access *access, char *token) {
    const struct settings *settings = exchange->service->settings;
    struct agora_token_request request = {
        .app_id = span_of_text(settings_text(settings, SETTING_AGORA_APP_ID)),
        .certificate = settings_secret(settings, SETTING_AGORA_APP_CERTIFICATE),
        .channel = span_of_text(mentorship_id->text),
        .account = span_of_text(exchange->caller.discord_id),
        .role =
            privileges_of(access->role, settings_is_on(settings, SETTING_STUDENT_PUBLISH)),
        .issued_at_sec = (uint32_t)access->now_sec,
        .lifetime_sec = (uint32_t)settings_number(settings, SETTING_TOKEN_LIFETIME_SEC),
        .salt = agora_token_random_salt(),
    };

    enum agora_token_error error = agora_token_build(&request, token);
    if (error == AGORA_TOKEN_OK)
        return PROBLEM_NONE;
    log_message(LOG_LEVEL_ERROR, "token", "%s", agora_token_error_text(error));
    return PROBLEM_INTERNAL;
}

enum problem handle_token(struct exchange *exchange) {
    const struct settings *settings = exchange->service->settings;
    long lifetime_sec = settings_number(settings, SETTING_TOKEN_LIFETIME_SEC);
    struct mentorship_access access;
    struct uuid mentorship_id;
    char token[AGORA_TOKEN_TEXT_BYTES];

    enum problem problem = exchange_take_mentorship_id(exchange, &mentorship_id);
    if (problem != PROBLEM_NONE)
        return problem;
    if (!settings_has(settings, SETTING_AGORA_APP_ID) ||
        !settings_has(settings, SETTING_AGORA_APP_CERTIFICATE))
        return PROBLEM_AGORA_NOT_CONFIGURED;
    problem = problem_of_mentorship(
        mentorship_authorise(exchange->service->database, exchange->caller.discord_id,
                             &mentorship_id, lifetime_sec, &access));
    if (problem == PROBLEM_NONE)
        problem = build(exchange, &mentorship_id, &access, token);
    if (problem != PROBLEM_NONE)
        return problem;

    bool is_host = access.role == MENTORSHIP_INSTRUCTOR;
    metrics_count_token(exchange->service->metrics, is_host);
    json_object *answer = exchange->answer;
    json_add_text(answer, "token", token);
    json_add_text(answer, "channelName", mentorship_id.text);
    json_add_text(answer, "appId", settings_text(settings, SETTING_AGORA_APP_ID));
    json_add_text(answer, "userId", exchange->caller.discord_id);
    json_add_text(answer, "role", is_host ? "host" : "audience");
    json_add_integer(answer, "expiresIn", lifetime_sec);
    json_add_text(answer, "expiresAt", access.expires_at);
    return PROBLEM_NONE;
}
