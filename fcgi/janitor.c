#include "janitor.h"

#include "call_roster.h"
#include "log.h"
#include "service.h"
#include "told_to_stop.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>

static void log_closed(const struct call_ledger_closed *closed,
                       const struct call_ledger_patience *patience) {
    struct log_line line;

    log_begin(&line, LOG_LEVEL_INFO, "stale_call_closed");
    log_text(&line, "call", closed->call_id);
    log_text(&line, "mentorship", closed->mentorship_id);
    log_text(&line, "end_time", closed->end_time);
    log_text(&line, "reason",
             closed->had_heartbeat ? "its heartbeats stopped" : "no sign of life");
    log_number(&line, "after_sec",
               closed->had_heartbeat ? patience->after_heartbeat_sec
                                     : patience->without_heartbeat_sec);
    log_end(&line);
}

/* Whether there may be more to close. */
static bool sweep_some(const struct janitor_options *options, struct database *database,
                       long *closed_sum) {
    struct call_ledger_patience patience = service_patience(options->settings);
    struct call_ledger_closed closed[CALL_LEDGER_CLOSE_MOST];
    int closed_count = 0;

    if (call_ledger_close_stale(database, &patience, closed, &closed_count) !=
        CALL_LEDGER_OK)
        return false;
    for (int at = 0; at < closed_count; at++)
        log_closed(&closed[at], &patience);
    *closed_sum += closed_count;
    return closed_count == CALL_LEDGER_CLOSE_MOST;
}

static void sweep_all(const struct janitor_options *options, struct database *database) {
    int64_t active_count = 0;
    long closed_count = 0;

    while (sweep_some(options, database, &closed_count) && !told_to_stop())
        ;
    if (call_roster_count(database, &active_count) == CALL_ROSTER_OK)
        metrics_note_sweep(options->metrics, closed_count, (long)active_count);
}

/*
 * A connection for one round only: where a pooler has fewer than there are workers, one
 * that is kept would be a worker's less.
 */
static void sweep(const struct janitor_options *options) {
    int timeout_ms = (int)settings_number(options->settings, SETTING_DATABASE_TIMEOUT_MS);
    struct database *database = service_open_database(options->settings);

    if (database == NULL)
        return;
    if (database_wait(database, timeout_ms) == DATABASE_OK)
        sweep_all(options, database);
    database_close(database);
}

int janitor_run(const struct janitor_options *options) {
    const struct timespec interval = {
        .tv_sec = settings_number(options->settings, SETTING_JANITOR_INTERVAL_SEC)};
    sigset_t while_waiting;

    sigemptyset(&while_waiting);
    told_to_stop_listen();
    while (!told_to_stop()) {
        if (ppoll(NULL, 0, &interval, &while_waiting) == 0)
            sweep(options);
    }
    return EXIT_SUCCESS;
}
