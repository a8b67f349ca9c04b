/*
 * listener: the socket that nginx connects to.
 *
 * FastCGI has no authentication: any process that can connect can pose as nginx, and speak
 * for any caller. So a unix socket has mode 0660, and the administrator gives it nginx's
 * group. A TCP socket, for nginx on another host, belongs in a private network; nothing
 * here can check that.
 *
 * The parent opens the socket once, before the first worker, and keeps it across reloads.
 * If systemd passes a socket (LISTEN_FDS, sd_listen_fds(3)), that one is used instead, and
 * neither shut down nor unlinked.
 */
#ifndef VIDEO_CALL_LISTENER_H
#define VIDEO_CALL_LISTENER_H

#include "base/attributes.h"

#include <stdbool.h>
#include <sys/un.h>

#define LISTENER_COMPLAINT_BYTES 256

struct listener {
    int descriptor; /* non-blocking, close-on-exec */
    bool is_own;    /* its file was created here: unlink it on close */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

/*
 * Takes over the socket that systemd passed, or opens address: "unix:PATH" or
 * "tcp:ADDRESS:PORT" (numeric; IPv6 in brackets). An abandoned socket file is replaced; a
 * socket in use is an error, and so is any other kind of file. On error returns false, and
 * complaint says why, on one line; there is nothing to close then.
 */
bool listener_open(struct listener *listener, const char *address,
                   char complaint[static LISTENER_COMPLAINT_BYTES]) MUST_CHECK NONNULL_ALL;

/* Closes the socket, and unlinks its file if it was created here. Twice does no harm. */
void listener_close(struct listener *listener) NONNULL_ALL;

#endif
