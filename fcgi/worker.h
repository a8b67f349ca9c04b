/*
 * worker: a process that answers one request after another.
 *
 * libfcgi 2.4.2 is given connections, it does not accept them. Its own accept holds a
 * worker two seconds for a peer that says nothing, spins for ever when told to stop at that
 * moment, and cannot be woken; a kept connection pins a worker, and lets the rest of an
 * unread body be taken for a request of its own. So the worker waits in ppoll, accepts,
 * sets timeouts on the connection, and has libfcgi speak on it once, with keep-alive off
 * whatever nginx says.
 *
 * A worker whose database is away leaves new connections to those whose is not. Where it is
 * away for all, each of them says so to its clients at once.
 */
#ifndef VIDEO_CALL_WORKER_H
#define VIDEO_CALL_WORKER_H

#include "base/attributes.h"
#include "metrics.h"
#include "scoreboard.h"
#include "settings.h"

struct worker_options {
    const struct settings *settings;
    int listening; /* non-blocking descriptor */
    const struct scoreboard *scoreboard;
    struct metrics *metrics;
    struct scoreboard_slot *slot; /* its own */
};

/*
 * Serves until SIGTERM or SIGINT, finishing what is in flight; both are blocked when it is
 * called, and let in only while it waits. Returns the exit status.
 */
int worker_run(const struct worker_options *options) NONNULL_ALL;

#endif
