#include "postgres/database_state.h"

#include "base/clock.h"
#include "base/log.h"
#include "postgres/locked_out.h"

#include <stdlib.h>
#include <sys/epoll.h>

/* A server that is closing all its sessions may close the next one, too. */
#define SENT_MAX        3
#define EVENTS_PER_TURN (DATABASE_CONNECTIONS_MAX + 1)
/* An idle connection that was opened for a burst goes back to the pooler. */
#define SURPLUS_IDLE_MS 60000

static int64_t earlier(int64_t a_ms, int64_t b_ms) {
    return a_ms < b_ms ? a_ms : b_ms;
}

/* ── where asks are ──────────────────────────────────────────────────────────────────── */

static void put_done(struct database *database, struct pending *pending) {
    pending->state = PENDING_IS_DONE;
    pending_list_append(&database->done, pending);
}

static void put_failed(struct database *database, struct pending *pending,
                       enum database_error error) {
    pending->result = (struct result){.error = error};
    put_done(database, pending);
}

static void put_in_queue(struct database *database, struct pending *pending) {
    pending->state = PENDING_IS_WAITING;
    pending_list_append(&database->queue, pending);
}

/* Removes it from wherever it is; it keeps its result, if any. */
static void take_out(struct database *database, struct pending *pending) {
    if (pending->state == PENDING_IS_WAITING) {
        pending_list_remove(&database->queue, pending);
    } else if (pending->state == PENDING_IS_LOCKED_OUT) {
        pending_list_remove(&database->locked_out, pending);
    } else if (pending->state == PENDING_IS_SENT) {
        /* Its slot in the FIFO stays, marked as forgotten. */
        in_flight_disown(pending);
        database->sent_count--;
    } else if (pending->state == PENDING_IS_DONE) {
        pending_list_remove(&database->done, pending);
    }
    pending->state = PENDING_IS_IDLE;
}

bool database_is_ready(const struct database *database) {
    for (int at = 0; at < database->connection_count; at++)
        if (database->connections[at].state == CONNECTION_IS_READY)
            return true;
    return false;
}

void database_submit(struct database *database, struct pending *pending) {
    const char *parameters[ASK_PARAMETERS_MAX];
    int64_t now_ms = clock_ms();

    pending->result = (struct result){.error = DATABASE_OK};
    pending->submitted_at_ms = now_ms;
    pending->sent_count = 0;
    pending->was_locked_out = false;
    pending->slot = NULL;
    if (!ask_parameters(&pending->ask, parameters)) {
        put_failed(database, pending, DATABASE_E_STATEMENT);
    } else if (!database_is_ready(database) &&
               now_ms >= database->breaker.taking_until_ms) {
        put_failed(database, pending, DATABASE_E_UNAVAILABLE);
    } else {
        put_in_queue(database, pending);
        if (pending->deadline_ms < database->next_deadline_ms)
            database->next_deadline_ms = pending->deadline_ms;
    }
}

struct pending *database_take_done(struct database *database) {
    struct pending *pending = pending_list_take(&database->done);

    if (pending != NULL)
        pending->state = PENDING_IS_IDLE;
    return pending;
}

void database_forget(struct database *database, struct pending *pending) {
    if (pending->state == PENDING_IS_DONE)
        result_free(&pending->result);
    take_out(database, pending);
}

int database_in_flight(const struct database *database) {
    return database->queue.count + database->locked_out.count + database->sent_count;
}

/* ── what happened to a connection ───────────────────────────────────────────────────── */

/* An ask that was locked out is retried on the lane, where it holds up only its kind. */
static void settle_answered(struct database *database, struct connection *connection) {
    int64_t now_ms = clock_ms();
    struct pending *pending;

    while ((pending = pending_list_take(&connection->answered)) != NULL) {
        database->sent_count--;
        if (pending->was_locked_out && now_ms < pending->deadline_ms) {
            pending->sent_count = 0;
            pending->state = PENDING_IS_LOCKED_OUT;
            pending_list_append(&database->locked_out, pending);
        } else {
            put_done(database, pending);
        }
    }
}

