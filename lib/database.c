#include "database.h"

#include "connection.h"
#include "log.h"
#include "monotonic.h"
#include "secret.h"

#include <stdlib.h>

#define PREPARED_MAX          16
#define RECONNECT_PATIENCE_MS 1000
/* PostgreSQL cuts off what is longer (NAMEDATALEN). */
#define APPLICATION_NAME_BYTES 64

struct database {
    struct connection connection;
    const struct database_statement *prepared[PREPARED_MAX];
    int prepared_count;
    unsigned prepared_serial; /* of the connection they were prepared on */

    int timeout_ms;
    bool may_prepare;
    char application_name[APPLICATION_NAME_BYTES];
    char label[APPLICATION_NAME_BYTES];
    int64_t spent_us;
};

struct database_answer {
    PGresult *result;
};

/* What became of one statement on one connection. */
enum outcome {
    OUTCOME_ANSWERED, /* there is a result, good or bad */
    OUTCOME_LOST,     /* the connection died; the statement may be sent on a new one */
    OUTCOME_LATE,     /* the deadline passed */
};

const char *database_error_text(enum database_error error) {
    switch (error) {
    case DATABASE_OK:
        return "ok";
    case DATABASE_E_UNAVAILABLE:
        return "the database cannot be reached";
    case DATABASE_E_TIMEOUT:
        return "the database did not answer in time";
    case DATABASE_E_PERMISSION:
        return "the database role lacks a grant";
    case DATABASE_E_SCHEMA:
        return "the database lacks a table or column";
    case DATABASE_E_STATEMENT:
        return "the database refused the statement";
    case DATABASE_E_SHAPE:
        return "the database answered in an unexpected form";
    case DATABASE_E_MEMORY:
        return "memory is short";
    case DATABASE_E_URL:
        return "the connection string cannot be parsed";
    }
    return "unknown database error";
}

bool database_is_away(enum database_error error) {
    return error == DATABASE_E_UNAVAILABLE || error == DATABASE_E_TIMEOUT;
}

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
    opened->may_prepare = options->may_prepare;
    (void)snprintf(opened->application_name, sizeof opened->application_name, "%s",
                   options->application_name);
    database_name_work(opened, "");
    connection_open(&opened->connection, url, opened->application_name);
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
    bool ready =
        connection_await_patiently(&database->connection, monotonic_ms() + timeout_ms);
    return ready ? DATABASE_OK : DATABASE_E_UNAVAILABLE;
}

enum database_error database_wait_once(struct database *database, int timeout_ms) {
    bool ready = connection_await(&database->connection, monotonic_ms() + timeout_ms);

    return ready ? DATABASE_OK : DATABASE_E_UNAVAILABLE;
}

int database_waits_for(const struct database *database, struct pollfd *descriptor) {
    return connection_waits_for(&database->connection, descriptor);
}

void database_tend(struct database *database) {
    connection_tend(&database->connection);
}

void database_name_work(struct database *database, const char *work) {
    /* Cut so that both always show. */
    (void)snprintf(database->label, sizeof database->label, "%.20s%s%.40s",
                   database->application_name, work[0] == '\0' ? "" : " ", work);
}

const char *database_label(const struct database *database) {
    return database->label;
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
        int64_t left_ms = until_ms - monotonic_ms();
        if (left_ms <= 0)
            return OUTCOME_LATE;
        (void)poll(&descriptor, 1, (int)left_ms);
        if ((descriptor.revents & ~POLLOUT) != 0 && !PQconsumeInput(pg))
            return OUTCOME_LOST;
    }
}

static bool is_prepared(const struct database *database,
                        const struct database_statement *statement) {
    for (int at = 0; at < database->prepared_count; at++)
        if (database->prepared[at] == statement)
            return true;
    return false;
}

/* What was prepared went with the connection it was prepared on. */
static void forget_prepared(struct database *database) {
    if (database->prepared_serial != database->connection.serial)
        database->prepared_count = 0;
    database->prepared_serial = database->connection.serial;
}

static bool wants_preparing(const struct database *database,
                            const struct database_statement *statement) {
    return database->may_prepare && database->connection.is_direct &&
           database->prepared_count < PREPARED_MAX && !is_prepared(database, statement);
}

