#include "worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "slot.h"
#include "stop_signal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define EVENTS_MAX             64
#define ACCEPT_MAX             8 /* a turn, so that the other workers get some, too */
#define DATABASE_FIRST_WAIT_MS 1000
/* How often a worker that steps back looks whether the others still have a database. */
#define STEP_BACK_MS 100
/* How often an idle loop turns, so that the parent sees that it can. */
#define SIGN_OF_LIFE_MS 1000
/* How often deadlines are looked at; precise enough for seconds. */
#define SWEEP_MS 50
/* nginx sends a request as soon as it has connected. */
#define CROWDED_READ_TIMEOUT_MS 100
/* Peers that have not sent a whole request, besides the requests that are served: they cost
 * little more than a descriptor, and must not keep others out. */
#define READERS_MOST         512
#define DESCRIPTORS_RESERVED 128 /* for the database, the log, … */

struct worker {
    const struct worker_options *options;
    struct context context;
    struct exchange_tools tools;
    int epoll;
    bool is_accepting; /* the listening socket is in the epoll set */
    struct slot *slots;
    struct slot **free_slots; /* a stack */
    int slot_count, free_count;
    int requests_most;
    int reader_count; /* slots whose request has not arrived whole */
    int64_t sweep_at_ms;
};

/* What an event belongs to, where it is no slot. */
static char listening_tag, database_tag;

/* Slots that are taken. */
static int taken(const struct worker *worker) {
    return worker->slot_count - worker->free_count;
}

/* Requests that have arrived whole. */
static int in_flight(const struct worker *worker) {
    return taken(worker) - worker->reader_count;
}

/* ── slots ───────────────────────────────────────────────────────────────────────────── */

/* As many as leave descriptors for everything else. */
static int readers_most(int requests_most) {
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    rlim_t needed = (rlim_t)requests_most + DESCRIPTORS_RESERVED;
    if (limit.rlim_cur <= needed)
        return 0;
    return limit.rlim_cur - needed < READERS_MOST ? (int)(limit.rlim_cur - needed)
                                                  : READERS_MOST;
}

