/*
 * database: many concurrent asks to PostgreSQL, without blocking.
 *
 * An ask is submitted, sent in one round trip, and done when its result has arrived or its
 * deadline has passed. On a direct connection to the server all asks share one connection
 * and are in flight on it together, each in its own transaction (libpq's pipeline mode).
 * Behind a pooler there are several connections with one ask each: some poolers stop
 * answering if given more. No session state, no named prepared statements.
 *
 *                   ┌────────── connection lost; locked out ───────┐
 *                   ▼                                              │
 *     submit ──► waiting ──► sent ── the transaction has ended ────┴──► done ──► taken
 *         │         │          │                                         ▲
 *         └─────────┴──────────┴── deadline; no connection ──────────────┘
 *
 * An ask whose connection is lost is sent again on the next one, at most twice. That is
 * safe only because every function of schema video_call is idempotent. An ask that ran into
 * the lock timeout is sent again until its deadline, on a connection opened for such asks.
 * If the ask at the head of a connection has no result by its deadline, the connection is
 * dropped and the asks behind it are sent again.
 *
 * A lost connection is reopened in the background; if an attempt hangs, others are started
 * in parallel. While none is up, asks are refused immediately: that is the breaker. The
 * exceptions wait at most a second for the next connection: asks already on their way when
 * the last one was lost and, if the server closed it, those that arrive before the first
 * reconnect fails.
 *
 * Host names, one or several, from the connection string, its service file or the
 * environment, are resolved outside the loop. Each connection reads the service file again,
 * so an LDAP address in it would block the loop.
 *
 * Not thread-safe. Open it after fork().
 */
#ifndef VIDEO_CALL_DATABASE_H
#define VIDEO_CALL_DATABASE_H

#include "base/attributes.h"
#include "base/span.h"
#include "postgres/ask.h"
#include "postgres/database_url.h"
#include "postgres/pending.h"
#include "postgres/result.h"
#include "postgres/script.h"

#include <stdbool.h>
#include <stdint.h>

#define DATABASE_FAULT_BYTES     512
#define DATABASE_CONNECTIONS_MAX 64

enum database_pipelining {
    DATABASE_PIPELINING_AUTO, /* unless a pooler is detected */
    DATABASE_PIPELINING_ON,
    DATABASE_PIPELINING_OFF,
};

struct database_options {
    struct span url;              /* URI or keyword/value string; secret */
    int timeout_ms;               /* for one database_run, reconnecting included */
    const char *application_name; /* shown in pg_stat_activity; must outlive the database */
    int connections;              /* the most to open without pipelining; 0 counts as 1 */
    enum database_pipelining pipelining;
};

struct database;

/*
 * Creates the object and starts connecting, without waiting. *database is for
 * database_close; NULL on failure. Errors: URL (see database_url_fault), MEMORY (also when
 * out of descriptors).
 */
enum database_error database_open(const struct database_options *options,
                                  struct database **database) MUST_CHECK NONNULL_ALL;

/* Waits until a connection is ready, for timeout_ms at most. Errors: UNAVAILABLE. */
enum database_error database_wait(struct database *database,
                                  int timeout_ms) MUST_CHECK NONNULL_ALL;

/* The same, but returns on the first failed attempt: for a person at a terminal. */
enum database_error database_wait_once(struct database *database,
                                       int timeout_ms) MUST_CHECK NONNULL_ALL;

/* Why the last attempt to connect failed, for an administrator; empty if it didn't. */
const char *database_fault(const struct database *database) NONNULL_ALL;

/* ── for a loop ──────────────────────────────────────────────────────────────────────── */

/*
 * For poll or epoll: readable when database_advance has work to do. It stays the same while
 * connections come and go; database_close closes it.
 */
int database_descriptor(const struct database *database) NONNULL_ALL;

/* Milliseconds until database_advance must be called anyway; -1 for never. */
int database_wait_ms(const struct database *database) NONNULL_ALL;

/*
 * Submits an ask; ask and deadline_ms must be filled. Never waits, never fails: an ask that
 * can't be sent is done immediately, with an error. The next database_advance sends it.
 */
void database_submit(struct database *database, struct pending *pending) NONNULL_ALL;

/*
 * Takes every step that is due, without waiting: resolving, connecting, sending, receiving,
 * deadlines. Cheap when none is.
 */
void database_advance(struct database *database) NONNULL_ALL;

/* The next ask that is done, in the order they became so; NULL for none. */
struct pending *database_take_done(struct database *database) NONNULL_ALL;

/*
 * The caller no longer wants the result: it is dropped, and pending's memory isn't used
 * again. Only for one that was submitted and not yet returned by database_take_done.
 */
void database_forget(struct database *database, struct pending *pending) NONNULL_ALL;

/* How many asks are submitted and neither done nor forgotten. */
int database_in_flight(const struct database *database) NONNULL_ALL;

/*
 * Whether another ask would be sent soon. Without pipelining that is while fewer asks are
 * waiting than there are connections: a process that took more would keep them from another
 * whose connections are free.
 */
bool database_has_room(const struct database *database) NONNULL_ALL;

/* Whether an ask would be sent now: a connection is up. */
bool database_is_ready(const struct database *database) NONNULL_ALL;

/* ── for programs without a loop ─────────────────────────────────────────────────────── */

/*
 * Submits an ask and waits for its result, for the configured timeout at most. Fills
 * result, for result_free; any error but URL and MEMORY.
 */
void database_run(struct database *database, const struct ask *ask,
                  struct result *result) NONNULL_ALL;

/* Called with each of the server's notices; message is valid during the call. */
typedef void database_notice(void *context, const char *message);

/*
 * Runs a script of many statements, for timeout_ms at most; report says what came of it.
 * For the administrator's scripts, never for a request or with asks in flight: nothing is
 * sent twice.
 */
void database_run_script(struct database *database, const char *script, int timeout_ms,
                         database_notice *notice, void *context,
                         struct script_report *report);

/* Microseconds spent inside database_run since the last call to this function. */
int64_t database_take_spent_us(struct database *database) NONNULL_ALL;

/* Forgets asks in flight, closes, frees, and wipes the connection string; NULL is fine. */
void database_close(struct database *database);

#endif
