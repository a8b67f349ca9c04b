/*
 * janitor: the process of the pool that closes stale calls.
 *
 * Browsers that die never say end. Every VIDEO_CALL_JANITOR_INTERVAL_SEC it closes stale
 * calls, logs each with the reason, and counts. Janitors of any number of pools may work on
 * one database. While the database is away, rounds are skipped. When it starts it checks
 * the schema once, and logs what must be applied.
 */
#ifndef VIDEO_CALL_JANITOR_H
#define VIDEO_CALL_JANITOR_H

#include "base/attributes.h"
#include "metrics.h"
#include "settings.h"

struct janitor_options {
    const struct settings *settings; /* with DATABASE_URL */
    struct metrics *metrics;         /* where it counts */
};

/* Works until SIGTERM or SIGINT, as worker_run does. Returns the exit status. */
int janitor_run(const struct janitor_options *options) NONNULL_ALL;

#endif
