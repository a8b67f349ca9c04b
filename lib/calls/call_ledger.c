#include "calls/call_ledger.h"

/* The parameters of end, leave and heartbeat. */
static void ask_of_call(struct ask *ask, const char *sql, const struct call_caller *caller,
                        const struct uuid *call_id, const struct call_patience *patience) {
    ask_begin(ask, sql);
    ask_add_text(ask, caller->discord_id);
    ask_add_text(ask, call_id->text);
    ask_mark_row(ask);
    ask_add_number(ask, patience->after_heartbeat_sec);
    ask_add_text(ask, caller->label);
}

/* ── start ───────────────────────────────────────────────────────────────────────────── */

enum start_field { START_VERDICT, START_CALL_ID, START_TIME, START_RESUMED };

void call_start_ask(struct ask *ask, const struct call_caller *caller,
                    const struct uuid *mentorship_id, bool mentee_may_open,
                    const struct call_patience *patience) {
    ask_begin(ask, "SELECT verdict, call_id, start_time, resumed"
                   " FROM video_call.start_call($1, $2, $3, $4, $5, $6)");
    ask_add_text(ask, caller->discord_id);
    ask_add_text(ask, mentorship_id->text);
    ask_mark_row(ask);
    ask_add_boolean(ask, mentee_may_open);
    ask_add_number(ask, patience->after_heartbeat_sec);
    ask_add_number(ask, patience->without_heartbeat_sec);
    ask_add_text(ask, caller->label);
}

enum call_error call_start_read(const struct result *result, struct call_start *start) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    result_copy(result, 0, START_CALL_ID, start->call_id, sizeof start->call_id);
    result_copy(result, 0, START_TIME, start->start_time, sizeof start->start_time);
    start->resumed = result_is_true(result, 0, START_RESUMED);
    return CALL_OK;
}

/* ── end ─────────────────────────────────────────────────────────────────────────────── */

enum end_field { END_VERDICT, END_MENTORSHIP_ID, END_TIME, END_DURATION };

void call_end_ask(struct ask *ask, const struct call_caller *caller,
                  const struct uuid *call_id, const struct call_patience *patience) {
    ask_of_call(ask,
                "SELECT verdict, mentorship_id, end_time, duration_seconds"
                " FROM video_call.end_call($1, $2, $3, $4)",
                caller, call_id, patience);
}

enum call_error call_end_read(const struct result *result, struct call_end *end) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    result_copy(result, 0, END_MENTORSHIP_ID, end->mentorship_id,
                sizeof end->mentorship_id);
    result_copy(result, 0, END_TIME, end->end_time, sizeof end->end_time);
    end->duration_sec = result_integer(result, 0, END_DURATION);
    return CALL_OK;
}

/* ── leave ───────────────────────────────────────────────────────────────────────────── */

enum leave_field { LEAVE_VERDICT, LEAVE_MENTORSHIP_ID, LEAVE_STATUS };

void call_leave_ask(struct ask *ask, const struct call_caller *caller,
                    const struct uuid *call_id, const struct call_patience *patience) {
    ask_of_call(ask,
                "SELECT verdict, mentorship_id, status"
                " FROM video_call.leave_call($1, $2, $3, $4)",
                caller, call_id, patience);
}

enum call_error call_leave_read(const struct result *result, struct call_leave *leave) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    result_copy(result, 0, LEAVE_MENTORSHIP_ID, leave->mentorship_id,
                sizeof leave->mentorship_id);
    result_copy(result, 0, LEAVE_STATUS, leave->status, sizeof leave->status);
    return CALL_OK;
}

/* ── heartbeat ───────────────────────────────────────────────────────────────────────── */

enum heartbeat_field {
    HEARTBEAT_VERDICT,
    HEARTBEAT_MENTORSHIP_ID,
    HEARTBEAT_STATUS,
    HEARTBEAT_PARTICIPANTS,
};

void call_heartbeat_ask(struct ask *ask, const struct call_caller *caller,
                        const struct uuid *call_id, const struct call_patience *patience) {
    ask_of_call(ask,
                "SELECT verdict, mentorship_id, status, " PARTICIPANT_COLUMNS
                " FROM video_call.heartbeat($1, $2, $3, $4)",
                caller, call_id, patience);
}

enum call_error call_heartbeat_read(const struct result *result,
                                    struct call_heartbeat *heartbeat) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    result_copy(result, 0, HEARTBEAT_MENTORSHIP_ID, heartbeat->mentorship_id,
                sizeof heartbeat->mentorship_id);
    result_copy(result, 0, HEARTBEAT_STATUS, heartbeat->status, sizeof heartbeat->status);
    participants_read(result, 0, HEARTBEAT_PARTICIPANTS, &heartbeat->participants);
    return CALL_OK;
}
