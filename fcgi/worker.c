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
#define ACCEPT_MAX             8 /* per turn, so that the other workers get some too */
#define DATABASE_FIRST_WAIT_MS 1000
/* How often a worker that isn't accepting checks whether it should again, and how long it
 * doesn't after accept failed: without descriptors it would fail again at once. */
#define ACCEPT_CHECK_MS 100
/* How often an idle loop turns, to show the parent that it isn't stuck. */
#define SIGN_OF_LIFE_MS 1000
/* How often deadlines are checked: precise enough for timeouts of seconds. */
#define SWEEP_MS 50
/* The read timeout while all slots are taken. */
#define CROWDED_READ_TIMEOUT_MS 100
/*
 * Connections still sending their request, on top of the requests in flight: they cost
 * little more than a descriptor, and mustn't keep requests out.
 */
#define READERS_MAX          512
#define DESCRIPTORS_RESERVED 128 /* for the database, the log, … */

struct worker {
    const struct worker_options *options;
    struct context context;
    struct exchange_tools tools;
    int epoll;
    bool is_accepting; /* the listening socket is in the epoll set */
    int64_t accept_from_ms;
    struct slot *slots;
    struct slot **free_slots; /* a stack */
    int slot_count, free_count;
    int max_requests;
    int reader_count; /* slots that are READING */
    int64_t sweep_at_ms;
};

/* Only their addresses count: they mark events that don't belong to a slot. */
static char listening_tag, database_tag;

static int taken(const struct worker *worker) {
    return worker->slot_count - worker->free_count;
}

static int in_flight(const struct worker *worker) {
    return taken(worker) - worker->reader_count;
}

/* ── slots ───────────────────────────────────────────────────────────────────────────── */

/* As many as leave enough descriptors for everything else. */
static int max_readers(int max_requests) {
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return 0;
    rlim_t needed = (rlim_t)max_requests + DESCRIPTORS_RESERVED;
    if (limit.rlim_cur <= needed)
        return 0;
    return limit.rlim_cur - needed < READERS_MAX ? (int)(limit.rlim_cur - needed)
                                                 : READERS_MAX;
}

static bool make_slots(struct worker *worker) {
    worker->max_requests =
        (int)settings_number(worker->options->settings, SETTING_REQUESTS_MAX);
    worker->slot_count = worker->max_requests + max_readers(worker->max_requests);
    size_t count = (size_t)worker->slot_count;
    /* Not calloc: under M_PERTURB it writes to all the memory it returns. */
    void *slots = mmap(NULL, count * sizeof *worker->slots, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    worker->slots = slots == MAP_FAILED ? NULL : slots;
    worker->free_slots = calloc(count, sizeof *worker->free_slots);
    if (worker->slots == NULL || worker->free_slots == NULL)
        return false;
    /* The first slots are taken first: those that are never taken cost no memory. */
    for (size_t at = count; at > 0; at--)
        worker->free_slots[worker->free_count++] = &worker->slots[at - 1];
    return true;
}

static void drop(struct worker *worker, struct slot *slot);

/* After each step of a slot: hands it over to what it waits for next. */
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

/* reader_count must not include the slot; if it's still READING afterwards, it does. */
static void read_request(struct worker *worker, struct slot *slot) {
    /* The request may be for the metrics, which report this number. */
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

static void answer_done(struct worker *worker) {
    struct pending *pending;

    while ((pending = database_take_done(worker->context.database)) != NULL) {
        struct slot *slot = slot_of(pending);
        slot->exchange.answered_us = clock_us();
        slot_answer(slot);
        settle(worker, slot);
    }
}

/*
 * When all slots are taken, close slow readers sooner: nginx sends its request right after
 * connecting.
 */
static bool is_overdue(const struct worker *worker, const struct slot *slot,
                       int64_t now_ms) {
    if (slot->state == SLOT_READING && worker->free_count == 0 &&
        now_ms >= slot->accepted_ms + CROWDED_READ_TIMEOUT_MS)
        return true;
    return (slot->state == SLOT_READING || slot->state == SLOT_SENDING) &&
           now_ms >= slot->deadline_ms;
}

/* Asks aren't checked here: lib/postgres ends them at their deadline. */
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

/*
 * A worker that has lost the database leaves new connections to workers that haven't. Also
 * tells them whether this one has.
 */
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

    return worker->free_count > 0 && in_flight(worker) < worker->max_requests &&
           (database == NULL || database_has_room(database));
}

/*
 * EPOLLEXCLUSIVE, so that a new connection doesn't wake every worker; it can't be
 * modified, only added and removed.
 */
static void watch_listening(struct worker *worker) {
    bool wanted = has_room(worker) && clock_ms() >= worker->accept_from_ms &&
                  !stop_signal_received() && !steps_back(worker);
    struct epoll_event event = {.events = EPOLLIN | EPOLLEXCLUSIVE,
                                .data.ptr = &listening_tag};

    if (wanted == worker->is_accepting)
        return;
    if (epoll_ctl(worker->epoll, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                  worker->options->listening, &event) == 0)
        worker->is_accepting = wanted;
}

/* -1 if another worker was faster, the peer has gone, or accept failed. */
static int accept_connection(struct worker *worker) {
    int connection =
        accept4(worker->options->listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (connection < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
        log_message(LOG_LEVEL_WARNING, "accept", "%s", strerror(errno));
        worker->accept_from_ms = clock_ms() + ACCEPT_CHECK_MS;
    }
    return connection;
}

static void accept_some(struct worker *worker) {
    for (int accepted = 0; accepted < ACCEPT_MAX && has_room(worker); accepted++) {
        int connection = accept_connection(worker);
        if (connection < 0)
            return;
        struct slot *slot = worker->free_slots[--worker->free_count];
        slot_open(slot, connection);
        /* The request has usually arrived already. */
        read_request(worker, slot);
        settle(worker, slot);
    }
}

/* ── the loop ────────────────────────────────────────────────────────────────────────── */

/* -1 means forever, as in epoll_wait. */
static int min_wait_ms(int one_ms, int other_ms) {
    if (one_ms < 0 || other_ms < 0)
        return one_ms < 0 ? other_ms : one_ms;
    return one_ms < other_ms ? one_ms : other_ms;
}

static int wait_ms(const struct worker *worker) {
    int wait = SIGN_OF_LIFE_MS;

    if (worker->context.database != NULL)
        wait = min_wait_ms(wait, database_wait_ms(worker->context.database));
    if (taken(worker) > 0)
        wait = min_wait_ms(wait, SWEEP_MS);
    if (!worker->is_accepting && !stop_signal_received())
        wait = min_wait_ms(wait, ACCEPT_CHECK_MS);
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

/* The database comes after the events, so that it sends all their asks together. */
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
        log_message(LOG_LEVEL_ERROR, "worker", "can't start libfcgi, or out of memory");
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

/* Without the database the worker still serves: it answers 503 and keeps connecting. */
static void await_database(const struct worker *worker) {
    if (worker->context.database != NULL &&
        database_wait(worker->context.database, DATABASE_FIRST_WAIT_MS) != DATABASE_OK)
        log_message(LOG_LEVEL_WARNING, "worker", "serving without the database for now");
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
