/*
 * active_calls: the active calls of all mentorships, for the administrator, the metrics and
 * the janitor, which closes the stale ones.
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

#define ACTIVE_CALLS_CLOSE_MAX 100 /* per statement */

struct active_call {
    char call_id[CALL_ID_BYTES];
    char mentorship_id[CALL_ID_BYTES];
    char start_time[CALL_TIME_BYTES];
    char last_sign_time[CALL_TIME_BYTES];
    int64_t age_sec;
    bool is_stale;                    /* the next start or janitor run closes it */
    struct participants participants; /* their names live as long as the result */
};

struct closed_call {
    char call_id[CALL_ID_BYTES];
    char mentorship_id[CALL_ID_BYTES];
    char end_time[CALL_TIME_BYTES];
    bool had_heartbeats; /* says which timeout of call_patience it exceeded */
};

struct active_call_end {
    char mentorship_id[CALL_ID_BYTES];
    char end_time[CALL_TIME_BYTES];
    int64_t duration_sec;
    bool was_active; /* false: it had ended before, with these figures */
};

/*
 * Lists active calls, newest first, max_calls at most. Sets *count on OK only. Errors:
 * UNAVAILABLE, SCHEMA, DATABASE.
 */
void active_calls_ask(struct ask *ask, const struct call_patience *patience,
                      int max_calls) NONNULL_ALL;
enum call_error active_calls_read(const struct result *result,
                                  int *count) MUST_CHECK NONNULL_ALL;
/* One call of the list, from 0. */
void active_calls_read_one(const struct result *result, int at,
                           struct active_call *call) NONNULL_ALL;

/* Counts active calls, stale ones included. Errors: UNAVAILABLE, SCHEMA, DATABASE. */
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
 * Closes stale calls, ACTIVE_CALLS_CLOSE_MAX at most; if *count is that many, there may be
 * more. Safe to run in several processes in parallel: each call is closed once. Errors:
 * UNAVAILABLE, SCHEMA, DATABASE.
 */
void active_calls_close_ask(struct ask *ask,
                            const struct call_patience *patience) NONNULL_ALL;
enum call_error active_calls_close_read(const struct result *result,
                                        int *count) MUST_CHECK NONNULL_ALL;
/* One of the closed calls, from 0. */
void active_calls_close_read_one(const struct result *result, int at,
                                 struct closed_call *call) NONNULL_ALL;

#endif
