/*
 * worker: a process that serves many requests at once, in one event loop.
 *
 * It accepts connections, looks at each until its request has arrived whole (record.h),
 * lets libfcgi decode it, asks the database (postgres/database.h), and serves others until
 * the result is there. One request to a connection: the worker closes it itself, because a
 * kept one would let the rest of an unread body pass for a request, and libfcgi's own close
 * waits for the peer. Nothing in the loop waits but epoll.
 *
 * At most VIDEO_CALL_REQUESTS requests are in flight; beyond that the worker does not
 * accept, and connections wait in the backlog. A worker whose database is away leaves new
 * ones to those whose is not. Where it is away for all, each says so at once.
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