/* Asks that were in flight go first on the next connection, but not forever. */
static void settle_orphans(struct database *database, struct connection *connection) {
    struct pending_list again = {.first = NULL};
    struct pending *pending;

    while ((pending = pending_list_take(&connection->orphans)) != NULL) {
        database->sent_count--;
        if (pending->sent_count < SENT_MAX) {
            pending->state = PENDING_IS_WAITING;
            pending_list_append(&again, pending);
        } else {
            put_failed(database, pending, DATABASE_E_UNAVAILABLE);
        }
    }
    pending_list_prepend_all(&database->queue, &again);
}

/* If others are up, it is only worth a debug line. */
static void note_failure(struct database *database, const struct connection *connection) {
    if (database_is_ready(database))
        log_message(LOG_LEVEL_DEBUG, "database_notice", "no further connection: %s",
                    connection->fault);
    else
        breaker_note_failure(&database->breaker, connection->fault);
}

void database_settle(struct database *database, struct connection *connection) {
    enum connection_event event = connection->event;

    settle_answered(database, connection);
    settle_orphans(database, connection);
    connection->event = CONNECTION_NOTHING;
    if (event == CONNECTION_CAME_UP)
        breaker_note_up(&database->breaker);
    else if (event == CONNECTION_FAILED)
        note_failure(database, connection);
    else if (event != CONNECTION_NOTHING && !database_is_ready(database))
        breaker_note_loss(&database->breaker, event == CONNECTION_CLOSED, clock_ms());
}

/* ── steps ───────────────────────────────────────────────────────────────────────────── */

static void advance_one(struct database *database, struct connection *connection,
                        bool has_news) {
    connection_advance(connection, has_news);
    database_settle(database, connection);
}

static void take_news(struct database *database) {
    struct epoll_event events[EVENTS_PER_TURN];
    int count = epoll_wait(database->plan.epoll, events, EVENTS_PER_TURN, 0);

    for (int at = 0; at < count; at++)
        advance_one(database, events[at].data.ptr, true);
}

static bool is_surplus(const struct database *database,
                       const struct connection *connection) {
    return connection != &database->connections[0] &&
           connection->state == CONNECTION_IS_READY && connection->in_flight.count == 0;
}

static void take_due_steps(struct database *database) {
    struct connection *first = &database->connections[0];
    int64_t now_ms = clock_ms();

    for (int at = 0; at < database->connection_count; at++) {
        struct connection *connection = &database->connections[at];
        if (connection_due_ms(connection) <= now_ms ||
            connection->state == CONNECTION_IS_RESOLVING)
            advance_one(database, connection, false);
        if (is_surplus(database, connection) &&
            now_ms - connection->idle_from_ms >= SURPLUS_IDLE_MS)
            connection_stop(connection);
    }
    if (first->state == CONNECTION_IS_DOWN && now_ms >= first->retry_at_ms) {
        connection_start(first);
        database_settle(database, first);
    }
}

/* Fails it with TIMEOUT if it is late. Returns the earliest deadline so far. */
static int64_t expire_one(struct database *database, struct pending *pending,
                          int64_t now_ms, int64_t earliest_ms) {
    if (pending->deadline_ms > now_ms)
        return earlier(earliest_ms, pending->deadline_ms);
    take_out(database, pending);
    put_failed(database, pending, DATABASE_E_TIMEOUT);
    return earliest_ms;
}

static int64_t expire_sent(struct database *database, const struct in_flight *in_flight,
                           int64_t now_ms, int64_t earliest_ms) {
    for (int at = 0; at < in_flight->count; at++) {
        struct pending *pending = in_flight_at(in_flight, at);
        if (pending != NULL)
            earliest_ms = expire_one(database, pending, now_ms, earliest_ms);
    }
    return earliest_ms;
}

static void expire(struct database *database) {
    int64_t now_ms = clock_ms(), earliest_ms = INT64_MAX;
    struct pending *pending, *next;

    if (now_ms < database->next_deadline_ms)
        return;
    for (pending = database->queue.first; pending != NULL; pending = next) {
        next = pending->next;
        earliest_ms = expire_one(database, pending, now_ms, earliest_ms);
    }
    for (pending = database->locked_out.first; pending != NULL; pending = next) {
        next = pending->next;
        earliest_ms = expire_one(database, pending, now_ms, earliest_ms);
    }
    for (int at = 0; at < database->connection_count; at++)
        earliest_ms = expire_sent(database, &database->connections[at].in_flight, now_ms,
                                  earliest_ms);
    database->next_deadline_ms = earliest_ms;
}

