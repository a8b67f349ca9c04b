#include "routes.h"

#include "calls/call_ledger.h"
#include "problem_of.h"

/* ── start ───────────────────────────────────────────────────────────────────────────── */

enum problem start_ask(struct exchange *exchange) {
    struct call_patience patience = exchange_patience(exchange);
    struct call_caller caller = exchange_caller(exchange);

    enum problem problem = exchange_take_mentorship_id(exchange);
    if (problem == PROBLEM_NONE)
        call_start_ask(&exchange->pending.ask, &caller, &exchange->id,
                       settings_is_on(exchange_settings(exchange), SETTING_STUDENT_START),
                       &patience);
    return problem;
}

enum problem start_answer(struct exchange *exchange) {
    struct call_start start;

    enum problem problem =
        problem_of_call(call_start_read(&exchange->pending.result, &start));
    if (problem != PROBLEM_NONE)
        return problem;
    exchange_note_call(exchange, start.call_id);
    json_add_text(exchange->json, "callId", start.call_id);
    json_add_text(exchange->json, "startTime", start.start_time);
    json_add_text(exchange->json, "mentorshipId", exchange->id.text);
    json_add_boolean(exchange->json, "resumed", start.resumed);
    return PROBLEM_NONE;
}

/* ── end, leave, heartbeat ───────────────────────────────────────────────────────────── */

typedef void ask_of_call(struct ask *ask, const struct call_caller *caller,
                         const struct uuid *call_id, const struct call_patience *patience);

static enum problem ask_about_call(struct exchange *exchange, ask_of_call *ask_of) {
    struct call_patience patience = exchange_patience(exchange);
    struct call_caller caller = exchange_caller(exchange);

    enum problem problem = exchange_take_call_id(exchange);
    if (problem == PROBLEM_NONE)
        ask_of(&exchange->pending.ask, &caller, &exchange->id, &patience);
    return problem;
}

enum problem end_ask(struct exchange *exchange) {
    return ask_about_call(exchange, call_end_ask);
}

enum problem end_answer(struct exchange *exchange) {
    struct call_end end;

    enum problem problem = problem_of_call(call_end_read(&exchange->pending.result, &end));
    if (problem != PROBLEM_NONE)
        return problem;
    exchange_note_mentorship(exchange, end.mentorship_id);
    json_add_boolean(exchange->json, "success", true);
    json_add_text(exchange->json, "callId", exchange->id.text);
    json_add_text(exchange->json, "endTime", end.end_time);
    json_add_integer(exchange->json, "durationSeconds", end.duration_sec);
    return PROBLEM_NONE;
}

enum problem leave_ask(struct exchange *exchange) {
    return ask_about_call(exchange, call_leave_ask);
}

enum problem leave_answer(struct exchange *exchange) {
    struct call_leave leave;

    enum problem problem =
        problem_of_call(call_leave_read(&exchange->pending.result, &leave));
    if (problem != PROBLEM_NONE)
        return problem;
    exchange_note_mentorship(exchange, leave.mentorship_id);
    json_add_boolean(exchange->json, "success", true);
    json_add_text(exchange->json, "status", leave.status);
    return PROBLEM_NONE;
}

enum problem heartbeat_ask(struct exchange *exchange) {
    return ask_about_call(exchange, call_heartbeat_ask);
}

enum problem heartbeat_answer(struct exchange *exchange) {
    struct call_heartbeat heartbeat;

    enum problem problem =
        problem_of_call(call_heartbeat_read(&exchange->pending.result, &heartbeat));
    if (problem != PROBLEM_NONE)
        return problem;
    exchange_note_mentorship(exchange, heartbeat.mentorship_id);
    json_add_text(exchange->json, "status", heartbeat.status);
    participants_add_json(exchange->json, &heartbeat.participants);
    return PROBLEM_NONE;
}
