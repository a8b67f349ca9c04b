#include "postgres/connection.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>

#define BACKOFF_LEAST_MS   100
#define BACKOFF_MOST_MS    1000
#define CONNECT_TIMEOUT_MS 4000

/* The pid shows whether it is the server itself that answers: see database.h. */
static const char PROBE_SQL[] = "SELECT pg_catalog.pg_backend_pid(),"
                                " pg_catalog.current_setting('transaction_read_only')";

bool connection_is_url(struct span url) {
    struct secret *text = secret_copy(url);
    bool parsed = false;

    if (text != NULL) {
        PQconninfoOption *options = PQconninfoParse((const char *)text->bytes, NULL);
        parsed = options != NULL;
        PQconninfoFree(options);
    }
    secret_free(text);
    return parsed;
}

static const char *option_value(const PQconninfoOption *options, const char *keyword) {
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val == NULL ? "" : options->val;
    return "";
}

/* libpq's default host is a socket of this machine. */
static bool stays_here(const char *host) {
    return host[0] == '\0' || host[0] == '/' || host[0] == '@' ||
           strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 ||
           strcmp(host, "::1") == 0;
}

bool connection_is_protected(struct span url) {
    struct secret *text = secret_copy(url);
    bool is_protected = false;

    if (text != NULL) {
        PQconninfoOption *options = PQconninfoParse((const char *)text->bytes, NULL);
        is_protected = options != NULL &&
                       (stays_here(option_value(options, "host")) ||
                        strcmp(option_value(options, "sslmode"), "verify-full") == 0);
        PQconninfoFree(options);
    }
    secret_free(text);
    return is_protected;
}

/* libpq's notices would break the form of the log. */
static void on_notice(void *context, const char *message) {
    (void)context;
    log_message(LOG_LEVEL_DEBUG, "database_notice", "%s", message);
}

static void disconnect(struct connection *connection) {
    PQclear(connection->probe_result);
    connection->probe_result = NULL;
    PQfinish(connection->pg);
    connection->pg = NULL;
    connection->state = CONNECTION_IS_DOWN;
}

/* The attempt failed: wait before the next, longer each time. */
static void fail_attempt(struct connection *connection, const char *reason) {
    if (!connection->was_reported_down)
        log_message(LOG_LEVEL_WARNING, "database_down", "%s", reason);
    connection->was_reported_down = true;
    (void)snprintf(connection->fault, sizeof connection->fault, "%s", reason);
    connection->fault[strcspn(connection->fault, "\n")] = '\0';
    disconnect(connection);
    connection->retry_at_ms = clock_ms() + connection->backoff_ms;
    connection->backoff_ms *= 2;
    if (connection->backoff_ms > BACKOFF_MOST_MS)
        connection->backoff_ms = BACKOFF_MOST_MS;
}

static void start_connecting(struct connection *connection) {
    /* Those before dbname are defaults, which the connection string overrides. */
    const char *keywords[] = {
        "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout",
        "gssencmode",      "application_name",    "dbname",           NULL};
    const char *values[] = {"30",
                            "10",
                            "3",
                            "10000",
                            "disable",
                            connection->application_name,
                            (const char *)connection->url->bytes,
                            NULL};

    connection->pg = PQconnectStartParams(keywords, values, 1);
    connection->give_up_at_ms = clock_ms() + CONNECT_TIMEOUT_MS;
    connection->state = CONNECTION_IS_CONNECTING;
    connection->polling = PGRES_POLLING_WRITING;
    if (connection->pg == NULL)
        fail_attempt(connection, "memory is short");
    else if (PQstatus(connection->pg) == CONNECTION_BAD)
        fail_attempt(connection, PQerrorMessage(connection->pg));
    else
        PQsetNoticeProcessor(connection->pg, on_notice, NULL);
}

static void start_probing(struct connection *connection) {
    PGconn *pg = connection->pg;

    if (PQsetnonblocking(pg, 1) != 0 ||
        !PQsendQueryParams(pg, PROBE_SQL, 0, NULL, NULL, NULL, NULL, 0)) {
        fail_attempt(connection, PQerrorMessage(pg));
        return;
    }
    connection->state = CONNECTION_IS_PROBING;
}

static bool is_writable_server(const PGresult *result) {
    return PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
           PQnfields(result) == 2 && strcmp(PQgetvalue(result, 0, 1), "off") == 0;
}

static void become_ready(struct connection *connection, const PGresult *result) {
    int pid = atoi(PQgetvalue(result, 0, 0));

    connection->is_direct = pid == PQbackendPID(connection->pg);
    connection->backoff_ms = BACKOFF_LEAST_MS;
    connection->state = CONNECTION_IS_READY;
    if (connection->was_reported_down)
        log_message(LOG_LEVEL_INFO, "database_up", "connected again");
    connection->was_reported_down = false;
    connection->fault[0] = '\0';
}