/*
 * Statements on one connection run one after another, so one that waits for a lock holds up
 * those behind it. Its first wait is short; after that it is sent on the last connection,
 * which serves no others when pipelining, and asks on the same row go straight there.
 */
static int lane_of(const struct database *database) {
    return database->connection_count - 1;
}

/* The least busy connection; -1 if all are full. */
static int with_room(const struct database *database) {
    bool is_pipelined = database->connections[0].is_pipelined;
    int usable_count = is_pipelined ? 1 : database->connection_count;
    int best = -1;

    for (int at = 0; at < usable_count; at++) {
        const struct connection *connection = &database->connections[at];
        if (connection_has_room(connection) &&
            (best < 0 ||
             connection->in_flight.count < database->connections[best].in_flight.count))
            best = at;
    }
    return best;
}

/* The connection to send the next ask of the list on; -1 for none. */
static int next_queued(const struct database *database) {
    return database->queue.first == NULL ? -1 : with_room(database);
}

static int next_locked_out(const struct database *database) {
    int lane = lane_of(database);

    return database->locked_out.first != NULL &&
                   connection_has_room(&database->connections[lane])
               ? lane
               : -1;
}

/* Asks that would wait for a lock others already wait for join those. */
static void set_apart(struct database *database) {
    int lane = lane_of(database);

    if (database->connections[0].is_pipelined && lane > 0)
        locked_out_join(&database->locked_out, &database->connections[lane].in_flight,
                        &database->queue);
}

static void send_from(struct database *database, struct pending_list *list, int at) {
    connection_send(&database->connections[at], pending_list_take(list));
    database->sent_count++;
}

static void send_queue(struct database *database) {
    bool has_sent = false;
    int at;

    set_apart(database);
    for (; (at = next_queued(database)) >= 0; has_sent = true)
        send_from(database, &database->queue, at);
    for (; (at = next_locked_out(database)) >= 0; has_sent = true)
        send_from(database, &database->locked_out, at);
    for (at = 0; has_sent && at < database->connection_count; at++) {
        connection_flush(&database->connections[at]);
        database_settle(database, &database->connections[at]);
    }
}

static bool may_start(const struct connection *connection, int64_t now_ms) {
    return connection->state == CONNECTION_IS_UNUSED ||
           (connection->state == CONNECTION_IS_DOWN && now_ms >= connection->retry_at_ms);
}

/* When to start a further attempt to connect in parallel; INT64_MAX for never. */
static int64_t start_beside_at_ms(const struct database *database) {
    int64_t at_ms = INT64_MAX;

    for (int at = 0; at < database->connection_count; at++) {
        int64_t hangs_at_ms = connection_hangs_at_ms(&database->connections[at]);
        if (hangs_at_ms != INT64_MAX && (at_ms == INT64_MAX || hangs_at_ms > at_ms))
            at_ms = hangs_at_ms;
    }
    return database_is_ready(database) ? INT64_MAX : at_ms;
}

/*
 * If the network drops packets, an attempt hangs until its timeout even after the network
 * has recovered; a newer one gets through.
 */
static void start_beside(struct database *database) {
    int64_t now_ms = clock_ms();

    if (now_ms < start_beside_at_ms(database))
        return;
    for (int at = 1; at < database->connection_count; at++) {
        struct connection *connection = &database->connections[at];
        if (!may_start(connection, now_ms))
            continue;
        connection_start(connection);
        database_settle(database, connection);
        return;
    }
}

static void open_lane(struct database *database) {
    struct connection *lane = &database->connections[lane_of(database)];

    if (database->locked_out.first == NULL || !may_start(lane, clock_ms()))
        return;
    connection_start(lane);
    database_settle(database, lane);
}

/* Without pipelining, one more connection for each waiting ask. */
static void open_more(struct database *database) {
    int wanted = database->queue.count;
    int64_t now_ms = clock_ms();

    for (int at = 0; at < database->connection_count; at++) {
        if (database->connections[at].is_pipelined)
            return;
        wanted -= connection_is_starting(&database->connections[at]);
    }
    for (int at = 1; wanted > 0 && at < database->connection_count; at++) {
        struct connection *connection = &database->connections[at];
        if (may_start(connection, now_ms)) {
            connection_start(connection);
            database_settle(database, connection);
            wanted--;
        }
    }
}

