#include "exchange.h"

#include "call_ledger.h"

enum problem handle_start(struct exchange *exchange) {
    const struct settings *settings = exchange->service->settings;
    struct call_ledger_patience patience = service_patience(settings);
    struct call_ledger_start start;
    struct uuid mentorship_id;

    enum problem problem = exchange_take_mentorship_id(exchange, &mentorship_id);
    if (problem == PROBLEM_NONE)
        problem = problem_of_call_ledger(call_ledger_start(
            exchange->service->database, exchange->caller.discord_id, &mentorship_id,
            &patience, settings_is_on(settings, SETTING_STUDENT_START), &start));
    if (problem != PROBLEM_NONE)
        return problem;
    memcpy(exchange->call_id, start.call_id, sizeof start.call_id);
    json_add_text(exchange->answer, "callId", start.call_id);
    json_add_text(exchange->answer, "startTime", start.start_time);
    json_add_text(exchange->answer, "mentorshipId", mentorship_id.text);
    json_add_boolean(exchange->answer, "resumed", start.resumed);
    return PROBLEM_NONE;
}

enum problem handle_end(struct exchange *exchange) {
    struct call_ledger_end end;
    struct uuid call_id;

    enum problem problem = exchange_take_call_id(exchange, &call_id);
    if (problem == PROBLEM_NONE)
        problem = problem_of_call_ledger(call_ledger_end(
            exchange->service->database, exchange->caller.discord_id, &call_id, &end));
    if (problem != PROBLEM_NONE)
        return problem;
    memcpy(exchange->mentorship_id, end.mentorship_id, sizeof end.mentorship_id);
    json_add_boolean(exchange->answer, "success", true);
    json_add_text(exchange->answer, "callId", call_id.text);
    json_add_text(exchange->answer, "endTime", end.end_time);
    json_add_integer(exchange->answer, "durationSeconds", end.duration_sec);
    return PROBLEM_NONE;
}

enum problem handle_leave(struct exchange *exchange) {
    struct call_ledger_patience patience = service_patience(exchange->service->settings);
    struct call_ledger_leave leave;
    struct uuid call_id;

    enum problem problem = exchange_take_call_id(exchange, &call_id);
    if (problem == PROBLEM_NONE)
        problem = problem_of_call_ledger(call_ledger_leave(exchange->service->database,
                                                           exchange->caller.discord_id,
                                                           &call_id, &patience, &leave));
    if (problem != PROBLEM_NONE)
        return problem;
    memcpy(exchange->mentorship_id, leave.mentorship_id, sizeof leave.mentorship_id);
    json_add_boolean(exchange->answer, "success", true);
    json_add_text(exchange->answer, "status", leave.status);
    return PROBLEM_NONE;
}

enum problem handle_heartbeat(struct exchange *exchange) {
    struct call_ledger_patience patience = service_patience(exchange->service->settings);
    struct call_ledger_heartbeat heartbeat;
    struct uuid call_id;

    enum problem problem = exchange_take_call_id(exchange, &call_id);
    if (problem == PROBLEM_NONE)
        problem = problem_of_call_ledger(
            call_ledger_heartbeat(exchange->service->database, exchange->caller.discord_id,
                                  &call_id, &patience, &heartbeat));
    if (problem != PROBLEM_NONE)
        return problem;
    memcpy(exchange->mentorship_id, heartbeat.mentorship_id,
           sizeof heartbeat.mentorship_id);
    json_add_text(exchange->answer, "status", heartbeat.status);
    json_add_participants(exchange->answer, heartbeat.participants);
    call_ledger_heartbeat_free(&heartbeat);
    return PROBLEM_NONE;
}
