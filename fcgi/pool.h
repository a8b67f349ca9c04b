/*
 * pool: the parent of the workers and of one janitor. It serves nothing, holds the socket,
 * and keeps the number of workers right.
 *
 *   SIGTERM, SIGINT  no new work, finish what is in flight, end; a second one ends at once
 *   SIGHUP           read the settings again and replace the workers one by one; settings
 *                    that are wrong are logged, and the old ones stay
 *   SIGCHLD          a worker that died is replaced, after a pause that grows while new
 *                    ones keep dying young; what it died of is logged
 *
 * A worker whose loop stands still for twice the request timeout is killed.
 */
#ifndef VIDEO_CALL_POOL_H
#define VIDEO_CALL_POOL_H

#include "base/attributes.h"
#include "listener.h"
#include "settings.h"

struct pool_options {
    const char *settings_file; /* NULL: environment only; read again on SIGHUP */
    struct settings *settings; /* the pool's from now on */
    struct listener *listener;
};

/*
 * Runs until told to stop. Returns the process's exit status: 0 when it was stopped and
 * every worker ended by itself.
 */
int pool_run(struct pool_options *options) NONNULL_ALL;

#endif