static void judge_probe(struct connection *connection) {
    PGresult *result = connection->probe_result;

    connection->probe_result = NULL;
    if (is_writable_server(result))
        become_ready(connection, result);
    else if (PQresultStatus(result) == PGRES_TUPLES_OK)
        fail_attempt(connection, "the server is read-only");
    else
        fail_attempt(connection, PQresultErrorMessage(result));
    PQclear(result);
}

static void advance_probing(struct connection *connection) {
    PGconn *pg = connection->pg;

    if (PQflush(pg) < 0 || !PQconsumeInput(pg)) {
        fail_attempt(connection, PQerrorMessage(pg));
        return;
    }
    while (!PQisBusy(pg)) {
        PGresult *result = PQgetResult(pg);
        if (result == NULL) {
            judge_probe(connection);
            return;
        }
        PQclear(connection->probe_result);
        connection->probe_result = result;
    }
}

static void advance_connecting(struct connection *connection) {
    connection->polling = PQconnectPoll(connection->pg);
    if (connection->polling == PGRES_POLLING_FAILED)
        fail_attempt(connection, PQerrorMessage(connection->pg));
    else if (connection->polling == PGRES_POLLING_OK)
        start_probing(connection);
}

/* An idle connection says nothing unless the server is leaving. */
static void look_at_idle(struct connection *connection) {
    PGconn *pg = connection->pg;

    if (!PQconsumeInput(pg) || PQstatus(pg) != CONNECTION_OK)
        connection_replace(connection);
}

int connection_waits_for(const struct connection *connection, struct pollfd *descriptor) {
    int64_t until_ms = -1;

    *descriptor = (struct pollfd){.fd = -1};
    if (connection->state == CONNECTION_IS_DOWN) {
        until_ms = connection->retry_at_ms;
    } else {
        descriptor->fd = PQsocket(connection->pg);
        descriptor->events = POLLIN;
        if (connection->state == CONNECTION_IS_CONNECTING &&
            connection->polling == PGRES_POLLING_WRITING)
            descriptor->events = POLLOUT;
        if (connection->state != CONNECTION_IS_READY)
            until_ms = connection->give_up_at_ms;
    }
    if (until_ms < 0)
        return -1;
    int64_t left_ms = until_ms - clock_ms();
    return left_ms > 0 ? (int)left_ms : 0;
}

/* Whether what the current state waits for has happened. */
static bool is_due(const struct connection *connection) {
    struct pollfd descriptor;

    (void)connection_waits_for(connection, &descriptor);
    return descriptor.fd >= 0 && poll(&descriptor, 1, 0) > 0;
}

void connection_advance(struct connection *connection) {
    if (connection->state == CONNECTION_IS_DOWN) {
        if (clock_ms() >= connection->retry_at_ms)
            start_connecting(connection);
        return;
    }
    if (is_due(connection)) {
        if (connection->state == CONNECTION_IS_CONNECTING)
            advance_connecting(connection);
        else if (connection->state == CONNECTION_IS_PROBING)
            advance_probing(connection);
        else
            look_at_idle(connection);
    }
    if ((connection->state == CONNECTION_IS_CONNECTING ||
         connection->state == CONNECTION_IS_PROBING) &&
        clock_ms() >= connection->give_up_at_ms)
        fail_attempt(connection, "no answer while connecting");
}

bool connection_await(struct connection *connection, int64_t until_ms) {
    while (connection->state != CONNECTION_IS_READY &&
           connection->state != CONNECTION_IS_DOWN) {
        struct pollfd descriptor;
        int wait_ms = connection_waits_for(connection, &descriptor);
        int64_t left_ms = until_ms - clock_ms();
        if (left_ms <= 0)
            break;
        (void)poll(&descriptor, 1, wait_ms < left_ms ? wait_ms : (int)left_ms);
        connection_advance(connection);
    }
    return connection->state == CONNECTION_IS_READY;
}

bool connection_await_patiently(struct connection *connection, int64_t until_ms) {
    while (!connection_await(connection, until_ms)) {
        int64_t left_ms = until_ms - clock_ms();
        if (left_ms <= 0)
            return false;
        int64_t pause_ms = connection->retry_at_ms - clock_ms();
        if (pause_ms > 0)
            (void)poll(NULL, 0, (int)(pause_ms < left_ms ? pause_ms : left_ms));
        connection_advance(connection);
    }
    return true;
}

void connection_open(struct connection *connection, struct secret *url,
                     const char *application_name) {
    *connection = (struct connection){
        .url = url, .application_name = application_name, .backoff_ms = BACKOFF_LEAST_MS};
    start_connecting(connection);
}

void connection_replace(struct connection *connection) {
    disconnect(connection);
    start_connecting(connection);
}

void connection_close(struct connection *connection) {
    disconnect(connection);
    secret_free(connection->url);
    connection->url = NULL;
}
