/*
 * call_history: the calls a person took part in, newest first, a page at a time.
 *
 * Reads only. Who may read is decided in the same statement as the reading, and does not
 * depend on whether the mentorship is still active. A page costs the same however many
 * calls there have been.
 */
#ifndef VIDEO_CALL_CALL_HISTORY_H
#define VIDEO_CALL_CALL_HISTORY_H

#include "call_participant.h"
#include "compiler.h"
#include "database.h"
#include "history_cursor.h"
#include "mentorship.h"
#include "uuid.h"

#define CALL_HISTORY_PAGE_MAX 100

enum call_history_error {
    CALL_HISTORY_OK = 0,
    CALL_HISTORY_E_MENTORSHIP_NOT_FOUND,
    CALL_HISTORY_E_NOT_PARTICIPANT, /* neither its instructor nor its mentee */
    CALL_HISTORY_E_CURSOR,          /* not a cursor that an earlier page gave out */
    CALL_HISTORY_E_UNAVAILABLE,     /* the database did not answer in time */
    CALL_HISTORY_E_DATABASE,        /* the database answered with an error; see the log */
    CALL_HISTORY_E_MEMORY,
};

struct call_history_call {
    char call_id[UUID_TEXT_BYTES + 1];
    char mentorship_id[UUID_TEXT_BYTES + 1];
    char start_time[MENTORSHIP_TIME_BYTES];
    char end_time[MENTORSHIP_TIME_BYTES]; /* empty: not ended */
    int64_t duration_sec;                 /* -1: not ended */
    char status[16];                      /* active | ended | failed */
    struct call_participant participants[CALL_SIDE__COUNT];
};

struct call_history_query {
    const struct uuid *mentorship_id; /* NULL: all of the caller's mentorships */
    int limit;                        /* 1 .. CALL_HISTORY_PAGE_MAX */
    struct span cursor;               /* absent: from the newest */
    long silent_after_sec; /* a side that sent heartbeats counts as left after so long */
};

/* Newest first. The calls and the names in them belong to the page. */
struct call_history_page {
    struct call_history_call *calls;
    int call_count;
    char next_cursor[HISTORY_CURSOR_TEXT_BYTES]; /* empty: there is no more */
    struct database_answer *answer;
};

const char *call_history_error_text(enum call_history_error error);

/*
 * Fills page for OK only; free it with call_history_page_free. One round trip.
 * Errors: all but OK.
 */
enum call_history_error
call_history_read(struct database *database, const char *discord_id,
                  const struct call_history_query *query,
                  struct call_history_page *page) MUST_CHECK NONNULL_ALL;

/* Frees what the page holds and zeroes it; a zeroed page is fine. */
void call_history_page_free(struct call_history_page *page) NONNULL_ALL;

#endif
