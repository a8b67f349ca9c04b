/*
 * pool: the parent of the workers and the janitor. It serves no requests: it holds the
 * socket and keeps the right number of workers running.
 *
 *   SIGTERM, SIGINT  accept nothing new, finish what is in flight, exit; a second one
 *                    exits at once
 *   SIGHUP           read the settings again and replace the workers one by one; if they
 *                    are invalid, log why and keep the old ones
 *   SIGCHLD          log how a worker died and replace it, with increasing delay while new
 *                    ones keep dying early
 *
 * A worker whose loop is stuck for twice the request timeout, 3 s at least, is killed.
 */
#ifndef VIDEO_CALL_POOL_H
#define VIDEO_CALL_POOL_H

#include "base/attributes.h"
#include "listener.h"
#include "settings.h"

struct pool_options {
    const char *settings_file; /* NULL: environment only; read again on SIGHUP */
    struct settings *settings; /* owned by the pool from now on */
    struct listener *listener;
};

/*
 * Runs until told to stop. Returns the exit status: 0 if every child stopped in time, 1 if
 * one had to be killed for not stopping, or if there was no shared memory.
 */
int pool_run(struct pool_options *options) NONNULL_ALL;

#endif
