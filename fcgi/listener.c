#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEMD_FIRST_DESCRIPTOR 3
/* A full backlog means a 502. The kernel caps this at net.core.somaxconn. */
#define BACKLOG 4096

static bool fail(char *complaint, const char *what, const char *path) {
    (void)snprintf(complaint, LISTENER_COMPLAINT_BYTES, "%s %s: %s", what, path,
                   strerror(errno));
    return false;
}

static bool was_passed_by_systemd(void) {
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

    return pid != NULL && count != NULL && strtol(pid, NULL, 10) == (long)getpid() &&
           strtol(count, NULL, 10) >= 1;
}

static bool set_flags(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);

    return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

static bool take_passed(struct listener *listener, char *complaint) {
    int is_listening = 0;
    socklen_t length = sizeof is_listening;

    listener->descriptor = SYSTEMD_FIRST_DESCRIPTOR;
    listener->is_own = false;
    if (getsockopt(listener->descriptor, SOL_SOCKET, SO_ACCEPTCONN, &is_listening,
                   &length) != 0 ||
        !is_listening || !set_flags(listener->descriptor)) {
        (void)snprintf(complaint, LISTENER_COMPLAINT_BYTES,
                       "LISTEN_FDS: descriptor 3 isn't a listening socket");
        return false;
    }
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    return true;
}

/* A socket file that a crashed pool left behind refuses connections; one in use doesn't. */
static bool remove_abandoned(const struct sockaddr_un *address, char *complaint) {
    struct stat status;

    if (lstat(address->sun_path, &status) != 0)
        return errno == ENOENT || fail(complaint, "can't stat", address->sun_path);
    if (!S_ISSOCK(status.st_mode)) {
        errno = EEXIST;
        return fail(complaint, "won't replace", address->sun_path);
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return fail(complaint, "can't probe", address->sun_path);
    bool refused = connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 &&
                   errno == ECONNREFUSED;
    (void)close(probe);
    if (!refused) {
        errno = EADDRINUSE;
        return fail(complaint, "another process is listening on", address->sun_path);
    }
    if (unlink(address->sun_path) != 0)
        return fail(complaint, "can't remove", address->sun_path);
    return true;
}

static bool bind_and_listen(struct listener *listener, const struct sockaddr_un *address,
                            char *complaint) {
    listener->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->descriptor < 0)
        return fail(complaint, "can't create a socket for", address->sun_path);
    /* Mode 0660 from the start, whatever the umask. */
    mode_t kept_mask = umask(0117);
    bool bound =
        bind(listener->descriptor, (const struct sockaddr *)address, sizeof *address) == 0;
    int kept_errno = errno;
    (void)umask(kept_mask);
    errno = kept_errno;
    if (!bound)
        return fail(complaint, "can't bind", address->sun_path);
    listener->is_own = true;
    if (listen(listener->descriptor, BACKLOG) != 0)
        return fail(complaint, "can't listen on", address->sun_path);
    return true;
}

static bool open_unix(struct listener *listener, const char *path, char *complaint) {
    struct sockaddr_un socket_address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof socket_address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(complaint, "can't bind", path);
    }
    memcpy(socket_address.sun_path, path, strlen(path) + 1);
    memcpy(listener->path, path, strlen(path) + 1);
    return remove_abandoned(&socket_address, complaint) &&
           bind_and_listen(listener, &socket_address, complaint);
}

/* ── TCP ─────────────────────────────────────────────────────────────────────────────── */

/*
 * "ADDRESS:PORT", both numeric: a name could resolve to another address tomorrow. For
 * freeaddrinfo; NULL if it's invalid.
 */
static struct addrinfo *resolve(const char *text) {
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *resolved = NULL;
    char host[64];
    const char *colon = strrchr(text, ':');
    size_t host_bytes = colon == NULL ? 0 : (size_t)(colon - text);

    if (host_bytes >= 2 && text[0] == '[' && text[host_bytes - 1] == ']') {
        text++;
        host_bytes -= 2;
    }
    if (host_bytes == 0 || host_bytes >= sizeof host)
        return NULL;
    memcpy(host, text, host_bytes);
    host[host_bytes] = '\0';
    return getaddrinfo(host, colon + 1, &hints, &resolved) == 0 ? resolved : NULL;
}

static bool open_tcp(struct listener *listener, const char *text, char *complaint) {
    struct addrinfo *address = resolve(text);
    const int on = 1;

    if (address == NULL) {
        (void)snprintf(complaint, LISTENER_COMPLAINT_BYTES,
                       "tcp:%s: address and port must be numeric", text);
        return false;
    }
    listener->descriptor =
        socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool opened =
        listener->descriptor >= 0 &&
        setsockopt(listener->descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(listener->descriptor, address->ai_addr, address->ai_addrlen) == 0 &&
        listen(listener->descriptor, BACKLOG) == 0;
    int kept_errno = errno;
    freeaddrinfo(address);
    errno = kept_errno;
    return opened || fail(complaint, "can't listen on tcp", text);
}

/* Accepted connections inherit this. On a Unix socket it fails, and isn't needed. */
static void disable_nagle(int descriptor) {
    const int on = 1;

    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool listener_open(struct listener *listener, const char *address,
                   char complaint[static LISTENER_COMPLAINT_BYTES]) {
    static const char TCP[] = "tcp:", UNIX[] = "unix:";

    bool opened;

    *listener = (struct listener){.descriptor = -1};
    if (was_passed_by_systemd())
        opened = take_passed(listener, complaint);
    else if (strncmp(address, TCP, strlen(TCP)) == 0)
        opened = open_tcp(listener, address + strlen(TCP), complaint);
    else
        opened = open_unix(listener, address + strlen(UNIX), complaint);
    if (opened)
        disable_nagle(listener->descriptor);
    else
        listener_close(listener);
    return opened;
}

void listener_close(struct listener *listener) {
    if (listener->descriptor >= 0)
        (void)close(listener->descriptor);
    listener->descriptor = -1;
    if (listener->is_own)
        (void)unlink(listener->path);
    listener->is_own = false;
}
