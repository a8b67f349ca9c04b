/*
 * distance: makes a database seem farther away. Its socket relays to the target with a
 * delay in each direction, at little cost in CPU time.
 *
 * Usage: distance LISTENING-SOCKET TARGET-SOCKET ONE-WAY-MICROSECONDS
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define CHUNK_BYTES 65536
#define EVENTS_MAX  64

struct end {
    int fd;
    struct end *other;
};

/* Bytes on their way. All are delayed equally, so they arrive in the order they left. */
struct packet {
    int64_t due_ns;
    int fd; /* -1: the connection has closed */
    size_t byte_count;
    struct packet *next;
    char bytes[];
};

static struct packet *head, **tail = &head;
static int epoll, timer;
static int64_t delay_ns;

static _Noreturn void fail(const char *what) {
    perror(what);
    exit(EXIT_FAILURE);
}

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int unix_socket(const char *path, struct sockaddr_un *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    if (fd < 0 || strlen(path) >= sizeof address->sun_path)
        fail(path);
    memcpy(address->sun_path, path, strlen(path));
    return fd;
}

static void watch(int fd, void *what) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = what};

    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        fail("epoll_ctl");
}

static void arm(void) {
    struct itimerspec at = {0};

    if (head != NULL) {
        at.it_value.tv_sec = head->due_ns / 1000000000;
        at.it_value.tv_nsec = head->due_ns % 1000000000;
    }
    (void)timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void send_all(int fd, const char *bytes, size_t byte_count) {
    while (byte_count > 0) {
        ssize_t sent = send(fd, bytes, byte_count, MSG_NOSIGNAL);
        if (sent < 0)
            return;
        bytes += sent;
        byte_count -= (size_t)sent;
    }
}

static void deliver(void) {
    uint64_t ticks;

    (void)!read(timer, &ticks, sizeof ticks);
    while (head != NULL && head->due_ns <= now_ns()) {
        struct packet *packet = head;
        head = packet->next;
        if (head == NULL)
            tail = &head;
        if (packet->fd >= 0)
            send_all(packet->fd, packet->bytes, packet->byte_count);
        free(packet);
    }
    arm();
}

static void connect_through(int listening, const char *target) {
    struct sockaddr_un address;
    struct end *ends = calloc(2, sizeof *ends);
    int near = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    int far = unix_socket(target, &address);

    if (ends == NULL || near < 0 ||
        connect(far, (struct sockaddr *)&address, sizeof address) != 0)
        fail(target);
    ends[0] = (struct end){near, &ends[1]};
    ends[1] = (struct end){far, &ends[0]};
    watch(near, &ends[0]);
    watch(far, &ends[1]);
}

static void close_both(struct end *end) {
    for (struct packet *packet = head; packet != NULL; packet = packet->next)
        if (packet->fd == end->fd || packet->fd == end->other->fd)
            packet->fd = -1;
    (void)close(end->fd);
    (void)close(end->other->fd);
    end->fd = end->other->fd = -1;
}

static void take(struct end *end) {
    static char bytes[CHUNK_BYTES];
    ssize_t received = end->fd < 0 ? 0 : recv(end->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (end->fd < 0 || (received < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    if (received <= 0) {
        close_both(end);
        return;
    }
    struct packet *packet = malloc(sizeof *packet + (size_t)received);
    if (packet == NULL)
        fail("malloc");
    *packet = (struct packet){.due_ns = now_ns() + delay_ns,
                              .fd = end->other->fd,
                              .byte_count = (size_t)received};
    memcpy(packet->bytes, bytes, (size_t)received);
    *tail = packet;
    tail = &packet->next;
    if (head == packet)
        arm();
}

int main(int argument_count, char **arguments) {
    struct epoll_event events[EVENTS_MAX];
    struct sockaddr_un address;

    if (argument_count != 4)
        return 2;
    delay_ns = atoll(arguments[3]) * 1000;
    epoll = epoll_create1(EPOLL_CLOEXEC);
    timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    int listening = unix_socket(arguments[1], &address);
    if (epoll < 0 || timer < 0 ||
        bind(listening, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listening, 512) != 0 || chmod(arguments[1], 0777) != 0)
        fail(arguments[1]);
    watch(listening, &listening);
    watch(timer, &timer);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
        for (int at = 0; at < count; at++) {
            if (events[at].data.ptr == &listening)
                connect_through(listening, arguments[2]);
            else if (events[at].data.ptr == &timer)
                deliver();
            else
                take(events[at].data.ptr);
        }
    }
}
