#include "janitor.h"

#include "log.h"
#include "monotonic.h"
#include "service.h"
#include "told_to_stop.h"

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
static bool sweep_some(const struct janitor_options *options, struct database *database) {
    struct call_ledger_patience patience = service_patience(options->settings);
    struct call_ledger_closed closed[CALL_LEDGER_CLOSE_MOST];
    int closed_count = 0;

    if (call_ledger_close_stale(database, &patience, closed, &closed_count) !=
        CALL_LEDGER_OK)
        return false;
    for (int at = 0; at < closed_count; at++)
        log_closed(&closed[at], &patience);
    atomic_fetch_add(&options->scoreboard->stale_calls_closed, closed_count);
    return closed_count == CALL_LEDGER_CLOSE_MOST;
}

static void sweep(const struct janitor_options *options, struct database *database) {
    while (sweep_some(options, database) && !told_to_stop())
        ;
}

/* Waits for the next round, or until the connection wants something. */
static void rest(struct database *database, int64_t until_ms) {
    struct pollfd wait = {.fd = -1};
    int64_t timeout_ms = until_ms - monotonic_ms();
    int database_ms = database_waits_for(database, &wait);
    sigset_t while_waiting;

    if (database_ms >= 0 && database_ms < timeout_ms)
        timeout_ms = database_ms;
    if (timeout_ms < 0)
        timeout_ms = 0;
    const struct timespec timeout = {.tv_sec = timeout_ms / 1000,
                                     .tv_nsec = timeout_ms % 1000 * 1000000L};
    sigemptyset(&while_waiting);
    int ready = ppoll(&wait, 1, &timeout, &while_waiting);
    if (ready >= 0)
        database_tend(database);
}

int janitor_run(const struct janitor_options *options) {
    int64_t interval_ms =
        1000 * settings_number(options->settings, SETTING_JANITOR_INTERVAL_SEC);
    int64_t next_ms = monotonic_ms() + interval_ms;
    struct database *database = service_open_database(options->settings);

    if (database == NULL)
        return EXIT_FAILURE;
    told_to_stop_listen();
    while (!told_to_stop()) {
        rest(database, next_ms);
        if (monotonic_ms() < next_ms || !database_is_ready(database))
            continue;
        next_ms = monotonic_ms() + interval_ms;
        sweep(options, database);
    }
    database_close(database);
    return EXIT_SUCCESS;
}
