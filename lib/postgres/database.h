/*
 * database: one connection to PostgreSQL on which nothing waits for ever.
 *
 * An ask is sent once, in one round trip, and its result is here within the deadline or not
 * at all. It works on a direct server, through PgBouncer and through Supavisor in either
 * mode: it keeps no session state and names no prepared statement.
 *
 * A connection that is lost is made anew by database_advance, in the background, between
 * requests. Until then every ask is refused at once: that is the breaker. An ask that meets
 * a connection found dead is sent once more on a new one, which is right only because every
 * function of schema video_call may be repeated without harm.
 *
 * Not thread-safe. Open it after fork().
 */
#ifndef VIDEO_CALL_DATABASE_H
#define VIDEO_CALL_DATABASE_H

#include "base/attributes.h"
#include "base/span.h"
#include "postgres/ask.h"
#include "postgres/result.h"

#include <poll.h>
#include <stdint.h>

#define DATABASE_FAULT_BYTES 512

struct database_options {
    struct span url;              /* connection URI or keyword/value string; secret */
    int timeout_ms;               /* for one database_run, connecting anew included */
    const char *application_name; /* shown in pg_stat_activity; must outlive the database */
};

struct database;

/* Whether libpq can parse it; says nothing about whether anybody answers. */
bool database_is_url(struct span url);

/* Whether what passes is safe from those on the way; see connection_is_protected. */
bool database_url_is_protected(struct span url);

/*
 * Makes the object and starts connecting, without waiting. *database is for
 * database_close; NULL on failure. Errors: URL, MEMORY.
 */
enum database_error database_open(const struct database_options *options,
                                  struct database **database) MUST_CHECK NONNULL_ALL;

/* Waits until the connection is ready, at most that long. Errors: UNAVAILABLE. */
enum database_error database_wait(struct database *database,
                                  int timeout_ms) MUST_CHECK NONNULL_ALL;

/* The same, but the first refusal is an answer: for a person who waits. */
enum database_error database_wait_once(struct database *database,
                                       int timeout_ms) MUST_CHECK NONNULL_ALL;

/* Why the last attempt to connect failed, for an administrator; empty where it did not. */
const char *database_fault(const struct database *database) NONNULL_ALL;

/*
 * What a loop that waits should wait for besides its own business, so that a lost
 * connection heals: fills descriptor (fd -1 where there is nothing to poll) and returns the
 * milliseconds until database_advance wants to be called anyway, or -1 for never.
 */
int database_waits_for(const struct database *database,
                       struct pollfd *descriptor) NONNULL_ALL;

/* Takes whatever next step is due without waiting. Cheap when nothing is. */
void database_advance(struct database *database) NONNULL_ALL;

/* Whether an ask would be sent now. */
bool database_is_ready(const struct database *database) NONNULL_ALL;

/*
 * Sends an ask and waits for its result, at most the configured timeout. Fills result, for
 * result_free, with any error but URL and MEMORY.
 */
void database_run(struct database *database, const struct ask *ask,
                  struct result *result) NONNULL_ALL;

/* Called with what the server says besides; the text lives as long as the call. */
typedef void database_notice(void *context, const char *message);

/*
 * Runs a text of many statements as the server splits them, which is no transaction unless
 * the text says so. For the administrator's scripts, never for a request: nothing is sent
 * twice. fault is filled with the server's own words where it is STATEMENT. Errors: all but
 * MEMORY and URL.
 */
enum database_error database_run_script(struct database *database, const char *script,
                                        int timeout_ms, database_notice *notice,
                                        void *context,
                                        char fault[static DATABASE_FAULT_BYTES]) MUST_CHECK;

/* Microseconds spent inside database_run since the last call of this function. */
int64_t database_take_spent_us(struct database *database) NONNULL_ALL;

/* Closes and frees, wiping the connection string; NULL is fine. */
void database_close(struct database *database);

#endif
