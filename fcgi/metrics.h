/*
 * metrics: what the whole pool has done since it started, in memory that its processes
 * share.
 *
 * The process that does something counts it, with one atomic addition. Nothing is kept per
 * process, so the totals stay right when workers die and are replaced. What the children
 * are doing right now is in the scoreboard. The output is Prometheus's text format 0.0.4
 * (prometheus.io/docs/instrumenting/exposition_formats), with its conventions for names and
 * units: seconds, _total for counters.
 */
#ifndef VIDEO_CALL_METRICS_H
#define VIDEO_CALL_METRICS_H

#include "base/attributes.h"
#include "problem.h"
#include "scoreboard.h"

#include <stdio.h>

#define METRICS_ROUTES_MAX 16 /* the routes, and one for requests without a route */

/* Why a child of the pool ended. */
enum metrics_exit {
    METRICS_EXIT_TOLD,    /* by a stop or a reload */
    METRICS_EXIT_CRASHED, /* a signal or an exit status, without being told to stop */
    METRICS_EXIT_STUCK,   /* killed: its loop was stuck */
    METRICS_EXIT__COUNT
};

/* What became of a notification from Agora. */
enum metrics_notification {
    METRICS_NOTIFICATION_NOTED,
    METRICS_NOTIFICATION_ENDED_CALL,
    METRICS_NOTIFICATION_NO_CALL,    /* not a mentorship's channel, or it has no call */
    METRICS_NOTIFICATION_UNKNOWN,    /* an unknown event, ignored */
    METRICS_NOTIFICATION_REFUSED,    /* invalid signature or form */
    METRICS_NOTIFICATION_UNRECORDED, /* the database failed; Agora sends it again */
    METRICS_NOTIFICATION__COUNT
};

struct metrics;

/*
 * Allocates zeroed anonymous memory, shared across fork(). For metrics_free; NULL with
 * errno set on failure.
 */
struct metrics *metrics_new(void) MUST_CHECK;

/*
 * Counts a request by the index of its route (routes_index) and its problem. took_us is how
 * long the request took, database_us how long of that the database did: 0 if it wasn't
 * asked.
 */
void metrics_count_request(struct metrics *metrics, size_t route, enum problem problem,
                           int64_t took_us, int64_t database_us) NONNULL_ALL;

void metrics_count_token(struct metrics *metrics, bool is_host) NONNULL_ALL;
void metrics_count_notification(struct metrics *metrics,
                                enum metrics_notification result) NONNULL_ALL;
void metrics_count_exit(struct metrics *metrics, enum metrics_exit reason) NONNULL_ALL;
void metrics_count_reload(struct metrics *metrics, bool was_applied) NONNULL_ALL;

/* After a janitor's round: how many stale calls it closed, and how many are active. */
void metrics_note_sweep(struct metrics *metrics, long closed_count,
                        long active_count) NONNULL_ALL;

/* Returns the label of the route with this index; NULL beyond the last. */
typedef const char *metrics_route_name(size_t index);

/*
 * Writes every metric to out, including those of the scoreboard. workers_wanted and
 * requests_max (per worker) come from the settings. Errors are left for the caller
 * to check (ferror, fclose).
 */
void metrics_render(const struct metrics *metrics, const struct scoreboard *scoreboard,
                    metrics_route_name *route_name, long workers_wanted, long requests_max,
                    FILE *out) NONNULL_ALL;

/* NULL is fine. */
void metrics_free(struct metrics *metrics);

#endif
