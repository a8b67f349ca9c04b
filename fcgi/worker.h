/*
 * worker: a process that serves many requests concurrently, in one event loop.
 *
 * It accepts connections, peeks at each until the whole request has arrived (record.h),
 * lets libfcgi decode it, asks the database (postgres/database.h), and serves other
 * requests until the result arrives. Nothing in the loop blocks but epoll.
 *
 * Each connection carries one request, and the worker closes it itself: on a connection
 * kept open, the rest of an unread body could pass for the next request, and libfcgi's
 * close waits for the peer.
 *
 * At most VIDEO_CALL_REQUESTS requests are in flight; beyond that the worker stops
 * accepting, and connections wait in the backlog. A worker that has lost the database
 * leaves new connections to workers that haven't. If all have lost it, all accept, and
 * refuse requests immediately.
 */
#ifndef VIDEO_CALL_WORKER_H
#define VIDEO_CALL_WORKER_H

#include "base/attributes.h"
#include "metrics.h"
#include "scoreboard.h"
#include "settings.h"

struct worker_options {
    const struct settings *settings;
    int listening; /* the listening socket, non-blocking */
    const struct scoreboard *scoreboard;
    struct metrics *metrics;
    struct scoreboard_slot *slot; /* this worker's */
};

/*
 * Serves until SIGTERM or SIGINT, then finishes the requests in flight. The caller must
 * have blocked both signals; they get through only while the worker waits. Returns the
 * exit status: EXIT_SUCCESS, or EXIT_FAILURE, logged, if it can't start.
 */
int worker_run(const struct worker_options *options) NONNULL_ALL;

#endif
