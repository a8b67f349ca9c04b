#include "calls/call_history.h"

enum history_field {
    HISTORY_VERDICT,
    HISTORY_CALL_ID,
    HISTORY_MENTORSHIP_ID,
    HISTORY_START_TIME,
    HISTORY_START_TIME_US,
    HISTORY_END_TIME,
    HISTORY_DURATION,
    HISTORY_STATUS,
    HISTORY_PARTICIPANTS,
};

enum call_error call_history_ask(struct ask *ask, const struct call_caller *caller,
                                 const struct call_history_query *query,
                                 const struct call_patience *patience) {
    struct history_cursor cursor;
    bool has_cursor = query->cursor.data != NULL;

    if (has_cursor && !history_cursor_read(query->cursor, &cursor))
        return CALL_E_INVALID_CURSOR;
    ask_begin(ask, "SELECT verdict, call_id, mentorship_id, start_time, start_time_us,"
                   " end_time, duration_seconds, status, " PARTICIPANT_COLUMNS
                   " FROM video_call.list_history($1, $2, $3, $4, $5, $6, $7)");
    ask_add_text(ask, caller->discord_id);
    ask_add_text(ask, query->mentorship_id == NULL ? NULL : query->mentorship_id->text);
    /* One more than the page holds, to know whether there is a next page. */
    ask_add_number(ask, query->limit + 1);
    if (has_cursor) {
        ask_add_number(ask, cursor.start_time_us);
        ask_add_text(ask, cursor.call_id.text);
    } else {
        ask_add_text(ask, NULL);
        ask_add_text(ask, NULL);
    }
    ask_add_number(ask, patience->after_heartbeat_sec);
    ask_add_text(ask, caller->label);
    return CALL_OK;
}

static void write_next_cursor(const struct result *result, int row,
                              struct call_history_page *page) {
    struct history_cursor cursor = {.start_time_us =
                                        result_integer(result, row, HISTORY_START_TIME_US)};

    if (uuid_parse(span_of_text(result_text(result, row, HISTORY_CALL_ID)),
                   &cursor.call_id))
        history_cursor_write(&cursor, page->next_cursor);
}

enum call_error call_history_read(const struct result *result, int limit,
                                  struct call_history_page *page) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    *page = (struct call_history_page){.call_count = result_rows(result)};
    /* A row without a call carries only the verdict. */
    if (result_text(result, 0, HISTORY_CALL_ID) == NULL)
        page->call_count = 0;
    if (page->call_count > limit) {
        page->call_count = limit;
        write_next_cursor(result, limit - 1, page);
    }
    return CALL_OK;
}

void call_history_read_call(const struct result *result, int at,
                            struct call_history_call *call) {
    result_copy(result, at, HISTORY_CALL_ID, call->call_id, sizeof call->call_id);
    result_copy(result, at, HISTORY_MENTORSHIP_ID, call->mentorship_id,
                sizeof call->mentorship_id);
    result_copy(result, at, HISTORY_START_TIME, call->start_time, sizeof call->start_time);
    result_copy(result, at, HISTORY_END_TIME, call->end_time, sizeof call->end_time);
    result_copy(result, at, HISTORY_STATUS, call->status, sizeof call->status);
    call->duration_sec = -1;
    if (result_text(result, at, HISTORY_DURATION) != NULL)
        call->duration_sec = result_integer(result, at, HISTORY_DURATION);
    participants_read(result, at, HISTORY_PARTICIPANTS, &call->participants);
}
