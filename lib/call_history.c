#include "call_history.h"

#include "call_rules.h"

#include <stdio.h>
#include <stdlib.h>

enum history_field {
    HISTORY_ROLE,
    HISTORY_CALL_ID,
    HISTORY_MENTORSHIP_ID,
    HISTORY_START_TIME,
    HISTORY_START_TIME_US,
    HISTORY_END_TIME,
    HISTORY_DURATION,
    HISTORY_STATUS,
    HISTORY_SIDES,
};

#define HISTORY_FIELDS (HISTORY_SIDES + CALL_SIDE__COUNT * CALL_PARTICIPANT_FIELDS)

/* clang-format off */

/*
 * $3 rows at most, older than the cursor ($4 microseconds, $5 id) or from the newest. Each
 * mentorship gives its newest by index, however many calls it has had. A mentorship without
 * calls gives one row without a call, which carries the caller's role.
 */
#define HISTORY(condition)                                                                     \
    MENTORSHIP_ACCESS("$7", condition)                                                               \
    " SELECT a.role, c.id, c.mentorship_id, " MENTORSHIP_TIME("c.start_time") ","              \
    " (extract(epoch FROM c.start_time) * 1000000)::bigint,"                                   \
    " " MENTORSHIP_TIME("c.end_time") ", c.duration_seconds, c.status,"                        \
    CALL_SIDE_FIELDS("instructor", "$6") "," CALL_SIDE_FIELDS("mentee", "$6")                  \
    " FROM access a LEFT JOIN LATERAL ("                                                       \
    " SELECT * FROM public.video_calls c"                                                      \
    " WHERE c.mentorship_id = a.mentorship_id AND a.role IS NOT NULL"                          \
    " AND (c.start_time, c.id) < ("                                                            \
    "coalesce(timestamptz 'epoch' + $4::bigint * interval '1 microsecond', 'infinity'),"       \
    " coalesce($5::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))"                             \
    " ORDER BY c.start_time DESC, c.id DESC LIMIT $3::int) c ON true"                          \
    " ORDER BY c.start_time DESC NULLS LAST, c.id DESC NULLS LAST LIMIT $3::int"

static const struct database_statement HISTORY_OF_MENTORSHIP = {
    .name = "call_history_of_mentorship",
    .sql = HISTORY(MENTORSHIP_IS("$2")),
    .parameter_count = 7,
    .field_count = HISTORY_FIELDS,
};

/* $2 is NULL here, and named so that both statements take the same parameters. */
static const struct database_statement HISTORY_OF_CALLER = {
    .name = "call_history_of_caller",
    .sql = HISTORY("$2::uuid IS NULL AND (" MENTORSHIP_OF_CALLER ")"),
    .parameter_count = 7,
    .field_count = HISTORY_FIELDS,
};

/* clang-format on */

const char *call_history_error_text(enum call_history_error error) {
    switch (error) {
    case CALL_HISTORY_OK:
        return "ok";
    case CALL_HISTORY_E_MENTORSHIP_NOT_FOUND:
        return "there is no such mentorship";
    case CALL_HISTORY_E_NOT_PARTICIPANT:
        return "the caller does not belong to the mentorship";
    case CALL_HISTORY_E_CURSOR:
        return "the cursor is not one of ours";
    case CALL_HISTORY_E_UNAVAILABLE:
        return "the database did not answer in time";
    case CALL_HISTORY_E_DATABASE:
        return "the database answered with an error";
    case CALL_HISTORY_E_MEMORY:
        return "memory is short";
    }
    return "unknown call history error";
}

static enum call_history_error error_of_database(enum database_error error) {
    if (error == DATABASE_OK)
        return CALL_HISTORY_OK;
    if (database_is_away(error))
        return CALL_HISTORY_E_UNAVAILABLE;
    return CALL_HISTORY_E_DATABASE;
}

/* Only a query for one mentorship has a verdict: of all of the caller's, none is no fault.
 */
static enum call_history_error judge_access(const struct database_answer *answer) {
    if (database_answer_rows(answer) == 0)
        return CALL_HISTORY_E_MENTORSHIP_NOT_FOUND;
    if (database_answer_text(answer, 0, HISTORY_ROLE) == NULL)
        return CALL_HISTORY_E_NOT_PARTICIPANT;
    return CALL_HISTORY_OK;
}

