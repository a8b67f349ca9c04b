/*
 * connection: one libpq connection that is always ready, or on its way to be.
 *
 *     DOWN ──pause over──► CONNECTING ──► PROBING ──► READY
 *       ▲                      │             │          │
 *       └──────── failed, lost, late, or dropped ───────┘
 *
 * No step waits: connection_advance takes whatever step is due. A connection counts as
 * ready only when a query has been answered on it, because a pooler accepts connections for
 * a server that is gone, and a standby accepts statements that it will not write. After a
 * failure the next attempt waits, 100 ms at first and 1 s at most.
 *
 * The one user is database.c, which runs statements on it; see database.h for the rest.
 */
#ifndef VIDEO_CALL_CONNECTION_H
#define VIDEO_CALL_CONNECTION_H

#include "base/attributes.h"
#include "base/secret.h"

#include <libpq-fe.h>
#include <poll.h>
#include <stdint.h>

#define CONNECTION_FAULT_BYTES 256

enum connection_state {
    CONNECTION_IS_DOWN,       /* the next attempt is due at retry_at_ms */
    CONNECTION_IS_CONNECTING, /* PQconnectPoll wants to be called */
    CONNECTION_IS_PROBING,    /* the probing query is under way */
    CONNECTION_IS_READY,
};

struct connection {
    enum connection_state state;
    PGconn *pg;                         /* NULL while down; non-blocking once ready */
    bool is_direct;                     /* the server itself answers, no pooler between */
    char fault[CONNECTION_FAULT_BYTES]; /* why the last attempt failed, else empty */

    /* the rest is connection.c's */
    PostgresPollingStatusType polling;
    PGresult *probe_result; /* until the connection is idle again */
    int64_t retry_at_ms;    /* monotonic */
    int64_t give_up_at_ms;
    int backoff_ms;
    bool was_reported_down;
    struct secret *url;
    const char *application_name;
};

/* Whether libpq can parse it. */
bool connection_is_url(struct span url);

/*
 * Whether nobody on the way can read or replace what goes over it: it stays on this
 * machine, or the server's certificate is verified by name. False where it cannot be
 * parsed.
 */
bool connection_is_protected(struct span url);

/*
 * Starts the first attempt. Takes over url (freed by connection_close); application_name
 * must outlive the connection.
 */
void connection_open(struct connection *connection, struct secret *url,
                     const char *application_name) NONNULL_ALL;

/* As database_waits_for. */
int connection_waits_for(const struct connection *connection,
                         struct pollfd *descriptor) NONNULL_ALL;

/* As database_advance. */
void connection_advance(struct connection *connection) NONNULL_ALL;

/*
 * Waits while an attempt is under way, until that moment at most, and returns whether it is
 * ready. Does not sit through the pause between two attempts.
 */
bool connection_await(struct connection *connection, int64_t until_ms) NONNULL_ALL;

/* As connection_await, pauses and further attempts included. */
bool connection_await_patiently(struct connection *connection,
                                int64_t until_ms) NONNULL_ALL;

/* Gives up this one and starts an attempt for another. */
void connection_replace(struct connection *connection) NONNULL_ALL;

/* Closes and frees all it holds, wiping the URL. */
void connection_close(struct connection *connection) NONNULL_ALL;

#endif
