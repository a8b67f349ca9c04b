#include "exchange.h"

#include "agora_notification.h"
#include "call_witness.h"
#include "log.h"

/* Every notification leaves a line: what Agora tells can be checked against it. */
static void log_event(const struct exchange *exchange,
                      const struct agora_notification *event, const char *outcome,
                      const struct call_witness_note *note) {
    struct log_line line;

    log_begin(&line, LOG_LEVEL_INFO, "agora_event");
    log_text(&line, "request_id", exchange->request->id);
    log_number(&line, "type", (long)event->event_type);
    log_text(&line, "kind", agora_notification_kind_text(event->kind));
    log_text(&line, "outcome", outcome);
    if (event->notice_id[0] != '\0')
        log_text(&line, "notice", event->notice_id);
    if (event->channel[0] != '\0')
        log_text(&line, "channel", event->channel);
    if (note != NULL && note->role != MENTORSHIP_NOBODY)
        log_text(&line, "role", mentorship_role_text(note->role));
    log_end(&line);
}

static enum metrics_notification result_of(enum call_witness_error error,
                                           const struct call_witness_note *note) {
    if (error == CALL_WITNESS_OK)
        return note->ended ? METRICS_NOTIFICATION_ENDED_CALL : METRICS_NOTIFICATION_NOTED;
    if (error == CALL_WITNESS_E_CHANNEL || error == CALL_WITNESS_E_NO_CALL)
        return METRICS_NOTIFICATION_NO_CALL;
    return METRICS_NOTIFICATION_UNRECORDED;
}

/* What is not for the ledger is answered all the same: Agora would only send it again. */
static enum problem note_event(struct exchange *exchange,
                               const struct agora_notification *event) {
    struct metrics *metrics = exchange->service->metrics;
    struct call_witness_note note = {.role = MENTORSHIP_NOBODY};

    if (event->kind == AGORA_NOTIFICATION_UNKNOWN) {
        metrics_count_notification(metrics, METRICS_NOTIFICATION_UNKNOWN);
        log_event(exchange, event, "not understood, and passed over", NULL);
        return PROBLEM_NONE;
    }
    enum call_witness_error error =
        call_witness_note(exchange->service->database, event, &note);
    metrics_count_notification(metrics, result_of(error, &note));
    enum problem problem = problem_of_call_witness(error);
    if (problem != PROBLEM_NONE)
        return problem;
    memcpy(exchange->mentorship_id, note.mentorship_id, sizeof note.mentorship_id);
    memcpy(exchange->call_id, note.call_id, sizeof note.call_id);
    if (error != CALL_WITNESS_OK)
        log_event(exchange, event, call_witness_error_text(error), NULL);
    else
        log_event(exchange, event, note.ended ? "ended the call" : "noted", &note);
    return PROBLEM_NONE;
}

enum problem handle_agora_events(struct exchange *exchange) {
    const struct request *request = exchange->request;
    struct span body = {request->body, request->body_bytes};
    struct span secret =
        settings_secret(exchange->service->settings, SETTING_AGORA_NOTIFICATION_SECRET);
    struct agora_notification event;

    if (secret.data == NULL)
        return PROBLEM_ROUTE_NOT_FOUND;
    enum problem problem = request_check_body(request);
    if (problem != PROBLEM_NONE)
        return problem;
    enum agora_notification_error error = AGORA_NOTIFICATION_E_SIGNATURE;
    if (request->agora_signatures.count == 1)
        error =
            agora_notification_verify(secret, body, request->agora_signatures.values[0]);
    if (error == AGORA_NOTIFICATION_OK)
        error = agora_notification_read(body, &event);
    if (error != AGORA_NOTIFICATION_OK) {
        exchange->refusal = agora_notification_error_text(error);
        metrics_count_notification(exchange->service->metrics,
                                   METRICS_NOTIFICATION_REFUSED);
        return problem_of_agora_notification(error);
    }
    if (exchange->service->database == NULL) {
        metrics_count_notification(exchange->service->metrics,
                                   METRICS_NOTIFICATION_UNRECORDED);
        return PROBLEM_DATABASE_UNAVAILABLE;
    }
    return note_event(exchange, &event);
}
