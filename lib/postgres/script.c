#include "postgres/script.h"

#include "base/clock.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

struct run {
    PGconn *pg;
    int64_t until_ms;
    bool has_committed;
    bool is_settled; /* a statement failed: nothing later changes the outcome */
    struct script_report *report;
};

/* ── waiting ─────────────────────────────────────────────────────────────────────────── */

/* Waits for the socket; false if time is up. */
static bool wait_for(const struct run *run, short events) {
    struct pollfd descriptor = {.fd = PQsocket(run->pg), .events = events};
    int64_t left_ms = run->until_ms - clock_ms();

    if (left_ms <= 0)
        return false;
    (void)poll(&descriptor, 1, left_ms < INT32_MAX ? (int)left_ms : INT32_MAX);
    return true;
}

/* The server may send notices while the script is still being sent: read them. */
static enum database_error send_whole(const struct run *run, const char *script) {
    int unsent;

    if (PQpipelineStatus(run->pg) != PQ_PIPELINE_OFF && PQexitPipelineMode(run->pg) != 1)
        return DATABASE_E_UNAVAILABLE;
    if (PQsetnonblocking(run->pg, 1) != 0 || PQsendQuery(run->pg, script) != 1)
        return DATABASE_E_UNAVAILABLE;
    while ((unsent = PQflush(run->pg)) > 0) {
        if (!wait_for(run, POLLIN | POLLOUT))
            return DATABASE_E_TIMEOUT;
        if (!PQconsumeInput(run->pg))
            return DATABASE_E_UNAVAILABLE;
    }
    return unsent == 0 ? DATABASE_OK : DATABASE_E_UNAVAILABLE;
}

/* Waits for the next result; *result is NULL after the last. */
static enum database_error next_result(const struct run *run, PGresult **result) {
    *result = NULL;
    while (PQisBusy(run->pg)) {
        if (!wait_for(run, POLLIN))
            return DATABASE_E_TIMEOUT;
        if (!PQconsumeInput(run->pg))
            return DATABASE_E_UNAVAILABLE;
    }
    *result = PQgetResult(run->pg);
    return DATABASE_OK;
}

/* ── results ─────────────────────────────────────────────────────────────────────────── */

static const char *field_of(const PGresult *result, int field) {
    const char *text = PQresultErrorField(result, field);

    return text == NULL ? "" : text;
}

static void note_fault(struct script_report *report, const PGresult *result) {
    const char *message = field_of(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = field_of(result, PG_DIAG_MESSAGE_HINT);

    (void)snprintf(report->fault, sizeof report->fault, "%s%s%s", message,
                   hint[0] == '\0' ? "" : ". ", hint);
}

static void settle(struct run *run) {
    run->report->outcome = run->has_committed ? SCRIPT_IN_PART : SCRIPT_ROLLED_BACK;
    run->is_settled = true;
}

/*
 * An ERROR ends the transaction and the script. FATAL and PANIC end the session and may
 * follow a COMMIT that was never reported; libpq's own errors have no severity.
 */
static void take_error(struct run *run, const PGresult *result) {
    run->report->error = database_error_of_sqlstate(field_of(result, PG_DIAG_SQLSTATE));
    note_fault(run->report, result);
    if (strcmp(field_of(result, PG_DIAG_SEVERITY_NONLOCALIZED), "ERROR") == 0)
        settle(run);
    else
        run->report->error = DATABASE_E_UNAVAILABLE;
}

/* False: there are no more results to read. */
static bool take(struct run *run, PGresult *result) {
    switch (PQresultStatus(result)) {
    case PGRES_FATAL_ERROR:
        if (!run->is_settled)
            take_error(run, result);
        return true;
    case PGRES_COMMAND_OK:
        run->has_committed |= strcmp(PQcmdStatus(result), "COMMIT") == 0;
        return true;
    case PGRES_COPY_IN:
        /* The server turns this into an error. */
        return PQputCopyEnd(run->pg, "a script can't COPY from its client") == 1;
    case PGRES_COPY_OUT:
    case PGRES_COPY_BOTH:
        return false;
    default:
        return true;
    }
}

static enum database_error take_results(struct run *run) {
    for (;;) {
        PGresult *result = NULL;
        enum database_error error = next_result(run, &result);
        if (error != DATABASE_OK)
            return error;
        if (result == NULL)
            return DATABASE_OK;
        bool goes_on = take(run, result);
        PQclear(result);
        if (!goes_on)
            return DATABASE_E_STATEMENT;
    }
}

/* All statements succeeded, but an open transaction is rolled back with the session. */
static void conclude(struct run *run) {
    struct script_report *report = run->report;

    if (PQtransactionStatus(run->pg) == PQTRANS_IDLE) {
        report->outcome = SCRIPT_APPLIED;
        return;
    }
    report->error = DATABASE_E_STATEMENT;
    (void)snprintf(report->fault, sizeof report->fault,
                   "it begins a transaction and doesn't COMMIT it");
    settle(run);
}

void script_run(PGconn *pg, const char *script, int64_t until_ms,
                struct script_report *report) {
    struct run run = {.pg = pg, .until_ms = until_ms, .report = report};

    *report = (struct script_report){.outcome = SCRIPT_UNKNOWN};
    enum database_error error = send_whole(&run, script);
    if (error == DATABASE_OK)
        error = take_results(&run);
    if (report->error == DATABASE_OK)
        report->error = error;
    if (report->error == DATABASE_OK)
        conclude(&run);
}
