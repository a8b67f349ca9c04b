/*
 * listener: the socket at which nginx reaches the pool.
 *
 * FastCGI has no authentication: whoever can connect can claim to be nginx, and whom it
 * speaks for. So a unix socket is 0660, and its group is nginx's business and the
 * administrator's; one of TCP, for an nginx on another host, belongs into a network that
 * nobody else can reach, and nothing here can make sure of that. The parent opens it
 * once, before the first worker, and holds it over reloads. Where systemd passes a socket
 * (LISTEN_FDS, sd_listen_fds(3)) that one is used, and neither shut down nor unlinked.
 */
#ifndef VIDEO_CALL_LISTENER_H
#define VIDEO_CALL_LISTENER_H

#include "base/attributes.h"

#include <stdbool.h>
#include <sys/un.h>

#define LISTENER_COMPLAINT_BYTES 256

struct listener {
    int descriptor; /* non-blocking, close-on-exec */
    bool is_own;    /* a file made here, to be unlinked */
    char path[sizeof((struct sockaddr_un *)0)->sun_path];
};

/*
 * Opens "unix:PATH" or "tcp:ADDRESS:PORT" (numeric; IPv6 in brackets), or takes over what
 * systemd passed. A socket file that nobody answers
 * at is replaced; one that somebody does is an error, and so is a file of another kind.
 * False: complaint says why.
 */
bool listener_open(struct listener *listener, const char *address,
                   char complaint[static LISTENER_COMPLAINT_BYTES]) MUST_CHECK NONNULL_ALL;

/* Closes; unlinks the file where it is ours. */
void listener_close(struct listener *listener) NONNULL_ALL;

#endif
