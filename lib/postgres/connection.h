/*
 * connection: one libpq connection and the asks in flight on it.
 *
 *     UNUSED ──start──► RESOLVING ──► CONNECTING ──► PROBING ──► READY
 *                ▲                  │             │           │       │
 *      start, after a pause         ▼             ▼           ▼       │
 *              DOWN ◄───────────── failed ────────────────────        │
 *                ▲                                                    │
 *                └──────────── closed, stuck, or unfit ◄──────────────┘
 *
 * No step blocks. A connection is ready only once a query has been answered on it, because
 * a pooler accepts connections for a server that is down, and a standby accepts statements
 * it can't write.
 *
 * Results arrive in the order the asks were sent. On a pipelined connection each ask is
 * followed by a sync, which makes it a separate transaction. It is done when its sync
 * arrives: until then nothing is committed, and an error may still follow the rows.
 *
 * Used by database.c alone, which starts it and collects what happened: see struct
 * connection.
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
    CONNECTION_IS_DOWN,       /* may be started again from retry_at_ms on */
    CONNECTION_IS_RESOLVING,  /* the host names are being resolved */
    CONNECTION_IS_CONNECTING, /* driven by PQconnectPoll */
    CONNECTION_IS_PROBING,    /* waiting for the probe query's result */
    CONNECTION_IS_READY,
};

/* What has happened to a connection. */
enum connection_event {
    CONNECTION_NOTHING,
    CONNECTION_CAME_UP,
    CONNECTION_FAILED, /* an attempt to connect failed; see fault */
    CONNECTION_CLOSED, /* by the server or the network */
    CONNECTION_STUCK,  /* closed here: no result for the ask at the head */
    CONNECTION_UNFIT,  /* closed here: the server is now read-only or unreachable */
};

struct connection {
    const struct connection_plan *plan;
    enum connection_state state;
    PGconn *pg;        /* NULL while unused, down or resolving */
    bool is_direct;    /* no pooler in between */
    bool is_pipelined; /* many asks in flight, not one */
    struct in_flight in_flight;
    int64_t retry_at_ms;                /* while down */
    int64_t idle_from_ms;               /* while ready, with nothing in flight */
    char fault[CONNECTION_FAULT_BYTES]; /* why the last attempt failed, else empty */

    /* For the user to take. */
    enum connection_event event;
    struct pending_list answered; /* with their results */
    struct pending_list orphans;  /* in flight when it was lost, in order */

    /* private to connection.c and connection_start.c */
    PGresult *kept_result; /* of the probe or the head, until complete */
    int64_t give_up_at_ms;
    int backoff_ms;
    unsigned first_address; /* of the hosts' addresses, the one to try first */
    bool has_more;          /* unread bytes that epoll won't report */
    int watched_fd;
    uint32_t watched_events;
    int nulls_in_a_row;
};

/* Initializes it as unused. plan must outlive it. */
void connection_init(struct connection *connection,
                     const struct connection_plan *plan) NONNULL_ALL;

/* Starts an attempt to connect now. Only if unused or down. */
void connection_start(struct connection *connection) NONNULL_ALL;

/* Whether an attempt to connect is under way. */
bool connection_is_starting(const struct connection *connection) NONNULL_ALL;

/* When the attempt under way counts as hanging; INT64_MAX if there is none. */
int64_t connection_hangs_at_ms(const struct connection *connection) NONNULL_ALL;

/*
 * Takes whatever step is due. has_news: epoll has reported its socket.
 */
void connection_advance(struct connection *connection, bool has_news) NONNULL_ALL;

/*
 * When to call connection_advance even without news, by clock_ms(); INT64_MAX for never, as
 * while unused or down.
 */
int64_t connection_due_ms(const struct connection *connection) NONNULL_ALL;

/* Whether it can take another ask. */
bool connection_has_room(const struct connection *connection) NONNULL_ALL;

/* Sends an ask. Its parameters must fit and the connection must have room. May lose the
 * connection. */
void connection_send(struct connection *connection, struct pending *pending) NONNULL_ALL;

/* Call once after sending one or more asks. May lose the connection. */
void connection_flush(struct connection *connection) NONNULL_ALL;

/* Closes it, with a Terminate message if possible; asks in flight become orphans. It is
 * unused afterwards. */
void connection_stop(struct connection *connection) NONNULL_ALL;

#endif
