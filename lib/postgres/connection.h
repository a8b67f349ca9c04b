/*
 * connection: one libpq connection, and the asks that are in flight on it.
 *
 *     UNUSED ──start──► RESOLVING ──► CONNECTING ──► PROBING ──► READY
 *                ▲                  │             │           │       │
 *      start, after a pause         ▼             ▼           ▼       │
 *              DOWN ◄───────────── failed ────────────────────        │
 *                ▲                                                    │
 *                └──────────── closed, stuck, or unfit ◄──────────────┘
 *
 * No step waits. A connection counts as ready only when a query has been answered on it,
 * because a pooler accepts connections for a server that is gone, and a standby accepts
 * statements that it will not write.
 *
 * Asks are answered in the order in which they were sent. Where the connection is pipelined
 * each is followed by a sync of its own: it is its own transaction, and is done when its
 * sync mark has come, for until then nothing is committed and an error may follow the rows.
 *
 * The one user is database.c, which tells it when to start, and takes what has come of it:
 * see struct connection.
 */
#ifndef VIDEO_CALL_CONNECTION_H
#define VIDEO_CALL_CONNECTION_H

#include "base/attributes.h"
#include "postgres/connection_plan.h"
#include "postgres/in_flight.h"
#include "postgres/pending.h"

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#define CONNECTION_FAULT_BYTES 256

enum connection_state {
    CONNECTION_IS_UNUSED,
    CONNECTION_IS_DOWN,       /* it may be started again from retry_at_ms on */
    CONNECTION_IS_RESOLVING,  /* the hosts' addresses are looked for */
    CONNECTION_IS_CONNECTING, /* PQconnectPoll wants to be called */
    CONNECTION_IS_PROBING,    /* the probing query is under way */
    CONNECTION_IS_READY,
};

/* What has happened to it. */
enum connection_event {
    CONNECTION_NOTHING,
    CONNECTION_CAME_UP,
    CONNECTION_FAILED, /* an attempt to connect; see fault */
    CONNECTION_CLOSED, /* the server or the network ended it */
    CONNECTION_STUCK,  /* ended here: no result came for the ask at its head */
    CONNECTION_UNFIT,  /* ended here: the server is read-only now, or is leaving */
};

struct connection {
    const struct connection_plan *plan;
    enum connection_state state;
    PGconn *pg;        /* NULL while unused, down or resolving */
    bool is_direct;    /* the server itself answers, no pooler between */
    bool is_pipelined; /* many asks may be in flight, else one */
    struct in_flight in_flight;
    int64_t retry_at_ms;                /* while down */
    int64_t idle_from_ms;               /* while ready, with nothing in flight */
    char fault[CONNECTION_FAULT_BYTES]; /* why the last attempt failed, else empty */

    /* What its user takes out. */
    enum connection_event event;
    struct pending_list answered; /* with their results */
    struct pending_list orphans;  /* were in flight when it was lost, in their order */

    /* the rest is connection.c's */
    PGresult *kept_result; /* of the probe, or of the head; until it is complete */
    int64_t give_up_at_ms;
    int backoff_ms;
    unsigned first_address; /* of the hosts', to be tried */
    bool has_more;          /* bytes that the socket will not announce */
    int watched_fd;
    uint32_t watched_events;
    int nulls_in_a_row;
};

/* Makes it unused. plan must outlive it. */
void connection_init(struct connection *connection,
                     const struct connection_plan *plan) NONNULL_ALL;

/* Starts an attempt now; for one that is unused or down. */
void connection_start(struct connection *connection) NONNULL_ALL;

/* Whether an attempt is under way. */
bool connection_is_starting(const struct connection *connection) NONNULL_ALL;

/* When an attempt to connect will have taken longer than it should; INT64_MAX for none. */
int64_t connection_hangs_at_ms(const struct connection *connection) NONNULL_ALL;

/*
 * Takes whatever step is due. has_news: its socket is readable or writable, as it asked
 * epoll for.
 */
void connection_advance(struct connection *connection, bool has_news) NONNULL_ALL;

/*
 * By clock_ms(), when connection_advance wants to be called without news; INT64_MAX for
 * never. One that is unused or down wants nothing.
 */
int64_t connection_due_ms(const struct connection *connection) NONNULL_ALL;

/* Whether it takes one more ask. */
bool connection_has_room(const struct connection *connection) NONNULL_ALL;

/* Sends an ask whose parameters fit, on one that has room. May lose the connection. */
void connection_send(struct connection *connection, struct pending *pending) NONNULL_ALL;

/* To be called once after one or more were sent. May lose the connection. */
void connection_flush(struct connection *connection) NONNULL_ALL;

/* Ends it, politely where it can; whatever is in flight is orphaned. It is unused then. */
void connection_stop(struct connection *connection) NONNULL_ALL;

#endif
