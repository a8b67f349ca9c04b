/*
 * pool: the parent of the workers and the janitor. It serves no requests: it holds the
 * socket and keeps the right number of workers running.
 *
 *   SIGTERM, SIGINT  accept nothing new, finish the requests in flight, and exit; a second
 *                    one kills the children
 *   SIGHUP           read the settings again and replace the workers one by one; if they
 *                    are invalid, log why and keep the old ones
 *   SIGCHLD          log how a child ended and replace it; while new workers keep dying
 *                    early, with increasing delay
 *
 * A worker whose loop has been stuck for twice the request timeout, at least 3 s, is
 * killed.
 */
#ifndef VIDEO_CALL_POOL_H
#define VIDEO_CALL_POOL_H

#include "base/attributes.h"
#include "listener.h"
#include "settings.h"

struct pool_options {
    const char *settings_file; /* NULL: environment only; read again on SIGHUP */
    struct settings *settings; /* freed and replaced by a reload; the caller frees it */
    struct listener *listener; /* closed on stop */
};

/*
 * Runs until told to stop. Returns the exit status: 0 if every child stopped in time, 1 if
 * one had to be killed for not stopping, or if shared memory couldn't be allocated
 * (logged). Children never return from it: they exit.
 */
int pool_run(struct pool_options *options) NONNULL_ALL;

#endif
