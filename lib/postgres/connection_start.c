#include "postgres/connection_state.h"

#include "base/clock.h"
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define BACKOFF_MIN_MS     100
#define BACKOFF_MAX_MS     1000
#define CONNECT_TIMEOUT_MS 4000
/* Connecting rarely takes longer, even with TLS. */
#define HANGING_AFTER_MS 1000

/* The pid shows whether the server itself answers or a pooler. */
static const char PROBE_SQL[] = "SELECT pg_catalog.pg_backend_pid(),"
                                " pg_catalog.current_setting('transaction_read_only')";

/* With jitter, so that workers don't all reconnect at the same time. */
static int64_t pause_ms(int backoff_ms) {
    return backoff_ms - clock_us() % (backoff_ms / 4);
}

/* Back off before the next attempt. */
static void fail_attempt(struct connection *connection, const char *reason) {
    (void)snprintf(connection->fault, sizeof connection->fault, "%s", reason);
    connection->fault[strcspn(connection->fault, "\n")] = '\0';
    connection_disconnect(connection);
    connection->event = CONNECTION_FAILED;
    connection->retry_at_ms = clock_ms() + pause_ms(connection->backoff_ms);
    connection->backoff_ms *= 2;
    if (connection->backoff_ms > BACKOFF_MAX_MS)
        connection->backoff_ms = BACKOFF_MAX_MS;
}

/* ── connecting ──────────────────────────────────────────────────────────────────────── */

/* libpq would print notices to stderr, between the log's JSON lines. */
static void on_notice(void *context, const char *message) {
    (void)context;
    log_message(LOG_LEVEL_DEBUG, "database_notice", "%s", message);
}

static void connect_to(struct connection *connection,
                       const struct host_list_options *options) {
    const struct connection_plan *plan = connection->plan;
    /* Options before dbname are defaults that the connection string overrides. */
    const char *keywords[] = {"keepalives_idle",
                              "keepalives_interval",
                              "keepalives_count",
                              "tcp_user_timeout",
                              "gssencmode",
                              "application_name",
                              "dbname",
                              "host",
                              "hostaddr",
                              "port",
                              NULL};
    const char *values[] = {"30",
                            "10",
                            "3",
                            "10000",
                            "disable",
                            plan->application_name,
                            (const char *)plan->url->bytes,
                            options->host,
                            options->hostaddr,
                            options->port,
                            NULL};

    connection->pg = PQconnectStartParams(keywords, values, 1);
    connection->state = CONNECTION_IS_CONNECTING;
    if (connection->pg == NULL) {
        fail_attempt(connection, "out of memory");
    } else if (PQstatus(connection->pg) == CONNECTION_BAD) {
        fail_attempt(connection, PQerrorMessage(connection->pg));
    } else {
        PQsetNoticeProcessor(connection->pg, on_notice, NULL);
        connection_watch(connection, EPOLLOUT);
    }
}

static void connect_to_hosts(struct connection *connection) {
    struct host_list_options options;

    if (host_list_fill_options(connection->plan->hosts, connection->first_address,
                               &options))
        connect_to(connection, &options);
    else
        fail_attempt(connection, "out of memory");
    host_list_free_options(&options);
}

static void advance_resolving(struct connection *connection) {
    char reason[CONNECTION_FAULT_BYTES];
    struct host_list *hosts = connection->plan->hosts;

    switch (host_list_look(hosts)) {
    case RESOLVER_IS_BUSY:
        return;
    case RESOLVER_HAS_ADDRESSES:
        connect_to_hosts(connection);
        return;
    case RESOLVER_HAS_FAILED:
        (void)snprintf(reason, sizeof reason, "its host name can't be resolved: %s",
                       host_list_fault(hosts));
        fail_attempt(connection, reason);
    }
}

void connection_init(struct connection *connection, const struct connection_plan *plan) {
    *connection =
        (struct connection){.plan = plan, .watched_fd = -1, .backoff_ms = BACKOFF_MIN_MS};
}