static bool make_slots(struct worker *worker) {
    worker->requests_most =
        (int)settings_number(worker->options->settings, SETTING_REQUESTS_MAX);
    worker->slot_count = worker->requests_most + readers_most(worker->requests_most);
    size_t count = (size_t)worker->slot_count;
    /* Not calloc, which writes to all of it where freed memory is overwritten (M_PERTURB).
     */
    void *slots = mmap(NULL, count * sizeof *worker->slots, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    worker->slots = slots == MAP_FAILED ? NULL : slots;
    worker->free_slots = calloc(count, sizeof *worker->free_slots);
    if (worker->slots == NULL || worker->free_slots == NULL)
        return false;
    /* The first are taken first: those that are never taken cost no memory. */
    for (size_t at = count; at > 0; at--)
        worker->free_slots[worker->free_count++] = &worker->slots[at - 1];
    return true;
}

static void drop(struct worker *worker, struct slot *slot);

/* After each step of a slot: hands it to what it waits for now. */
static void settle(struct worker *worker, struct slot *slot) {
    struct epoll_event event = {.events = EPOLLET, .data.ptr = slot};

    if (slot->state == SLOT_FREE) {
        worker->free_slots[worker->free_count++] = slot;
        return;
    }
    if (slot->state == SLOT_ASKING) {
        slot->exchange.asked_us = clock_us();
        database_submit(worker->context.database, &slot->exchange.pending);
        return;
    }
    event.events |= slot->state == SLOT_READING ? EPOLLIN | EPOLLRDHUP : EPOLLOUT;
    if (epoll_ctl(worker->epoll, slot->is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD,
                  slot->connection, &event) == 0) {
        slot->is_watched = true;
        return;
    }
    log_message(LOG_LEVEL_ERROR, "worker", "epoll_ctl: %s", strerror(errno));
    drop(worker, slot);
}

static void drop(struct worker *worker, struct slot *slot) {
    if (slot->state == SLOT_READING)
        worker->reader_count--;
    slot_close(slot);
    settle(worker, slot);
}

/* For a slot that is not among the readers yet, or not any more. */
static void read_request(struct worker *worker, struct slot *slot) {
    /* It may ask for just that. */
    atomic_store(&worker->options->slot->requests_in_flight, in_flight(worker));
    slot_read(slot, &worker->tools);
    if (slot->state == SLOT_READING)
        worker->reader_count++;
}

static void handle_slot(struct worker *worker, struct slot *slot) {
    enum slot_state state = slot->state;

    if (state == SLOT_READING) {
        worker->reader_count--;
        read_request(worker, slot);
    } else if (state == SLOT_SENDING) {
        slot_send(slot);
    }
    if (slot->state != state)
        settle(worker, slot);
}

static struct slot *slot_of(struct pending *pending) {
    char *exchange = (char *)pending - offsetof(struct exchange, pending);

    return (struct slot *)(void *)(exchange - offsetof(struct slot, exchange));
}

/* Everything whose result has arrived. */
static void answer_done(struct worker *worker) {
    struct pending *pending;

    while ((pending = database_take_done(worker->context.database)) != NULL) {
        struct slot *slot = slot_of(pending);
        slot->exchange.answered_us = clock_us();
        slot_answer(slot);
        settle(worker, slot);
    }
}

/* Where every slot is taken, a peer that is not nginx loses its own early. */
static bool is_overdue(const struct worker *worker, const struct slot *slot,
                       int64_t now_ms) {
    if (slot->state == SLOT_READING && worker->free_count == 0 &&
        now_ms >= slot->accepted_ms + CROWDED_READ_TIMEOUT_MS)
        return true;
    return (slot->state == SLOT_READING || slot->state == SLOT_SENDING) &&
           now_ms >= slot->deadline_ms;
}

/* An overdue ask is lib/postgres's; everything else that is overdue is closed here. */
static void close_overdue(struct worker *worker) {
    int64_t now_ms = clock_ms();

    if (now_ms < worker->sweep_at_ms || taken(worker) == 0)
        return;
    worker->sweep_at_ms = now_ms + SWEEP_MS;
    for (int at = 0; at < worker->slot_count; at++) {
        struct slot *slot = &worker->slots[at];
        if (is_overdue(worker, slot, now_ms))
            drop(worker, slot);
    }
}

/* ── accepting ───────────────────────────────────────────────────────────────────────── */

/* A worker whose database is away leaves new connections to those whose is not. */
static bool steps_back(const struct worker *worker) {
    const struct database *database = worker->context.database;

    if (database == NULL)
        return false;
    bool has_database = database_is_ready(database);
    atomic_store(&worker->options->slot->has_database, has_database);
    return !has_database && scoreboard_has_database(worker->options->scoreboard);
}

static bool has_room(const struct worker *worker) {
    const struct database *database = worker->context.database;

    return worker->free_count > 0 && in_flight(worker) < worker->requests_most &&
           (database == NULL || database_has_room(database));
}

/* EPOLLEXCLUSIVE wakes one worker for a connection, and cannot be changed but taken out. */
static void watch_listening(struct worker *worker) {
    bool wanted = has_room(worker) && !stop_signal_received() && !steps_back(worker);
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE,
                                .data.ptr = &listening_tag};

    if (wanted == worker->is_accepting)
        return;
    if (epoll_ctl(worker->epoll, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                  worker->options->listening, &event) == 0)
        worker->is_accepting = wanted;
}

