/*
 * connection_state: what connection_start.c, which brings a connection up, and
 * connection.c, which serves asks on it, share. For nobody else: connection.h is the
 * interface.
 */
#ifndef VIDEO_CALL_CONNECTION_STATE_H
#define VIDEO_CALL_CONNECTION_STATE_H

#include "postgres/connection.h"

/* ── in connection.c ─────────────────────────────────────────────────────────────────── */

/* Closes the libpq connection, if any, and is down. */
void connection_disconnect(struct connection *connection) NONNULL_ALL;

/* Has epoll report these events of libpq's current socket, and no others. */
void connection_watch(struct connection *connection, uint32_t events) NONNULL_ALL;

/* Sends what it can and watches for room for the rest; false on failure. */
bool connection_push(struct connection *connection) MUST_CHECK NONNULL_ALL;

/* Whether OpenSSL holds bytes that libpq hasn't read: epoll won't report them. */
bool connection_holds_bytes(const struct connection *connection) NONNULL_ALL;

/* ── in connection_start.c ───────────────────────────────────────────────────────────── */

/* connection_advance for an attempt to connect; does nothing if none is under way. */
void connection_advance_start(struct connection *connection, bool has_news) NONNULL_ALL;

#endif
