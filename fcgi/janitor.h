/*
 * janitor: the process of the pool that closes stale calls, and does nothing else.
 *
 * Browsers that die never say end. Every VIDEO_CALL_JANITOR_INTERVAL_SEC it closes what
 * call_ledger_close_stale finds, logs each call with the reason, and counts. Janitors of
 * any number of pools may work on one database. Where the database is away, the round is
 * left out.
 */
#ifndef VIDEO_CALL_JANITOR_H
#define VIDEO_CALL_JANITOR_H

#include "compiler.h"
#include "metrics.h"
#include "settings.h"

struct janitor_options {
    const struct settings *settings; /* with DATABASE_URL */
    struct metrics *metrics;         /* where it counts */
};

/* Works until SIGTERM or SIGINT, as worker_run does. Returns the exit status. */
int janitor_run(const struct janitor_options *options) NONNULL_ALL;

#endif