/* -1 where another worker was quicker, or the peer has gone. */
static int accept_connection(int listening) {
    int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (connection < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        log_message(LOG_LEVEL_WARNING, "accept", "%s", strerror(errno));
    return connection;
}

static void accept_some(struct worker *worker) {
    for (int accepted = 0; accepted < ACCEPT_MAX && has_room(worker); accepted++) {
        int connection = accept_connection(worker->options->listening);
        if (connection < 0)
            return;
        struct slot *slot = worker->free_slots[--worker->free_count];
        slot_open(slot, connection);
        /* It is usually there already. */
        read_request(worker, slot);
        settle(worker, slot);
    }
}

/* ── the loop ────────────────────────────────────────────────────────────────────────── */

static int least(int one_ms, int other_ms) {
    if (one_ms < 0 || other_ms < 0)
        return one_ms < 0 ? other_ms : one_ms;
    return one_ms < other_ms ? one_ms : other_ms;
}

static int wait_ms(const struct worker *worker) {
    int wait = SIGN_OF_LIFE_MS;

    if (worker->context.database != NULL)
        wait = least(wait, database_wait_ms(worker->context.database));
    if (taken(worker) > 0)
        wait = least(wait, SWEEP_MS);
    if (!worker->is_accepting && !stop_signal_received())
        wait = least(wait, STEP_BACK_MS);
    return wait;
}

static void handle_events(struct worker *worker, const struct epoll_event *events,
                          int count) {
    bool may_accept = false;

    for (int at = 0; at < count; at++) {
        if (events[at].data.ptr == &listening_tag)
            may_accept = true;
        else if (events[at].data.ptr != &database_tag)
            handle_slot(worker, events[at].data.ptr);
    }
    if (may_accept)
        accept_some(worker);
}

/* In this order: events, the database once for all of them, deadlines, the log. */
static void turn(struct worker *worker, const sigset_t *while_waiting) {
    struct epoll_event events[EVENTS_MAX];

    watch_listening(worker);
    int count =
        epoll_pwait(worker->epoll, events, EVENTS_MAX, wait_ms(worker), while_waiting);
    int64_t began_us = clock_us();
    handle_events(worker, events, count < 0 ? 0 : count);
    if (worker->context.database != NULL) {
        database_advance(worker->context.database);
        answer_done(worker);
    }
    close_overdue(worker);
    log_flush();
    scoreboard_note_turn(
        worker->options->slot, in_flight(worker),
        worker->context.database == NULL ? 0 : database_in_flight(worker->context.database),
        clock_us() - began_us);
}

static bool watch(const struct worker *worker, int descriptor, void *tag) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = tag};

    return epoll_ctl(worker->epoll, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

static bool open_worker(struct worker *worker) {
    const struct worker_options *options = worker->options;

    if (FCGX_Init() != 0 || !make_slots(worker)) {
        log_message(LOG_LEVEL_ERROR, "worker", "libfcgi can't start, or out of memory");
        return false;
    }
    if (!context_open(&worker->context, options->settings))
        return false;
    worker->tools = (struct exchange_tools){.context = &worker->context,
                                            .metrics = options->metrics,
                                            .scoreboard = options->scoreboard};
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    struct database *database = worker->context.database;
    if (worker->epoll < 0 ||
        (database != NULL &&
         !watch(worker, database_descriptor(database), &database_tag))) {
        log_message(LOG_LEVEL_ERROR, "worker", "epoll: %s", strerror(errno));
        return false;
    }
    return true;
}

/* A worker serves without its database too: it says 503, and connects meanwhile. */
static void await_database(const struct worker *worker) {
    if (worker->context.database != NULL &&
        database_wait(worker->context.database, DATABASE_FIRST_WAIT_MS) != DATABASE_OK)
        log_message(LOG_LEVEL_WARNING, "worker",
                    "serving without a database until one is connected");
}

static void close_worker(struct worker *worker) {
    context_close(&worker->context);
    if (worker->epoll >= 0)
        (void)close(worker->epoll);
    free(worker->free_slots);
    if (worker->slots != NULL)
        (void)munmap(worker->slots, (size_t)worker->slot_count * sizeof *worker->slots);
}

int worker_run(const struct worker_options *options) {
    struct worker worker = {.options = options, .epoll = -1};
    int exit_status = EXIT_FAILURE;
    sigset_t while_waiting;

    sigemptyset(&while_waiting);
    stop_signal_listen();
    if (open_worker(&worker)) {
        await_database(&worker);
        scoreboard_note_turn(options->slot, 0, 0, 0);
        atomic_store(&options->slot->is_ready, true);
        log_hold();
        while (!stop_signal_received() || taken(&worker) > 0)
            turn(&worker, &while_waiting);
        log_release();
        exit_status = EXIT_SUCCESS;
    }
    close_worker(&worker);
    return exit_status;
}
