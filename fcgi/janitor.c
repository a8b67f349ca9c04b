#include "janitor.h"

#include "base/log.h"
#include "calls/active_calls.h"
#include "calls/schema.h"
#include "context.h"
#include "stop_signal.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>

static void log_closed(const struct closed_call *closed,
                       const struct call_patience *patience) {
    struct log_line line;

    log_begin(&line, LOG_LEVEL_INFO, "stale_call_closed");
    log_text(&line, "call", closed->call_id);
    log_text(&line, "mentorship", closed->mentorship_id);
    log_text(&line, "end_time", closed->end_time);
    log_text(&line, "reason",
             closed->had_heartbeats ? "its heartbeats stopped" : "no sign of life");
    log_number(&line, "after_sec",
               closed->had_heartbeats ? patience->after_heartbeat_sec
                                      : patience->without_heartbeat_sec);
    log_end(&line);
}

/* Closes one batch. Returns whether there may be more. */
static bool close_some(const struct janitor_options *options, struct database *database,
                       long *closed_sum) {
    struct call_patience patience = context_patience(options->settings);
    struct result result;
    struct ask ask;
    int count = 0;

    active_calls_close_ask(&ask, &patience);
    database_run(database, &ask, &result);
    enum call_error error = active_calls_close_read(&result, &count);
    for (int at = 0; error == CALL_OK && at < count; at++) {
        struct closed_call closed;
        active_calls_close_read_one(&result, at, &closed);
        log_closed(&closed, &patience);
    }
    result_free(&result);
    *closed_sum += count;
    return count == ACTIVE_CALLS_CLOSE_MAX;
}

static void close_all(const struct janitor_options *options, struct database *database) {
    int64_t active_count = 0;
    long closed_count = 0;
    struct result result;
    struct ask ask;

    while (close_some(options, database, &closed_count) && !stop_signal_received())
        ;
    active_calls_count_ask(&ask);
    database_run(database, &ask, &result);
    if (active_calls_count_read(&result, &active_count) == CALL_OK)
        metrics_note_sweep(options->metrics, closed_count, (long)active_count);
    result_free(&result);
}

static void log_finding(void *context, enum schema_finding finding, const char *subject,
                        const char *remedy) {
    (void)context;
    log_message(finding == SCHEMA_MISSING ? LOG_LEVEL_ERROR : LOG_LEVEL_WARNING, "schema",
                "%s: %s", subject, remedy);
}

/* Done when the pool starts, because readyz may never be requested. */
static void check_schema(const struct janitor_options *options, struct database *database) {
    struct schema_summary summary;
    struct result result;
    struct ask ask;

    (void)options;
    schema_check_ask(&ask);
    database_run(database, &ask, &result);
    enum database_error error = schema_check_read(&result, log_finding, NULL, &summary);
    if (error != DATABASE_OK)
        log_message(LOG_LEVEL_WARNING, "schema", "not checked: %s",
                    database_error_text(error));
    result_free(&result);
}

typedef void janitor_work(const struct janitor_options *options, struct database *database);

/*
 * Opens a connection for this work only: if a pooler has fewer connections than there are
 * workers, keeping one here would take it from a worker.
 */
static void with_database(const struct janitor_options *options, janitor_work *work) {
    int timeout_ms = (int)settings_number(options->settings, SETTING_DATABASE_TIMEOUT_MS);
    struct database *database = context_open_database(options->settings);

    if (database == NULL)
        return;
    if (database_wait(database, timeout_ms) == DATABASE_OK)
        work(options, database);
    database_close(database);
}

int janitor_run(const struct janitor_options *options) {
    const struct timespec interval = {
        .tv_sec = settings_number(options->settings, SETTING_JANITOR_INTERVAL_SEC)};
    sigset_t while_waiting;

    sigemptyset(&while_waiting);
    stop_signal_listen();
    with_database(options, check_schema);
    while (!stop_signal_received()) {
        if (ppoll(NULL, 0, &interval, &while_waiting) == 0)
            with_database(options, close_all);
    }
    return EXIT_SUCCESS;
}
