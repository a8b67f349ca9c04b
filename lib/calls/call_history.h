/*
 * call_history: the calls of the caller's mentorships, newest first, a page at a time.
 *
 * Read-only, and works after a mentorship has ended. A page costs the same however many
 * calls there are.
 */
#ifndef VIDEO_CALL_CALL_HISTORY_H
#define VIDEO_CALL_CALL_HISTORY_H

#include "base/attributes.h"
#include "calls/call_error.h"
#include "calls/call_types.h"
#include "calls/history_cursor.h"
#include "calls/participant.h"
#include "postgres/ask.h"

#include <stdint.h>

#define CALL_HISTORY_PAGE_MAX 100

struct call_history_query {
    const struct uuid *mentorship_id; /* NULL: all of the caller's mentorships */
    int limit;                        /* 1 .. CALL_HISTORY_PAGE_MAX */
    struct span cursor;               /* absent: from the newest */
};

struct call_history_page {
    int call_count;
    char next_cursor[HISTORY_CURSOR_TEXT_BYTES]; /* empty: the last page */
};

struct call_history_call {
    char call_id[CALL_ID_BYTES];
    char mentorship_id[CALL_ID_BYTES];
    char start_time[CALL_TIME_BYTES];
    char end_time[CALL_TIME_BYTES]; /* empty: not ended */
    int64_t duration_sec;           /* -1: not ended */
    char status[CALL_STATUS_BYTES];
    struct participants participants; /* their names live as long as the result */
};

/* Errors: INVALID_CURSOR. */
enum call_error
call_history_ask(struct ask *ask, const struct call_caller *caller,
                 const struct call_history_query *query,
                 const struct call_patience *patience) MUST_CHECK NONNULL_ALL;

/*
 * Reads the page; limit is that of the query. Fills page on OK only. Errors:
 * MENTORSHIP_NOT_FOUND, NOT_A_PARTICIPANT, UNAVAILABLE, SCHEMA, DATABASE.
 */
enum call_error call_history_read(const struct result *result, int limit,
                                  struct call_history_page *page) MUST_CHECK NONNULL_ALL;

/* One call of the page, from 0. */
void call_history_read_call(const struct result *result, int at,
                            struct call_history_call *call) NONNULL_ALL;

#endif
