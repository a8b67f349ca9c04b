/*
 * database_state: what database.c, which never waits, and database_run.c, which waits for
 * programs without a loop, share. For nobody else: database.h is the interface.
 */
#ifndef VIDEO_CALL_DATABASE_STATE_H
#define VIDEO_CALL_DATABASE_STATE_H

#include "postgres/breaker.h"
#include "postgres/connection.h"
#include "postgres/database.h"

struct database {
    struct connection_plan plan;
    int timeout_ms;
    int64_t spent_us;

    struct pending_list queue;      /* to be sent */
    struct pending_list locked_out; /* to be sent again; see lane_of */
    struct pending_list done;       /* to be taken */
    int sent_count;                 /* in flight and not forgotten */
    int64_t next_deadline_ms;       /* no unfinished ask is due earlier */

    struct breaker breaker;

    /* The first is always kept up; the others come and go with the load. */
    int connection_count;
    struct connection connections[];
};

/*
 * Takes over what a connection has done or lost in its last step. To be called after each
 * step of it.
 */
void database_settle(struct database *database, struct connection *connection) NONNULL_ALL;

#endif
