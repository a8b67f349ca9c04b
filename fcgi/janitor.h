/*
 * janitor: the pool's process that closes stale calls.
 *
 * A browser that crashes never sends end. Every VIDEO_CALL_JANITOR_INTERVAL_SEC the janitor
 * closes stale calls, logs each with the reason, and counts them. The janitors of any
 * number of pools can work on one database. While the database is down, rounds are skipped.
 * On start it checks the schema once, and logs what must be applied.
 */
#ifndef VIDEO_CALL_JANITOR_H
#define VIDEO_CALL_JANITOR_H

#include "base/attributes.h"
#include "metrics.h"
#include "settings.h"

struct janitor_options {
    const struct settings *settings; /* DATABASE_URL is set */
    struct metrics *metrics;         /* of the whole pool */
};

/*
 * Runs until SIGTERM or SIGINT; the caller must have blocked both, as for worker_run.
 * Returns the exit status, always EXIT_SUCCESS.
 */
int janitor_run(const struct janitor_options *options) NONNULL_ALL;

#endif