/* No connection came back in time. */
static void refuse_queue(struct database *database) {
    struct pending *pending;

    if (database_is_ready(database) || clock_ms() < database->breaker.waiting_until_ms)
        return;
    while ((pending = pending_list_take(&database->queue)) != NULL ||
           (pending = pending_list_take(&database->locked_out)) != NULL)
        put_failed(database, pending, DATABASE_E_UNAVAILABLE);
}

void database_advance(struct database *database) {
    take_news(database);
    take_due_steps(database);
    start_beside(database);
    expire(database);
    send_queue(database);
    if (database->queue.first != NULL && database_is_ready(database))
        open_more(database);
    if (database_is_ready(database))
        open_lane(database);
    refuse_queue(database);
}

/* ── waiting ─────────────────────────────────────────────────────────────────────────── */

int database_descriptor(const struct database *database) {
    return database->plan.epoll;
}

bool database_has_room(const struct database *database) {
    if (database->connections[0].is_pipelined)
        return database->queue.count < IN_FLIGHT_MAX;
    return database->queue.count < database->connection_count;
}

static int64_t connections_due_ms(const struct database *database) {
    const struct connection *first = &database->connections[0];
    int64_t due_ms = first->state == CONNECTION_IS_DOWN ? first->retry_at_ms : INT64_MAX;
    int64_t beside_at_ms = start_beside_at_ms(database);

    /* Once that has passed, every attempt that can hang already does. */
    if (beside_at_ms > clock_ms())
        due_ms = earlier(due_ms, beside_at_ms);
    for (int at = 0; at < database->connection_count; at++) {
        const struct connection *connection = &database->connections[at];
        due_ms = earlier(due_ms, connection_due_ms(connection));
        if (is_surplus(database, connection))
            due_ms = earlier(due_ms, connection->idle_from_ms + SURPLUS_IDLE_MS);
        if ((database->queue.first != NULL || database->locked_out.first != NULL) &&
            connection->state == CONNECTION_IS_DOWN && connection->retry_at_ms > clock_ms())
            due_ms = earlier(due_ms, connection->retry_at_ms);
    }
    return next_queued(database) >= 0 || next_locked_out(database) >= 0 ? 0 : due_ms;
}

int database_wait_ms(const struct database *database) {
    int64_t due_ms = connections_due_ms(database);

    if (database->done.first != NULL)
        return 0;
    if (database_in_flight(database) > 0)
        due_ms = earlier(due_ms, database->next_deadline_ms);
    if (database->queue.first != NULL && !database_is_ready(database))
        due_ms = earlier(due_ms, database->breaker.waiting_until_ms);
    if (due_ms == INT64_MAX)
        return -1;
    int64_t left_ms = due_ms - clock_ms();
    return left_ms <= 0 ? 0 : left_ms < INT32_MAX ? (int)left_ms : INT32_MAX;
}

/* ── life ────────────────────────────────────────────────────────────────────────────── */

const char *database_fault(const struct database *database) {
    return database->connections[0].fault;
}

enum database_error database_open(const struct database_options *options,
                                  struct database **database) {
    int count = options->connections < 1 ? 1 : options->connections;
    struct database *opened = NULL;

    *database = NULL;
    if (database_url_fault(options->url) != NULL)
        return DATABASE_E_URL;
    if (count > DATABASE_CONNECTIONS_MAX)
        count = DATABASE_CONNECTIONS_MAX;
    opened = calloc(1, sizeof *opened + (size_t)count * sizeof *opened->connections);
    if (opened == NULL)
        return DATABASE_E_MEMORY;
    if (!connection_plan_open(&opened->plan, options)) {
        database_close(opened);
        return DATABASE_E_MEMORY;
    }
    opened->timeout_ms = options->timeout_ms;
    opened->next_deadline_ms = INT64_MAX;
    opened->connection_count = count;
    for (int at = 0; at < count; at++)
        connection_init(&opened->connections[at], &opened->plan);
    connection_start(&opened->connections[0]);
    database_settle(opened, &opened->connections[0]);
    *database = opened;
    return DATABASE_OK;
}

void database_close(struct database *database) {
    struct pending *pending;

    if (database == NULL)
        return;
    for (int at = 0; at < database->connection_count; at++)
        connection_stop(&database->connections[at]);
    while ((pending = pending_list_take(&database->done)) != NULL)
        result_free(&pending->result);
    connection_plan_close(&database->plan);
    free(database);
}