void connection_start(struct connection *connection) {
    connection->give_up_at_ms = clock_ms() + CONNECT_TIMEOUT_MS;
    connection->state = CONNECTION_IS_RESOLVING;
    host_list_ask(connection->plan->hosts);
    advance_resolving(connection);
}

/* ── probing ─────────────────────────────────────────────────────────────────────────── */

static void start_probing(struct connection *connection) {
    PGconn *pg = connection->pg;

    connection->state = CONNECTION_IS_PROBING;
    if (PQsetnonblocking(pg, 1) != 0 ||
        !PQsendQueryParams(pg, PROBE_SQL, 0, NULL, NULL, NULL, NULL, 0) ||
        !connection_push(connection))
        fail_attempt(connection, PQerrorMessage(pg));
}

static void advance_connecting(struct connection *connection) {
    PostgresPollingStatusType polling = PQconnectPoll(connection->pg);

    if (polling == PGRES_POLLING_FAILED)
        fail_attempt(connection, PQerrorMessage(connection->pg));
    else if (polling == PGRES_POLLING_OK)
        start_probing(connection);
    else
        connection_watch(connection, polling == PGRES_POLLING_WRITING ? EPOLLOUT : EPOLLIN);
}

static bool is_writable_server(const PGresult *result) {
    return PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 &&
           PQnfields(result) == 2 && strcmp(PQgetvalue(result, 0, 1), "off") == 0;
}

static bool wants_pipeline(const struct connection *connection) {
    enum database_pipelining pipelining = connection->plan->pipelining;

    return pipelining == DATABASE_PIPELINING_ON ||
           (pipelining == DATABASE_PIPELINING_AUTO && connection->is_direct);
}

static void become_ready(struct connection *connection, const PGresult *result) {
    int pid = atoi(PQgetvalue(result, 0, 0));

    connection->is_direct = pid == PQbackendPID(connection->pg);
    connection->is_pipelined =
        wants_pipeline(connection) && PQenterPipelineMode(connection->pg) == 1;
    connection->backoff_ms = BACKOFF_MIN_MS;
    connection->state = CONNECTION_IS_READY;
    connection->event = CONNECTION_CAME_UP;
    connection->idle_from_ms = clock_ms();
    connection->fault[0] = '\0';
}

static void judge_probe(struct connection *connection) {
    PGresult *result = connection->kept_result;

    connection->kept_result = NULL;
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
    bool holds_more = true;

    while (holds_more) {
        if (!PQconsumeInput(pg) || !connection_push(connection)) {
            fail_attempt(connection, PQerrorMessage(pg));
            return;
        }
        while (!PQisBusy(pg)) {
            PGresult *result = PQgetResult(pg);
            if (result == NULL) {
                judge_probe(connection);
                return;
            }
            PQclear(connection->kept_result);
            connection->kept_result = result;
        }
        holds_more = connection_holds_bytes(connection);
    }
}

/* ── steps ───────────────────────────────────────────────────────────────────────────── */

bool connection_is_starting(const struct connection *connection) {
    return connection->state == CONNECTION_IS_RESOLVING ||
           connection->state == CONNECTION_IS_CONNECTING ||
           connection->state == CONNECTION_IS_PROBING;
}

int64_t connection_hangs_at_ms(const struct connection *connection) {
    return connection->state == CONNECTION_IS_CONNECTING ||
                   connection->state == CONNECTION_IS_PROBING
               ? connection->give_up_at_ms - CONNECT_TIMEOUT_MS + HANGING_AFTER_MS
               : INT64_MAX;
}

void connection_advance_start(struct connection *connection, bool has_news) {
    if (connection->state == CONNECTION_IS_RESOLVING)
        advance_resolving(connection);
    else if (connection->state == CONNECTION_IS_CONNECTING && has_news)
        advance_connecting(connection);
    else if (connection->state == CONNECTION_IS_PROBING && has_news)
        advance_probing(connection);
    if (connection_is_starting(connection) && clock_ms() >= connection->give_up_at_ms) {
        /* Perhaps only this address is silent. */
        connection->first_address++;
        fail_attempt(connection, "timeout while connecting");
    }
}
