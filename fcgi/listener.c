#include "listener.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYSTEMD_FIRST_DESCRIPTOR 3
/* A full backlog is a 502: the kernel caps this at net.core.somaxconn. */
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
                       "LISTEN_FDS: descriptor 3 is no listening socket");
        return false;
    }
    (void)unsetenv("LISTEN_PID");
    (void)unsetenv("LISTEN_FDS");
    return true;
}

/* A file that a crashed pool left behind refuses connections; a living pool does not. */
static bool remove_abandoned(const struct sockaddr_un *address, char *complaint) {
    struct stat status;

    if (lstat(address->sun_path, &status) != 0)
        return errno == ENOENT || fail(complaint, "cannot look at", address->sun_path);
    if (!S_ISSOCK(status.st_mode)) {
        errno = EEXIST;
        return fail(complaint, "will not replace", address->sun_path);
    }
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return fail(complaint, "cannot probe", address->sun_path);
    bool refused = connect(probe, (const struct sockaddr *)address, sizeof *address) != 0 &&
                   errno == ECONNREFUSED;
    (void)close(probe);
    if (!refused) {
        errno = EADDRINUSE;
        return fail(complaint, "somebody serves", address->sun_path);
    }
    if (unlink(address->sun_path) != 0)
        return fail(complaint, "cannot remove", address->sun_path);
    return true;
}

static bool bind_and_listen(struct listener *listener, const struct sockaddr_un *address,
                            char *complaint) {
    listener->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener->descriptor < 0)
        return fail(complaint, "cannot make a socket for", address->sun_path);
    /* 0660 from the first moment on, whatever the umask was. */
    mode_t kept_mask = umask(0117);
    bool bound =
        bind(listener->descriptor, (const struct sockaddr *)address, sizeof *address) == 0;
    int kept_errno = errno;
    (void)umask(kept_mask);
    errno = kept_errno;
    if (!bound)
        return fail(complaint, "cannot bind", address->sun_path);
    listener->is_own = true;
    if (listen(listener->descriptor, BACKLOG) != 0)
        return fail(complaint, "cannot listen at", address->sun_path);
    return true;
}

bool listener_open(struct listener *listener, const char *address,
                   char complaint[static LISTENER_COMPLAINT_BYTES]) {
    struct sockaddr_un socket_address = {.sun_family = AF_UNIX};
    const char *path = address + strlen("unix:");

    *listener = (struct listener){.descriptor = -1};
    if (was_passed_by_systemd())
        return take_passed(listener, complaint);
    if (strlen(path) >= sizeof socket_address.sun_path) {
        errno = ENAMETOOLONG;
        return fail(complaint, "cannot bind", path);
    }
    memcpy(socket_address.sun_path, path, strlen(path) + 1);
    memcpy(listener->path, path, strlen(path) + 1);
    if (remove_abandoned(&socket_address, complaint) &&
        bind_and_listen(listener, &socket_address, complaint))
        return true;
    listener_close(listener);
    return false;
}

void listener_close(struct listener *listener) {
    if (listener->descriptor >= 0)
        (void)close(listener->descriptor);
    listener->descriptor = -1;
    if (listener->is_own)
        (void)unlink(listener->path);
    listener->is_own = false;
}