/* Once per connection and statement; a statement that cannot be prepared goes unnamed. */
static enum outcome prepare(struct database *database,
                            const struct database_statement *statement, int64_t until_ms) {
    PGconn *pg = database->connection.pg;
    PGresult *result = NULL;

    if (!PQsendPrepare(pg, statement->name, statement->sql, 0, NULL))
        return OUTCOME_LOST;
    enum outcome outcome = take_result(pg, until_ms, &result);
    if (PQresultStatus(result) == PGRES_COMMAND_OK)
        database->prepared[database->prepared_count++] = statement;
    PQclear(result);
    return outcome;
}

static bool send_statement(PGconn *pg, const struct database_statement *statement,
                           bool is_named, const char *const *parameters) {
    if (is_named)
        return PQsendQueryPrepared(pg, statement->name, statement->parameter_count,
                                   parameters, NULL, NULL, 0) == 1;
    return PQsendQueryParams(pg, statement->sql, statement->parameter_count, NULL,
                             parameters, NULL, NULL, 0) == 1;
}

static enum outcome ask(struct database *database,
                        const struct database_statement *statement,
                        const char *const *parameters, int64_t until_ms,
                        PGresult **result) {
    PGconn *pg = database->connection.pg;
    enum outcome outcome = OUTCOME_ANSWERED;

    *result = NULL;
    forget_prepared(database);
    if (wants_preparing(database, statement))
        outcome = prepare(database, statement, until_ms);
    if (outcome != OUTCOME_ANSWERED)
        return outcome;
    if (!send_statement(pg, statement, is_prepared(database, statement), parameters))
        return OUTCOME_LOST;
    outcome = take_result(pg, until_ms, result);
    if (outcome == OUTCOME_ANSWERED && PQstatus(pg) != CONNECTION_OK)
        return OUTCOME_LOST;
    return outcome;
}

/* SQLSTATEs and classes, from PostgreSQL's appendix A. */
static const struct {
    const char *sqlstate_prefix;
    enum database_error error;
} SQLSTATES[] = {
    {"42501", DATABASE_E_PERMISSION},  {"42P01", DATABASE_E_SCHEMA},
    {"42703", DATABASE_E_SCHEMA},      {"3F000", DATABASE_E_SCHEMA},
    {"57014", DATABASE_E_TIMEOUT},     /* statement_timeout */
    {"55P03", DATABASE_E_TIMEOUT},     /* lock_timeout */
    {"40", DATABASE_E_UNAVAILABLE},    /* deadlock, serialisation: worth another try */
    {"25006", DATABASE_E_UNAVAILABLE}, /* the server has become read-only */
    {"08", DATABASE_E_UNAVAILABLE},    /* connection exceptions, as poolers report them */
    {"53", DATABASE_E_UNAVAILABLE},    /* out of connections, memory or disk */
    {"57P", DATABASE_E_UNAVAILABLE},   /* shutdown, crash, starting up */
};

static enum database_error error_of_sqlstate(const char *sqlstate) {
    for (size_t at = 0; at < sizeof SQLSTATES / sizeof *SQLSTATES; at++) {
        const char *prefix = SQLSTATES[at].sqlstate_prefix;
        if (strncmp(sqlstate, prefix, strlen(prefix)) == 0)
            return SQLSTATES[at].error;
    }
    return DATABASE_E_STATEMENT;
}

static enum database_error judge(const struct database_statement *statement,
                                 const PGresult *result) {
    if (PQresultStatus(result) == PGRES_TUPLES_OK)
        return PQnfields(result) == statement->field_count ? DATABASE_OK : DATABASE_E_SHAPE;

    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    log_message(LOG_LEVEL_WARNING, "database_error", "%s: %s %s", statement->name,
                sqlstate == NULL ? "?????" : sqlstate, message == NULL ? "" : message);
    return error_of_sqlstate(sqlstate == NULL ? "" : sqlstate);
}

