/*
 * database: PostgreSQL, asked many things at once, with nothing that waits.
 *
 * An ask is submitted, sent in one round trip, and done when its result is there, or its
 * deadline has passed. Where the server itself is reached, all asks share one connection
 * and are in flight on it together, each as a transaction of its own (libpq's pipeline
 * mode). Where a pooler stands between, several connections are held, with one ask each:
 * some poolers stop answering when they are given more. It keeps no session state and
 * names no prepared statement.
 *
 *                   ┌────────── connection lost; locked out ───────┐
 *                   ▼                                              │
 *     submit ──► waiting ──► sent ── the transaction has ended ────┴──► done ──► taken
 *         │         │          │                                         ▲
 *         └─────────┴──────────┴── deadline; no connection ──────────────┘
 *
 * An ask whose connection is lost is sent again on the next one, twice at most, which is
 * right only because every function of schema video_call may be repeated without harm.
 * Where the server gave up waiting for a lock it is sent again as long as its deadline
 * allows, on a connection that is opened for such. An ask at the head of a connection that
 * does not come back by its deadline costs the connection; those behind it are sent again.
 *
 * A connection that is lost is made anew in the background; where an attempt hangs, others
 * are made beside it. While none is up every ask is refused at once: that is the breaker.
 * Only what was on its way when the last connection was lost waits for the next, for a
 * second at most, as do those that come before the first attempt to connect again has
 * failed.
 *
 * Host names are resolved beside the loop: one or several, in the connection string, its
 * service file or the environment. Each connection reads the service file again, so an LDAP
 * address in it would stop the loop.
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

#define DATABASE_FAULT_BYTES      512
#define DATABASE_CONNECTIONS_MOST 64

enum database_pipelining {
    DATABASE_PIPELINING_AUTO, /* where no pooler is seen between */
    DATABASE_PIPELINING_ON,
    DATABASE_PIPELINING_OFF,
};

struct database_options {
    struct span url;              /* connection URI or keyword/value string; secret */
    int timeout_ms;               /* for one database_run, connecting anew included */
    const char *application_name; /* shown in pg_stat_activity; must outlive the database */
    int connections; /* the most that are held where there is no pipelining; 0 counts as 1
                      */
    enum database_pipelining pipelining;
};

struct database;

/*
 * Makes the object and starts connecting, without waiting. *database is for
 * database_close; NULL on failure. Errors: URL (see database_url_fault), MEMORY
 * (descriptors count as that).
 */
enum database_error database_open(const struct database_options *options,
                                  struct database **database) MUST_CHECK NONNULL_ALL;

/* Waits until a connection is ready, at most that long. Errors: UNAVAILABLE. */
enum database_error database_wait(struct database *database,
                                  int timeout_ms) MUST_CHECK NONNULL_ALL;

/* The same, but the first refusal is an answer: for a person who waits. */
enum database_error database_wait_once(struct database *database,
                                       int timeout_ms) MUST_CHECK NONNULL_ALL;

/* Why the last attempt to connect failed, for an administrator; empty where it did not. */
const char *database_fault(const struct database *database) NONNULL_ALL;

/* ── for a loop ──────────────────────────────────────────────────────────────────────── */

/*
 * For poll or epoll: readable when database_advance has something to do. It stays the same
 * while connections come and go, and is closed by database_close.
 */
int database_descriptor(const struct database *database) NONNULL_ALL;

/* Milliseconds until database_advance wants to be called anyway; -1 for never. */
int database_wait_ms(const struct database *database) NONNULL_ALL;

/*
 * Hands in an ask, with ask and deadline_ms filled. Never waits, never fails: what cannot
 * be asked is done at once, with an error. It is sent by the next database_advance.
 */
void database_submit(struct database *database, struct pending *pending) NONNULL_ALL;

/*
 * Takes every step that is due without waiting: connecting, resolving, sending, receiving,
 * deadlines. Cheap when nothing is.
 */
void database_advance(struct database *database) NONNULL_ALL;

/* The next one that is done, in the order in which they were; NULL for none. */
struct pending *database_take_done(struct database *database) NONNULL_ALL;

/*
 * Its asker has gone: what comes of it is dropped, and its memory not used any more. For
 * one that was submitted, and not yet returned by database_take_done.
 */
void database_forget(struct database *database, struct pending *pending) NONNULL_ALL;

/* How many are submitted and neither done nor forgotten. */
int database_in_flight(const struct database *database) NONNULL_ALL;

/*
 * Whether another ask would be sent soon. Where one ask is all that a connection takes,
 * that is as long as no more wait than there are connections: a process that took more
 * would keep them from another whose connections are free.
 */
bool database_has_room(const struct database *database) NONNULL_ALL;

/* Whether an ask would be sent now. */
bool database_is_ready(const struct database *database) NONNULL_ALL;

/* ── for programs without one ────────────────────────────────────────────────────────── */

/*
 * Submits an ask and waits for its result, at most the configured timeout. Fills result,
 * for result_free, with any error but URL and MEMORY.
 */
void database_run(struct database *database, const struct ask *ask,
                  struct result *result) NONNULL_ALL;

/* Called with what the server says besides; the text lives as long as the call. */
typedef void database_notice(void *context, const char *message);

/*
 * Runs a text of many statements, for that long at most; report says what came of it. For
 * the administrator's scripts, never for a request or with asks in flight: nothing is sent
 * twice.
 */
void database_run_script(struct database *database, const char *script, int timeout_ms,
                         database_notice *notice, void *context,
                         struct script_report *report);

/* Microseconds spent inside database_run since the last call of this function. */
int64_t database_take_spent_us(struct database *database) NONNULL_ALL;

/* Forgets what is on its way, closes and frees, wiping the connection string; NULL is fine.
 */
void database_close(struct database *database);

#endif
