/*
 * metrics: what the whole pool has done since it began, in memory that its processes share.
 *
 * Counters are added to by whichever process does the thing, each by one atomic addition,
 * so that the sums are right while workers die and are replaced; nothing is kept per
 * process. What the children are doing right now is the scoreboard's. The rendering is
 * Prometheus's text format 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats),
 * names and units by its conventions: seconds, _total for counters.
 */
#ifndef VIDEO_CALL_METRICS_H
#define VIDEO_CALL_METRICS_H

#include "base/attributes.h"
#include "problem.h"
#include "scoreboard.h"

#include <stdio.h>

#define METRICS_ROUTES_MAX 16 /* the routes, and one for what is no route */

/* Why a child of the pool ended. */
enum metrics_exit {
    METRICS_EXIT_TOLD,    /* the pool stops, or reloads */
    METRICS_EXIT_CRASHED, /* by a signal, or with a status that says failure */
    METRICS_EXIT_STUCK,   /* killed: too long busy with one request */
    METRICS_EXIT__COUNT
};

/* What became of a notification of Agora's. */
enum metrics_notification {
    METRICS_NOTIFICATION_NOTED,
    METRICS_NOTIFICATION_ENDED_CALL,
    METRICS_NOTIFICATION_NO_CALL,    /* no mentorship's channel, or nobody started a call */
    METRICS_NOTIFICATION_UNKNOWN,    /* an event that is passed over */
    METRICS_NOTIFICATION_REFUSED,    /* signature or form */
    METRICS_NOTIFICATION_UNRECORDED, /* the database was away; Agora sends it again */
    METRICS_NOTIFICATION__COUNT
};

struct metrics;

/* Anonymous shared memory, zeroed, kept over fork; NULL where there is none. */
struct metrics *metrics_new(void) MUST_CHECK;

/* One request, by the index of its route (routes_index) and what it was answered. */
void metrics_count_request(struct metrics *metrics, size_t route, enum problem problem,
                           int64_t took_us, int64_t database_us) NONNULL_ALL;

void metrics_count_token(struct metrics *metrics, bool is_host) NONNULL_ALL;
void metrics_count_notification(struct metrics *metrics,
                                enum metrics_notification result) NONNULL_ALL;
void metrics_count_exit(struct metrics *metrics, enum metrics_exit reason) NONNULL_ALL;
void metrics_count_reload(struct metrics *metrics, bool was_taken) NONNULL_ALL;

/* From the janitor's round: how many stale calls it closed, and how many calls are active.
 */
void metrics_note_sweep(struct metrics *metrics, long closed_count,
                        long active_count) NONNULL_ALL;

/* The name of a route by its index, the label under which it is shown; NULL behind the
 * last. */
typedef const char *metrics_route_name(size_t index);

/*
 * Writes everything, the scoreboard's view of the children included; workers_wanted and
 * requests_max (of one worker) are the settings.
 */
void metrics_render(const struct metrics *metrics, const struct scoreboard *scoreboard,
                    metrics_route_name *route_name, long workers_wanted, long requests_max,
                    FILE *out) NONNULL_ALL;

/* NULL is fine. */
void metrics_free(struct metrics *metrics);

#endif
