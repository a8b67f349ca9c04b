/*
 * active_calls: the calls that are active now, whoever's they are: for the administrator,
 * for counting, and for the janitor who closes the stale ones.
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

#define ACTIVE_CALLS_MAX       1000 /* listed; the oldest are left out */
#define ACTIVE_CALLS_CLOSE_MAX 100  /* closed at once */

struct active_call {
    char call_id[CALL_ID_BYTES];
    char mentorship_id[CALL_ID_BYTES];
    char start_time[CALL_TIME_BYTES];
    char last_sign_time[CALL_TIME_BYTES];
    int64_t age_sec;
    bool is_stale;                    /* the next start or janitor's round will close it */
    struct participants participants; /* their names live as long as the result */
};

struct closed_call {
    char call_id[CALL_ID_BYTES];
    char mentorship_id[CALL_ID_BYTES];
    char end_time[CALL_TIME_BYTES];
    bool had_heartbeats; /* which of the two patiences ran out */
};

struct active_call_end {
    char mentorship_id[CALL_ID_BYTES];
    char end_time[CALL_TIME_BYTES];
    int64_t duration_sec;
    bool was_active; /* false: it was over already, and these are its figures */
};

/* Newest first. Sets *count, for OK only. Errors: UNAVAILABLE, SCHEMA, DATABASE. */
void active_calls_ask(struct ask *ask, const struct call_patience *patience) NONNULL_ALL;
enum call_error active_calls_read(const struct result *result,
                                  int *count) MUST_CHECK NONNULL_ALL;
/* One of the list, from 0. */
void active_calls_read_one(const struct result *result, int at,
                           struct active_call *call) NONNULL_ALL;

/* How many there are, stale ones included. Errors: UNAVAILABLE, SCHEMA, DATABASE. */
void active_calls_count_ask(struct ask *ask) NONNULL_ALL;
enum call_error active_calls_count_read(const struct result *result,
                                        int64_t *count) MUST_CHECK NONNULL_ALL;

/* Ends a call for both. Errors: CALL_NOT_FOUND, UNAVAILABLE, SCHEMA, DATABASE. */
void active_calls_end_ask(struct ask *ask, const struct uuid *call_id,
                          const struct call_patience *patience) NONNULL_ALL;
enum call_error active_calls_end_read(const struct result *result,
                                      struct active_call_end *end) MUST_CHECK NONNULL_ALL;

/*
 * Closes stale calls, ACTIVE_CALLS_CLOSE_MAX at most; *count that is the most means that
 * there may be more. Any number of processes may do so at once: each call is closed once.
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