static void read_call(const struct database_answer *answer, int row,
                      struct call_history_call *call) {
    database_answer_copy(answer, row, HISTORY_CALL_ID, call->call_id, sizeof call->call_id);
    database_answer_copy(answer, row, HISTORY_MENTORSHIP_ID, call->mentorship_id,
                         sizeof call->mentorship_id);
    database_answer_copy(answer, row, HISTORY_START_TIME, call->start_time,
                         sizeof call->start_time);
    database_answer_copy(answer, row, HISTORY_END_TIME, call->end_time,
                         sizeof call->end_time);
    database_answer_copy(answer, row, HISTORY_STATUS, call->status, sizeof call->status);
    call->duration_sec = -1;
    if (database_answer_text(answer, row, HISTORY_DURATION) != NULL)
        call->duration_sec = database_answer_integer(answer, row, HISTORY_DURATION);
    call_participant_read(answer, row, HISTORY_SIDES, call->participants);
}

static void write_next_cursor(struct call_history_page *page, int row) {
    const struct call_history_call *call = &page->calls[row];
    struct history_cursor cursor;

    if (!uuid_parse(span_of_text(call->call_id), &cursor.call_id))
        return;
    cursor.start_time_us =
        database_answer_integer(page->answer, row, HISTORY_START_TIME_US);
    history_cursor_write(&cursor, page->next_cursor);
}

/* The statement was asked for one call more than the page holds, to learn of the next. */
static enum call_history_error read_page(int limit, struct call_history_page *page) {
    int rows = database_answer_rows(page->answer);
    int call_count = 0;

    while (call_count < rows &&
           database_answer_text(page->answer, call_count, HISTORY_CALL_ID) != NULL)
        call_count++;
    page->call_count = call_count < limit ? call_count : limit;
    page->calls = calloc((size_t)page->call_count + 1, sizeof *page->calls);
    if (page->calls == NULL)
        return CALL_HISTORY_E_MEMORY;
    for (int row = 0; row < page->call_count; row++)
        read_call(page->answer, row, &page->calls[row]);
    if (call_count > limit)
        write_next_cursor(page, limit - 1);
    return CALL_HISTORY_OK;
}

enum call_history_error call_history_read(struct database *database, const char *discord_id,
                                          const struct call_history_query *query,
                                          struct call_history_page *page) {
    struct call_history_page read = {.calls = NULL};
    struct history_cursor cursor;
    char rows[16], start_time_us[24], silent_after[24];
    const char *parameters[] = {
        discord_id, NULL, rows, NULL, NULL, silent_after, database_label(database)};

    if (query->cursor.data != NULL) {
        if (!history_cursor_read(query->cursor, &cursor))
            return CALL_HISTORY_E_CURSOR;
        (void)snprintf(start_time_us, sizeof start_time_us, "%lld",
                       (long long)cursor.start_time_us);
        parameters[3] = start_time_us;
        parameters[4] = cursor.call_id.text;
    }
    (void)snprintf(rows, sizeof rows, "%d", query->limit + 1);
    (void)snprintf(silent_after, sizeof silent_after, "%ld", query->silent_after_sec);
    if (query->mentorship_id != NULL)
        parameters[1] = query->mentorship_id->text;
    enum call_history_error error = error_of_database(database_run(
        database,
        query->mentorship_id != NULL ? &HISTORY_OF_MENTORSHIP : &HISTORY_OF_CALLER,
        parameters, &read.answer));
    if (error == CALL_HISTORY_OK && query->mentorship_id != NULL)
        error = judge_access(read.answer);
    if (error == CALL_HISTORY_OK)
        error = read_page(query->limit, &read);
    if (error == CALL_HISTORY_OK) {
        *page = read;
        read = (struct call_history_page){.calls = NULL};
    }
    call_history_page_free(&read);
    return error;
}

void call_history_page_free(struct call_history_page *page) {
    free(page->calls);
    database_answer_free(page->answer);
    *page = (struct call_history_page){.calls = NULL};
}
