#include "postgres/script.h"

#include "base/clock.h"

#include <poll.h>
#include <stdio.h>

struct fault_text {
    size_t bytes;
    char *text;
};

/* Waits for the next result; *result is NULL behind the last. Errors: TIMEOUT, UNAVAILABLE.
 */
static enum database_error next_result(PGconn *pg, int64_t until_ms, PGresult **result) {
    *result = NULL;
    while (PQisBusy(pg)) {
        struct pollfd descriptor = {.fd = PQsocket(pg), .events = POLLIN};
        int64_t left_ms = until_ms - clock_ms();
        if (left_ms <= 0)
            return DATABASE_E_TIMEOUT;
        (void)poll(&descriptor, 1, (int)left_ms);
        if (!PQconsumeInput(pg))
            return DATABASE_E_UNAVAILABLE;
    }
    *result = PQgetResult(pg);
    return DATABASE_OK;
}

/* The first error counts: what follows it in a transaction only echoes it. */
static void keep_first_error(const PGresult *result, enum database_error *error,
                             const struct fault_text *fault) {
    if (PQresultStatus(result) != PGRES_FATAL_ERROR || *error != DATABASE_OK)
        return;
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    *error = database_error_of_sqlstate(sqlstate == NULL ? "" : sqlstate);
    (void)snprintf(fault->text, fault->bytes, "%s", message == NULL ? "" : message);
}

static enum database_error take_results(PGconn *pg, int64_t until_ms,
                                        const struct fault_text *fault) {
    enum database_error error = DATABASE_OK;

    for (;;) {
        PGresult *result = NULL;
        enum database_error failure = next_result(pg, until_ms, &result);
        if (failure != DATABASE_OK)
            return failure;
        if (result == NULL)
            return error;
        keep_first_error(result, &error, fault);
        PQclear(result);
    }
}

enum database_error script_run(PGconn *pg, const char *script, int64_t until_ms,
                               size_t fault_bytes, char *fault) {
    const struct fault_text fault_text = {fault_bytes, fault};

    fault[0] = '\0';
    if (PQpipelineStatus(pg) != PQ_PIPELINE_OFF && PQexitPipelineMode(pg) != 1)
        return DATABASE_E_UNAVAILABLE;
    /* It is sent whole before anything is awaited. */
    if (PQsetnonblocking(pg, 0) != 0 || PQsendQuery(pg, script) != 1)
        return DATABASE_E_UNAVAILABLE;
    return take_results(pg, until_ms, &fault_text);
}
