#include "postgres/database.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "postgres/connection.h"

#include <stdlib.h>

#define RECONNECT_PATIENCE_MS 1000

struct database {
    struct connection connection;
    int timeout_ms;
    int64_t spent_us;
};

/* What became of one statement on one connection. */
enum outcome {
    OUTCOME_ANSWERED, /* there is a result, good or bad */
    OUTCOME_LOST,     /* the connection died; the statement may be sent on a new one */
    OUTCOME_LATE,     /* the deadline passed */
};

bool database_is_url(struct span url) {
    return connection_is_url(url);
}

bool database_url_is_protected(struct span url) {
    return connection_is_protected(url);
}

const char *database_fault(const struct database *database) {
    return database->connection.fault;
}

enum database_error database_open(const struct database_options *options,
                                  struct database **database) {
    struct database *opened = NULL;
    struct secret *url = NULL;
    enum database_error error = DATABASE_E_MEMORY;

    *database = NULL;
    if (!database_is_url(options->url))
        return DATABASE_E_URL;
    opened = calloc(1, sizeof *opened);
    url = secret_copy(options->url);
    if (opened == NULL || url == NULL)
        goto out;
    opened->timeout_ms = options->timeout_ms;
    connection_open(&opened->connection, url, options->application_name);
    *database = opened;
    opened = NULL;
    url = NULL;
    error = DATABASE_OK;
out:
    secret_free(url);
    free(opened);
    return error;
}

void database_close(struct database *database) {
    if (database == NULL)
        return;
    connection_close(&database->connection);
    free(database);
}

enum database_error database_wait(struct database *database, int timeout_ms) {
    bool ready = connection_await_patiently(&database->connection, clock_ms() + timeout_ms);
    return ready ? DATABASE_OK : DATABASE_E_UNAVAILABLE;
}

enum database_error database_wait_once(struct database *database, int timeout_ms) {
    bool ready = connection_await(&database->connection, clock_ms() + timeout_ms);

    return ready ? DATABASE_OK : DATABASE_E_UNAVAILABLE;
}

int database_waits_for(const struct database *database, struct pollfd *descriptor) {
    return connection_waits_for(&database->connection, descriptor);
}

void database_advance(struct database *database) {
    connection_advance(&database->connection);
}

bool database_is_ready(const struct database *database) {
    return database->connection.state == CONNECTION_IS_READY;
}

/* Lets bytes flow until the connection is idle again; keeps the first result. */
static enum outcome take_result(PGconn *pg, int64_t until_ms, PGresult **result) {
    *result = NULL;
    for (;;) {
        int unsent = PQflush(pg);
        if (unsent < 0)
            return OUTCOME_LOST;
        if (unsent == 0 && !PQisBusy(pg)) {
            PGresult *next = PQgetResult(pg);
            if (next == NULL)
                return OUTCOME_ANSWERED;
            if (*result == NULL)
                *result = next;
            else
                PQclear(next);
            continue;
        }
        struct pollfd descriptor = {.fd = PQsocket(pg),
                                    .events = (short)(unsent ? POLLIN | POLLOUT : POLLIN)};
        int64_t left_ms = until_ms - clock_ms();
        if (left_ms <= 0)
            return OUTCOME_LATE;
        (void)poll(&descriptor, 1, (int)left_ms);
        if ((descriptor.revents & ~POLLOUT) != 0 && !PQconsumeInput(pg))
            return OUTCOME_LOST;
    }
}

static enum outcome send_and_take(struct database *database, const struct ask *ask,
                                  const char *const *parameters, int64_t until_ms,
                                  PGresult **result) {
    PGconn *pg = database->connection.pg;

    *result = NULL;
    if (PQsendQueryParams(pg, ask->sql, ask->parameter_count, NULL, parameters, NULL, NULL,
                          0) != 1)
        return OUTCOME_LOST;
    enum outcome outcome = take_result(pg, until_ms, result);
    if (outcome == OUTCOME_ANSWERED && PQstatus(pg) != CONNECTION_OK)
        return OUTCOME_LOST;
    return outcome;
}

static enum database_error judge(const struct ask *ask, const PGresult *result) {
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return DATABASE_OK;

    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    log_message(LOG_LEVEL_WARNING, "database_error", "%s %s (%s)",
                sqlstate == NULL ? "?????" : sqlstate, message == NULL ? "" : message,
                ask->sql);
    return database_error_of_sqlstate(sqlstate == NULL ? "" : sqlstate);
}

