#include "postgres/connection_state.h"

#include "base/clock.h"
#include "base/log.h"

#include <openssl/ssl.h>
#include <stdio.h>
#include <sys/epoll.h>

/* Calls of PQconsumeInput per turn, so that one connection can't hog the loop. */
#define READS_PER_TURN 16
/* libpq returns NULL once between results; more means it and we are out of step. */
#define NULLS_IN_A_ROW_MAX 4

/* ── ends ────────────────────────────────────────────────────────────────────────────── */

void connection_disconnect(struct connection *connection) {
    PQclear(connection->kept_result);
    connection->kept_result = NULL;
    PQfinish(connection->pg); /* which removes its socket from epoll */
    connection->pg = NULL;
    connection->watched_fd = -1;
    connection->has_more = false;
    connection->is_pipelined = false;
    connection->state = CONNECTION_IS_DOWN;
}

/* libpq doesn't return a result for every ask when a connection is lost: trust our FIFO. */
static void lose(struct connection *connection, enum connection_event event) {
    while (connection->in_flight.count > 0) {
        struct pending *pending = in_flight_take(&connection->in_flight, clock_ms());
        if (pending != NULL)
            pending_list_append(&connection->orphans, pending);
    }
    connection_disconnect(connection);
    connection->event = event;
    connection->retry_at_ms = clock_ms();
}

/* ── the socket ──────────────────────────────────────────────────────────────────────── */

/* While connecting, libpq may switch sockets, and the new one may have the same number. */
void connection_watch(struct connection *connection, uint32_t events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    int epoll = connection->plan->epoll;
    int fd = PQsocket(connection->pg);

    if (fd < 0 || (connection->state == CONNECTION_IS_READY &&
                   fd == connection->watched_fd && events == connection->watched_events))
        return;
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) != 0)
        (void)epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
    connection->watched_fd = fd;
    connection->watched_events = events;
}