/* Sends once and judges the answer; a connection that is of no use any more is replaced. */
static enum outcome run_once(struct database *database,
                             const struct database_statement *statement,
                             const char *const *parameters, int64_t until_ms,
                             PGresult **result, enum database_error *error) {
    enum outcome outcome = ask(database, statement, parameters, until_ms, result);

    *error = DATABASE_E_UNAVAILABLE;
    if (outcome == OUTCOME_ANSWERED)
        *error = judge(statement, *result);
    else if (outcome == OUTCOME_LATE)
        *error = DATABASE_E_TIMEOUT;
    if (outcome != OUTCOME_ANSWERED || *error == DATABASE_E_UNAVAILABLE)
        connection_replace(&database->connection);
    return outcome;
}

/* Runs it, and once more where the connection proved dead. */
static enum database_error run(struct database *database,
                               const struct database_statement *statement,
                               const char *const *parameters, PGresult **result) {
    int64_t now_ms = monotonic_ms();
    int64_t until_ms = now_ms + database->timeout_ms;
    int64_t patience_ms = now_ms + RECONNECT_PATIENCE_MS;
    enum database_error error = DATABASE_E_UNAVAILABLE;

    if (!database_is_ready(database))
        return error;
    enum outcome outcome =
        run_once(database, statement, parameters, until_ms, result, &error);
    if (outcome != OUTCOME_LOST)
        return error;
    PQclear(*result);
    *result = NULL;
    if (!connection_await(&database->connection,
                          patience_ms < until_ms ? patience_ms : until_ms))
        return DATABASE_E_UNAVAILABLE;
    (void)run_once(database, statement, parameters, until_ms, result, &error);
    return error;
}

enum database_error database_run(struct database *database,
                                 const struct database_statement *statement,
                                 const char *const *parameters,
                                 struct database_answer **answer) {
    int64_t began_us = monotonic_us();
    PGresult *result = NULL;

    *answer = NULL;
    enum database_error error = run(database, statement, parameters, &result);
    database->spent_us += monotonic_us() - began_us;
    if (error != DATABASE_OK)
        goto out;
    *answer = malloc(sizeof **answer);
    if (*answer == NULL) {
        error = DATABASE_E_MEMORY;
        goto out;
    }
    (*answer)->result = result;
    result = NULL;
out:
    PQclear(result);
    return error;
}

/* ── scripts ─────────────────────────────────────────────────────────────────────────── */

/* Waits for one of the script's results; *result is NULL behind the last. */
static enum outcome next_result(PGconn *pg, int64_t until_ms, PGresult **result) {
    *result = NULL;
    while (PQisBusy(pg)) {
        struct pollfd descriptor = {.fd = PQsocket(pg), .events = POLLIN};
        int64_t left_ms = until_ms - monotonic_ms();
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
    *error = error_of_sqlstate(sqlstate == NULL ? "" : sqlstate);
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
        error = take_script_results(pg, monotonic_ms() + timeout_ms, fault);
    (void)PQsetNoticeProcessor(pg, kept, NULL);
    /* Whatever the script has left behind in the session goes with it. */
    connection_replace(&database->connection);
    return error;
}

/* ── answers ─────────────────────────────────────────────────────────────────────────── */

int database_answer_rows(const struct database_answer *answer) {
    return PQntuples(answer->result);
}

const char *database_answer_text(const struct database_answer *answer, int row, int field) {
    if (PQgetisnull(answer->result, row, field))
        return NULL;
    return PQgetvalue(answer->result, row, field);
}

void database_answer_copy(const struct database_answer *answer, int row, int field,
                          char *text, size_t text_bytes) {
    const char *value = database_answer_text(answer, row, field);
    (void)snprintf(text, text_bytes, "%s", value == NULL ? "" : value);
}

bool database_answer_is_true(const struct database_answer *answer, int row, int field) {
    const char *text = database_answer_text(answer, row, field);
    return text != NULL && text[0] == 't';
}

int64_t database_answer_integer(const struct database_answer *answer, int row, int field) {
    const char *text = database_answer_text(answer, row, field);
    return text == NULL ? 0 : strtoll(text, NULL, 10);
}

void database_answer_free(struct database_answer *answer) {
    if (answer == NULL)
        return;
    PQclear(answer->result);
    free(answer);
}

int64_t database_take_spent_us(struct database *database) {
    int64_t spent_us = database->spent_us;
    database->spent_us = 0;
    return spent_us;
}