/* Sends once and judges the result; a connection that is of no use any more is replaced. */
static enum outcome run_once(struct database *database, const struct ask *ask,
                             const char *const *parameters, int64_t until_ms,
                             PGresult **result, enum database_error *error) {
    enum outcome outcome = send_and_take(database, ask, parameters, until_ms, result);

    *error = DATABASE_E_UNAVAILABLE;
    if (outcome == OUTCOME_ANSWERED)
        *error = judge(ask, *result);
    else if (outcome == OUTCOME_LATE)
        *error = DATABASE_E_TIMEOUT;
    if (outcome != OUTCOME_ANSWERED || *error == DATABASE_E_UNAVAILABLE)
        connection_replace(&database->connection);
    return outcome;
}

/* Runs it, and once more where the connection proved dead. */
static enum database_error run(struct database *database, const struct ask *ask,
                               PGresult **result) {
    const char *parameters[ASK_PARAMETERS_MAX];
    int64_t now_ms = clock_ms();
    int64_t until_ms = now_ms + database->timeout_ms;
    int64_t patience_ms = now_ms + RECONNECT_PATIENCE_MS;
    enum database_error error = DATABASE_E_UNAVAILABLE;

    if (!ask_parameters(ask, parameters))
        return DATABASE_E_STATEMENT;
    if (!database_is_ready(database))
        return error;
    enum outcome outcome = run_once(database, ask, parameters, until_ms, result, &error);
    if (outcome != OUTCOME_LOST)
        return error;
    PQclear(*result);
    *result = NULL;
    if (!connection_await(&database->connection,
                          patience_ms < until_ms ? patience_ms : until_ms))
        return DATABASE_E_UNAVAILABLE;
    (void)run_once(database, ask, parameters, until_ms, result, &error);
    return error;
}

void database_run(struct database *database, const struct ask *ask, struct result *result) {
    int64_t began_us = clock_us();
    PGresult *rows = NULL;

    result->error = run(database, ask, &rows);
    database->spent_us += clock_us() - began_us;
    if (result->error != DATABASE_OK) {
        PQclear(rows);
        rows = NULL;
    }
    result->rows = rows;
}

/* ── scripts ─────────────────────────────────────────────────────────────────────────── */

/* Waits for one of the script's results; *result is NULL behind the last. */
static enum outcome next_result(PGconn *pg, int64_t until_ms, PGresult **result) {
    *result = NULL;
    while (PQisBusy(pg)) {
        struct pollfd descriptor = {.fd = PQsocket(pg), .events = POLLIN};
        int64_t left_ms = until_ms - clock_ms();
        if (left_ms <= 0)
            return OUTCOME_LATE;
        (void)poll(&descriptor, 1, (int)left_ms);
        if (!PQconsumeInput(pg))
            return OUTCOME_LOST;
    }
    *result = PQgetResult(pg);
    return OUTCOME_ANSWERED;
}

/* The first error counts: what follows it in a transaction only echoes it. */
static void keep_first_error(const PGresult *result, enum database_error *error,
                             char *fault) {
    if (PQresultStatus(result) != PGRES_FATAL_ERROR || *error != DATABASE_OK)
        return;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    *error = database_error_of_sqlstate(sqlstate == NULL ? "" : sqlstate);
    (void)snprintf(fault, DATABASE_FAULT_BYTES, "%s", message == NULL ? "" : message);
}

static enum database_error take_script_results(PGconn *pg, int64_t until_ms, char *fault) {
    enum database_error error = DATABASE_OK;

    for (;;) {
        PGresult *result = NULL;
        enum outcome outcome = next_result(pg, until_ms, &result);
        if (outcome != OUTCOME_ANSWERED)
            return outcome == OUTCOME_LATE ? DATABASE_E_TIMEOUT : DATABASE_E_UNAVAILABLE;
        if (result == NULL)
            return error;
        keep_first_error(result, &error, fault);
        PQclear(result);
    }
}

enum database_error database_run_script(struct database *database, const char *script,
                                        int timeout_ms, database_notice *notice,
                                        void *context,
                                        char fault[static DATABASE_FAULT_BYTES]) {
    PGconn *pg = database->connection.pg;
    enum database_error error = DATABASE_E_UNAVAILABLE;

    fault[0] = '\0';
    if (!database_is_ready(database))
        return error;
    PQnoticeProcessor kept = PQsetNoticeProcessor(pg, notice, context);
    /* It is sent whole before anything is awaited. */
    (void)PQsetnonblocking(pg, 0);
    if (PQsendQuery(pg, script) == 1)
        error = take_script_results(pg, clock_ms() + timeout_ms, fault);
    (void)PQsetNoticeProcessor(pg, kept, NULL);
    /* Whatever the script has left behind in the session goes with it. */
    connection_replace(&database->connection);
    return error;
}

int64_t database_take_spent_us(struct database *database) {
    int64_t spent_us = database->spent_us;
    database->spent_us = 0;
    return spent_us;
}
