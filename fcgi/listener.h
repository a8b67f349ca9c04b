/*
 * listener: the socket that nginx connects to.
 *
 * FastCGI has no authentication: whoever can connect can claim to be nginx, and to speak
 * for any caller. So a unix socket has mode 0660, and the administrator gives it nginx's
 * group. A TCP socket, for nginx on another host, belongs in a private network; nothing
 * here can check that. The parent opens the socket once, before the first worker, and keeps
 * it across reloads. If systemd passes a socket (LISTEN_FDS, sd_listen_fds(3)), that one is
 * used, and neither shut down nor unlinked.
 */
#ifndef VIDEO_CALL_LISTENER_H
#define VIDEO_CALL_LISTENER_H

#include "base/attributes.h"

#include <stdbool.h>
#include <sys/un.h>

#define LISTENER_COMPLAINT_BYTES 256

struct listener {
    int descriptor; /* non-blocking, close-on-exec */
    bool is_own;    /* a file created here, unlinked on close */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

/*
 * Opens "unix:PATH" or "tcp:ADDRESS:PORT" (numeric; IPv6 in brackets), or takes over the
 * socket that systemd passed. An abandoned socket file is replaced; a socket in use is an
 * error, and so is any other kind of file. On error returns false, and complaint says why.
 */
bool listener_open(struct listener *listener, const char *address,
                   char complaint[static LISTENER_COMPLAINT_BYTES]) MUST_CHECK NONNULL_ALL;

/* Closes the socket, and unlinks its file if it was created here. */
void listener_close(struct listener *listener) NONNULL_ALL;

#endif
