#include "calls/active_calls.h"

static void add_patience(struct ask *ask, const struct call_patience *patience) {
    ask_add_number(ask, patience->after_heartbeat_sec);
    ask_add_number(ask, patience->without_heartbeat_sec);
}

static enum call_error read_count(const struct result *result, int *count) {
    enum call_error error = call_error_of_result(result);

    if (error == CALL_OK)
        *count = result_rows(result);
    return error;
}

/* ── list ────────────────────────────────────────────────────────────────────────────── */

enum list_field {
    LIST_CALL_ID,
    LIST_MENTORSHIP_ID,
    LIST_START_TIME,
    LIST_LAST_SIGN,
    LIST_AGE,
    LIST_IS_STALE,
    LIST_PARTICIPANTS,
};

void active_calls_ask(struct ask *ask, const struct call_patience *patience,
                      int max_calls) {
    ask_begin(ask, "SELECT call_id, mentorship_id, start_time, last_sign_at, age_seconds,"
                   " is_stale, " PARTICIPANT_COLUMNS
                   " FROM video_call.list_active_calls($1, $2, $3)");
    add_patience(ask, patience);
    ask_add_number(ask, max_calls);
}

enum call_error active_calls_read(const struct result *result, int *count) {
    return read_count(result, count);
}

void active_calls_read_one(const struct result *result, int at, struct active_call *call) {
    result_copy(result, at, LIST_CALL_ID, call->call_id, sizeof call->call_id);
    result_copy(result, at, LIST_MENTORSHIP_ID, call->mentorship_id,
                sizeof call->mentorship_id);
    result_copy(result, at, LIST_START_TIME, call->start_time, sizeof call->start_time);
    result_copy(result, at, LIST_LAST_SIGN, call->last_sign_time,
                sizeof call->last_sign_time);
    call->age_sec = result_integer(result, at, LIST_AGE);
    call->is_stale = result_is_true(result, at, LIST_IS_STALE);
    participants_read(result, at, LIST_PARTICIPANTS, &call->participants);
}

/* ── count ───────────────────────────────────────────────────────────────────────────── */

void active_calls_count_ask(struct ask *ask) {
    ask_begin(ask, "SELECT active_count FROM video_call.count_active_calls()");
}

enum call_error active_calls_count_read(const struct result *result, int64_t *count) {
    enum call_error error = call_error_of_result(result);

    if (error == CALL_OK)
        *count = result_integer(result, 0, 0);
    return error;
}

/* ── end ─────────────────────────────────────────────────────────────────────────────── */

enum end_field { END_VERDICT, END_MENTORSHIP_ID, END_TIME, END_DURATION, END_WAS_ACTIVE };

void active_calls_end_ask(struct ask *ask, const struct uuid *call_id,
                          const struct call_patience *patience) {
    ask_begin(ask, "SELECT verdict, mentorship_id, end_time, duration_seconds, was_active"
                   " FROM video_call.end_call_for_both($1, $2)");
    ask_add_text(ask, call_id->text);
    ask_add_number(ask, patience->after_heartbeat_sec);
}

enum call_error active_calls_end_read(const struct result *result,
                                      struct active_call_end *end) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    result_copy(result, 0, END_MENTORSHIP_ID, end->mentorship_id,
                sizeof end->mentorship_id);
    result_copy(result, 0, END_TIME, end->end_time, sizeof end->end_time);
    end->duration_sec = result_integer(result, 0, END_DURATION);
    end->was_active = result_is_true(result, 0, END_WAS_ACTIVE);
    return CALL_OK;
}

/* ── close ───────────────────────────────────────────────────────────────────────────── */

enum close_field { CLOSE_CALL_ID, CLOSE_MENTORSHIP_ID, CLOSE_END_TIME, CLOSE_HEARTBEATS };

void active_calls_close_ask(struct ask *ask, const struct call_patience *patience) {
    ask_begin(ask, "SELECT call_id, mentorship_id, end_time, had_heartbeats"
                   " FROM video_call.close_stale_calls($1, $2, $3)");
    add_patience(ask, patience);
    ask_add_number(ask, ACTIVE_CALLS_CLOSE_MAX);
}

enum call_error active_calls_close_read(const struct result *result, int *count) {
    return read_count(result, count);
}

void active_calls_close_read_one(const struct result *result, int at,
                                 struct closed_call *call) {
    result_copy(result, at, CLOSE_CALL_ID, call->call_id, sizeof call->call_id);
    result_copy(result, at, CLOSE_MENTORSHIP_ID, call->mentorship_id,
                sizeof call->mentorship_id);
    result_copy(result, at, CLOSE_END_TIME, call->end_time, sizeof call->end_time);
    call->had_heartbeats = result_is_true(result, at, CLOSE_HEARTBEATS);
}
