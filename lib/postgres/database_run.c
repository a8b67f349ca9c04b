#include "postgres/database_state.h"

#include "base/clock.h"
#include "postgres/script.h"

#include <poll.h>

/* Waits for the next step, until until_ms at most, and takes it. */
static void wait_and_advance(struct database *database, int64_t until_ms) {
    struct pollfd descriptor = {.fd = database->plan.epoll, .events = POLLIN};
    int64_t left_ms = until_ms - clock_ms();
    int wait_ms = database_wait_ms(database);

    if (wait_ms < 0 || wait_ms > left_ms)
        wait_ms = left_ms > 0 ? (int)left_ms : 0;
    (void)poll(&descriptor, 1, wait_ms);
    database_advance(database);
}

static enum database_error wait_ready(struct database *database, int timeout_ms,
                                      bool takes_no) {
    const struct connection *first = &database->connections[0];
    int64_t until_ms = clock_ms() + timeout_ms;

    while (!database_is_ready(database)) {
        if (clock_ms() >= until_ms || (takes_no && first->state == CONNECTION_IS_DOWN))
            return DATABASE_E_UNAVAILABLE;
        wait_and_advance(database, until_ms);
    }
    return DATABASE_OK;
}

enum database_error database_wait(struct database *database, int timeout_ms) {
    return wait_ready(database, timeout_ms, false);
}

enum database_error database_wait_once(struct database *database, int timeout_ms) {
    return wait_ready(database, timeout_ms, true);
}

void database_run(struct database *database, const struct ask *ask, struct result *result) {
    int64_t began_us = clock_us();
    struct pending pending = {.ask = *ask,
                              .deadline_ms = clock_ms() + database->timeout_ms};

    /* The last call may be long ago, and the connection lost since. */
    database_advance(database);
    database_submit(database, &pending);
    while (pending.state != PENDING_IS_DONE)
        wait_and_advance(database, pending.deadline_ms);
    pending_list_remove(&database->done, &pending);
    *result = pending.result;
    database->spent_us += clock_us() - began_us;
}

int64_t database_take_spent_us(struct database *database) {
    int64_t spent_us = database->spent_us;
    database->spent_us = 0;
    return spent_us;
}

void database_run_script(struct database *database, const char *script, int timeout_ms,
                         database_notice *notice, void *context,
                         struct script_report *report) {
    struct connection *connection = &database->connections[0];

    *report = (struct script_report){.outcome = SCRIPT_ROLLED_BACK,
                                     .error = DATABASE_E_UNAVAILABLE};
    if (connection->state != CONNECTION_IS_READY || connection->in_flight.count > 0)
        return;
    (void)PQsetNoticeProcessor(connection->pg, notice, context);
    script_run(connection->pg, script, clock_ms() + timeout_ms, report);
    /* Discard whatever state the script left in the session. */
    connection_stop(connection);
    connection_start(connection);
    database_settle(database, connection);
}
