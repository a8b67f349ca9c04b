#include "routes.h"

#include "base/log.h"
#include "calls/agora_event.h"
#include "problem_of.h"

#include <stdlib.h>

static void count_notification(const struct exchange *exchange,
                               enum metrics_notification outcome) {
    metrics_count_notification(exchange->tools->metrics, outcome);
}

/* Checks the signature before parsing anything. */
static enum problem take_notification(struct exchange *exchange) {
    const struct request *request = exchange->request;
    struct span body = {request->body, request->body_bytes};
    struct span secret =
        settings_secret(exchange_settings(exchange), SETTING_AGORA_NOTIFICATION_SECRET);
    enum agora_notification_error error = AGORA_NOTIFICATION_E_SIGNATURE;

    exchange->notification = calloc(1, sizeof *exchange->notification);
    if (exchange->notification == NULL)
        return PROBLEM_INTERNAL;
    if (request->agora_signatures.count == 1)
        error =
            agora_notification_verify(secret, body, request->agora_signatures.values[0]);
    if (error == AGORA_NOTIFICATION_OK)
        error = agora_notification_read(body, exchange->notification);
    if (error == AGORA_NOTIFICATION_OK)
        return PROBLEM_NONE;
    exchange->refusal = agora_notification_error_text(error);
    count_notification(exchange, METRICS_NOTIFICATION_REFUSED);
    return problem_of_agora_notification(error);
}

/* A channel's name is its mentorship's id; any other channel isn't ours. */
static bool has_mentorship(struct exchange *exchange) {
    return exchange->notification->kind != AGORA_NOTIFICATION_UNKNOWN &&
           uuid_parse(span_of_text(exchange->notification->channel), &exchange->id);
}

enum problem agora_events_ask(struct exchange *exchange) {
    struct call_patience patience = exchange_patience(exchange);

    if (!settings_has(exchange_settings(exchange), SETTING_AGORA_NOTIFICATION_SECRET))
        return PROBLEM_ROUTE_NOT_FOUND;
    enum problem problem = request_check_body(exchange->request);
    if (problem == PROBLEM_NONE)
        problem = take_notification(exchange);
    if (problem == PROBLEM_NONE && has_mentorship(exchange))
        agora_event_ask(&exchange->pending.ask, exchange->notification, &exchange->id,
                        &patience, exchange->label);
    return problem;
}

/* Logs every notification, to compare with Agora's records. */
static void log_event(const struct exchange *exchange, const char *outcome,
                      enum call_role role) {
    const struct agora_notification *notification = exchange->notification;
    struct log_line line;

    log_begin(&line, LOG_LEVEL_INFO, "agora_event");
    log_text(&line, "request_id", exchange->request->id);
    log_number(&line, "type", (long)notification->event_type);
    log_text(&line, "kind", agora_notification_kind_text(notification->kind));
    log_text(&line, "outcome", outcome);
    if (notification->notice_id[0] != '\0')
        log_text(&line, "notice", notification->notice_id);
    if (notification->channel[0] != '\0')
        log_text(&line, "channel", notification->channel);
    if (role != CALL_ROLE_NONE)
        log_text(&line, "role", call_role_text(role));
    log_end(&line);
}

/* A notification that isn't recorded still gets a 200, or Agora would send it again. */
static enum problem pass_over(const struct exchange *exchange,
                              enum metrics_notification outcome, const char *text) {
    count_notification(exchange, outcome);
    log_event(exchange, text, CALL_ROLE_NONE);
    return PROBLEM_NONE;
}

enum problem agora_events_answer(struct exchange *exchange) {
    struct agora_event event;

    if (exchange->notification->kind == AGORA_NOTIFICATION_UNKNOWN)
        return pass_over(exchange, METRICS_NOTIFICATION_UNKNOWN, "unknown event, ignored");
    if (exchange->pending.ask.sql == NULL)
        return pass_over(exchange, METRICS_NOTIFICATION_NO_CALL,
                         "the channel isn't a mentorship's");
    enum call_error error = agora_event_read(&exchange->pending.result, &event);
    if (error == CALL_E_MENTORSHIP_NOT_FOUND || error == CALL_E_NO_CALL)
        return pass_over(exchange, METRICS_NOTIFICATION_NO_CALL, call_error_text(error));
    if (error != CALL_OK) {
        count_notification(exchange, METRICS_NOTIFICATION_UNRECORDED);
        return problem_of_call(error);
    }
    exchange_note_mentorship(exchange, exchange->id.text);
    exchange_note_call(exchange, event.call_id);
    count_notification(exchange, event.has_ended ? METRICS_NOTIFICATION_ENDED_CALL
                                                 : METRICS_NOTIFICATION_NOTED);
    log_event(exchange, event.has_ended ? "ended the call" : "noted", event.role);
    return PROBLEM_NONE;
}
