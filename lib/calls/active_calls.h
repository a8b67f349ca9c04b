/*
 * active_calls: all active calls, regardless of participant: for the administrator, for
 * counting, and for the janitor, which closes the stale ones.
 *
 * No authorization: never call this from a request handler.
 */
#ifndef VIDEO_CALL_ACTIVE_CALLS_H
#define VIDEO_CALL_ACTIVE_CALLS_H

#include "base/attributes.h"
#include "calls/call_error.h"
#include "calls/call_types.h"
#include "calls/participant.h"
#include "postgres/ask.h"

#include <stdint.h>

#define ACTIVE_CALLS_CLOSE_MAX 100 /* closed at once */

struct active_call {
    char call_id[CALL_ID_BYTES];
    char mentorship_id[CALL_ID_BYTES];
    char start_time[CALL_TIME_BYTES];
    char last_sign_time[CALL_TIME_BYTES];
    int64_t age_sec;
    bool is_stale;                    /* the next start or janitor's sweep closes it */
    struct participants participants; /* their names live as long as the result */
};

struct closed_call {
    char call_id[CALL_ID_BYTES];
    char mentorship_id[CALL_ID_BYTES];
    char end_time[CALL_TIME_BYTES];
    bool had_heartbeats; /* which of the two timeouts of call_patience it exceeded */
};

struct active_call_end {
    char mentorship_id[CALL_ID_BYTES];
    char end_time[CALL_TIME_BYTES];
    int64_t duration_sec;
    bool was_active; /* false: it was already over, and these are its figures */
};

/*
 * The newest, newest first, that many at most. Sets *count, for OK only. Errors:
 * UNAVAILABLE, SCHEMA, DATABASE.
 */
void active_calls_ask(struct ask *ask, const struct call_patience *patience,
                      int most) NONNULL_ALL;
enum call_error active_calls_read(const struct result *result,
                                  int *count) MUST_CHECK NONNULL_ALL;
/* One of the list, from 0. */
void active_calls_read_one(const struct result *result, int at,
                           struct active_call *call) NONNULL_ALL;

/* How many there are, including stale ones. Errors: UNAVAILABLE, SCHEMA, DATABASE. */
void active_calls_count_ask(struct ask *ask) NONNULL_ALL;
enum call_error active_calls_count_read(const struct result *result,
                                        int64_t *count) MUST_CHECK NONNULL_ALL;

/* Ends a call for both participants. Errors: CALL_NOT_FOUND, UNAVAILABLE, SCHEMA, DATABASE.
 */
void active_calls_end_ask(struct ask *ask, const struct uuid *call_id,
                          const struct call_patience *patience) NONNULL_ALL;
enum call_error active_calls_end_read(const struct result *result,
                                      struct active_call_end *end) MUST_CHECK NONNULL_ALL;

/*
 * Closes stale calls, ACTIVE_CALLS_CLOSE_MAX at most; where *count is that many, there may
 * be more. Safe to run in several processes at once: each call is closed once.
 * Errors: UNAVAILABLE, SCHEMA, DATABASE.
 */
void active_calls_close_ask(struct ask *ask,
                            const struct call_patience *patience) NONNULL_ALL;
enum call_error active_calls_close_read(const struct result *result,
                                        int *count) MUST_CHECK NONNULL_ALL;
/* One of those closed, from 0. */
void active_calls_close_read_one(const struct result *result, int at,
                                 struct closed_call *call) NONNULL_ALL;

#endif