bool connection_push(struct connection *connection) {
    int unsent = PQflush(connection->pg);

    connection_watch(connection, unsent > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
    return unsent >= 0;
}

/*
 * Before 15.19 libpq leaves bytes with OpenSSL: its PQconsumeInput reads once, at most what
 * its buffer has room for, and a TLS record may be larger.
 */
bool connection_holds_bytes(const struct connection *connection) {
    PGconn *pg = connection->pg;

    return PQsslInUse(pg) && SSL_pending(PQsslStruct(pg, "OpenSSL")) > 0;
}

/* ── results ─────────────────────────────────────────────────────────────────────────── */

static void log_fault(const char *sqlstate, const char *message, const char *sql) {
    log_message(LOG_LEVEL_WARNING, "database_error", "%s %s (%s)",
                sqlstate == NULL ? "?????" : sqlstate, message == NULL ? "" : message, sql);
}

/* The server became read-only or is shutting down, or a pooler lost it. */
static bool is_end_of_server(const char *sqlstate) {
    return strcmp(sqlstate, "25006") == 0 || strncmp(sqlstate, "57P", 3) == 0 ||
           strncmp(sqlstate, "08", 2) == 0;
}

/* The server closed the session, as it does on a restart. */
static bool is_restart(const char *sqlstate) {
    return strncmp(sqlstate, "57P", 3) == 0;
}

static bool is_lock_timeout(const char *sqlstate) {
    return strcmp(sqlstate, "55P03") == 0;
}

static void fill_result(struct pending *pending, PGresult *rows, const char *sqlstate) {
    bool is_good = PQresultStatus(rows) == PGRES_TUPLES_OK;
    bool was_locked_out = !is_good && is_lock_timeout(sqlstate);

    pending->result.error = is_good ? DATABASE_OK : database_error_of_sqlstate(sqlstate);
    pending->result.rows = is_good ? rows : NULL;
    /* If an ask is locked out repeatedly, log it once. */
    if (!is_good && !(was_locked_out && pending->was_locked_out))
        log_fault(sqlstate, PQresultErrorField(rows, PG_DIAG_MESSAGE_PRIMARY),
                  pending->ask.sql);
    pending->was_locked_out = was_locked_out;
}

/* The head's result is complete and its transaction has ended. */
static void finish_head(struct connection *connection) {
    int64_t now_ms = clock_ms();
    struct pending *pending = in_flight_take(&connection->in_flight, now_ms);
    PGresult *rows = connection->kept_result;
    const char *field = PQresultErrorField(rows, PG_DIAG_SQLSTATE);
    char sqlstate[6];

    (void)snprintf(sqlstate, sizeof sqlstate, "%s", field == NULL ? "" : field);
    connection->kept_result = NULL;
    connection->idle_from_ms = now_ms;
    if (pending != NULL) {
        fill_result(pending, rows, sqlstate);
        /* It was rolled back and may be sent again. */
        pending_list_append(is_end_of_server(sqlstate) ? &connection->orphans
                                                       : &connection->answered,
                            pending);
    }
    if (pending == NULL || pending->result.rows == NULL)
        PQclear(rows);
    if (is_end_of_server(sqlstate))
        lose(connection, is_restart(sqlstate) ? CONNECTION_CLOSED : CONNECTION_UNFIT);
}

/* If the commit fails, an error follows the rows: then that is the result. */
static void keep_result(struct connection *connection, PGresult *result) {
    bool counts = connection->kept_result == NULL ||
                  (PQresultStatus(result) == PGRES_FATAL_ERROR &&
                   PQresultStatus(connection->kept_result) != PGRES_FATAL_ERROR);

    if (counts) {
        PQclear(connection->kept_result);
        connection->kept_result = result;
    } else {
        PQclear(result);
    }
}

enum piece {
    PIECE_OF_HEAD,
    PIECE_ENDS_HEAD,
    PIECE_OUT_OF_STEP, /* no further result can be trusted */
};

/* Takes libpq's next result, which has arrived. */
static enum piece take_piece(struct connection *connection) {
    PGresult *result = PQgetResult(connection->pg);
    ExecStatusType status = PQresultStatus(result);

    if (result == NULL && connection->is_pipelined)
        return ++connection->nulls_in_a_row > NULLS_IN_A_ROW_MAX ? PIECE_OUT_OF_STEP
                                                                 : PIECE_OF_HEAD;
    connection->nulls_in_a_row = 0;
    if (result == NULL)
        return PQstatus(connection->pg) == CONNECTION_OK ? PIECE_ENDS_HEAD
                                                         : PIECE_OUT_OF_STEP;
    if (status != PGRES_PIPELINE_SYNC)
        keep_result(connection, result);
    else
        PQclear(result);
    if (status == PGRES_COPY_OUT || status == PGRES_COPY_IN || status == PGRES_COPY_BOTH)
        return PIECE_OUT_OF_STEP;
    return status == PGRES_PIPELINE_SYNC ? PIECE_ENDS_HEAD : PIECE_OF_HEAD;
}

/*
 * Takes the results that have arrived in full. PQgetResult would block while PQisBusy.
 * False if nothing more will come.
 */
static bool take_results(struct connection *connection) {
    PGconn *pg = connection->pg;

    while (connection->in_flight.count > 0 && !PQisBusy(pg)) {
        enum piece piece = take_piece(connection);
        if (piece == PIECE_OUT_OF_STEP)
            return false;
        if (piece == PIECE_ENDS_HEAD)
            finish_head(connection);
        if (connection->state != CONNECTION_IS_READY)
            return true; /* already lost */
    }
    (void)PQisBusy(pg); /* which parses unsolicited messages from the server */
    return PQstatus(pg) == CONNECTION_OK;
}

/* Reads until nothing is left or it is enough for one turn; the next turn reads on. */
static void receive(struct connection *connection) {
    PGconn *pg = connection->pg;
    bool is_alive = true, holds_more = true;

    for (int reads = 0; is_alive && holds_more && reads < READS_PER_TURN; reads++) {
        bool was_read = PQconsumeInput(pg) == 1;
        is_alive = take_results(connection) && was_read;
        if (connection->state != CONNECTION_IS_READY)
            return;
        holds_more = connection_holds_bytes(connection);
    }
    connection->has_more = holds_more;
    if (!is_alive)
        lose(connection, CONNECTION_CLOSED);
}

/* If the socket is full, libpq reads while it sends, so results may be there afterwards. */
void connection_flush(struct connection *connection) {
    if (connection->state != CONNECTION_IS_READY)
        return;
    bool is_alive = connection_push(connection) && take_results(connection);
    if (connection->state != CONNECTION_IS_READY)
        return;
    connection->has_more = connection_holds_bytes(connection);
    if (!is_alive)
        lose(connection, CONNECTION_CLOSED);
}

/* ── asks ────────────────────────────────────────────────────────────────────────────── */

bool connection_has_room(const struct connection *connection) {
    int max = connection->is_pipelined ? IN_FLIGHT_MAX : 1;

    return connection->state == CONNECTION_IS_READY && connection->in_flight.count < max;
}

/* A sync after each ask makes it a separate transaction. */
static bool end_transaction(const struct connection *connection) {
    if (!connection->is_pipelined)
        return true;
#ifdef LIBPQ_HAS_SEND_PIPELINE_SYNC
    return PQsendPipelineSync(connection->pg) == 1;
#else
    return PQpipelineSync(connection->pg) == 1;
#endif
}

void connection_send(struct connection *connection, struct pending *pending) {
    const struct ask *ask = &pending->ask;
    const char *parameters[ASK_PARAMETERS_MAX];
    bool fits = ask_parameters(ask, parameters);

    in_flight_add(&connection->in_flight, pending, clock_ms());
    if (!fits ||
        PQsendQueryParams(connection->pg, ask->sql, ask->parameter_count, NULL, parameters,
                          NULL, NULL, 0) != 1 ||
        !end_transaction(connection))
        lose(connection, CONNECTION_CLOSED);
}

/* ── steps ───────────────────────────────────────────────────────────────────────────── */

static void look_at_ready(struct connection *connection, bool has_news) {
    if (has_news || connection->has_more)
        receive(connection);
    if (has_news)
        connection_flush(connection);
    if (connection->state == CONNECTION_IS_READY &&
        clock_ms() >= in_flight_stuck_at_ms(&connection->in_flight)) {
        log_fault(NULL, "no result within the deadline: closing the connection",
                  in_flight_head_sql(&connection->in_flight));
        lose(connection, CONNECTION_STUCK);
    }
}

void connection_advance(struct connection *connection, bool has_news) {
    if (connection->state == CONNECTION_IS_READY)
        look_at_ready(connection, has_news);
    else
        connection_advance_start(connection, has_news);
}

int64_t connection_due_ms(const struct connection *connection) {
    switch (connection->state) {
    case CONNECTION_IS_UNUSED:
    case CONNECTION_IS_DOWN:
        return INT64_MAX;
    case CONNECTION_IS_RESOLVING:
        return clock_ms() + RESOLVER_LOOK_MS;
    case CONNECTION_IS_CONNECTING:
    case CONNECTION_IS_PROBING:
        return connection->give_up_at_ms;
    case CONNECTION_IS_READY:
        return connection->has_more ? 0 : in_flight_stuck_at_ms(&connection->in_flight);
    }
    return INT64_MAX;
}

void connection_stop(struct connection *connection) {
    lose(connection, CONNECTION_NOTHING);
    connection->state = CONNECTION_IS_UNUSED;
}
