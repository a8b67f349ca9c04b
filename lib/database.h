/*
 * database: one connection to PostgreSQL on which nothing waits for ever.
 *
 * A statement is sent once, in one round trip, and answered within the deadline or not at
 * all. The connection works on a direct server, through PgBouncer and through Supavisor in
 * either mode: it keeps no session state, and uses named prepared statements only where it
 * has seen that no pooler stands between (a pooler hands out a backend key of its own, so
 * the pid in the key and pg_backend_pid() differ).
 *
 * A connection that is lost is made anew by database_tend, in the background, between
 * requests. Until then every statement is refused at once: that is the breaker. A statement
 * that meets a connection found dead is sent once more on a new one, which is right only
 * because every statement of this project may be repeated without harm.
 *
 * Not for several threads, and not to be carried over a fork: open it after.
 */
#ifndef VIDEO_CALL_DATABASE_H
#define VIDEO_CALL_DATABASE_H

#include "compiler.h"
#include "span.h"

#include <poll.h>
#include <stdint.h>

#define DATABASE_PARAMETERS_MAX 12

#define DATABASE_FAULT_BYTES 512

enum database_error {
    DATABASE_OK = 0,
    DATABASE_E_UNAVAILABLE, /* no connection now: refused, lost, or the breaker is open */
    DATABASE_E_TIMEOUT,     /* no answer within the deadline; the connection was dropped */
    DATABASE_E_PERMISSION,  /* SQLSTATE 42501: a grant is missing */
    DATABASE_E_SCHEMA,      /* SQLSTATE 42P01, 42703, 3F000: a table or column is missing */
    DATABASE_E_STATEMENT,   /* any other SQLSTATE, logged with its message */
    DATABASE_E_SHAPE,       /* the answer has not the fields the statement declares */
    DATABASE_E_MEMORY,      /* memory is short */
    DATABASE_E_URL,         /* opening: the connection string cannot be parsed */
};

struct database_options {
    struct span url;              /* connection URI or keyword/value string; secret */
    int timeout_ms;               /* for one database_run, connecting anew included */
    bool may_prepare;             /* false: never use named prepared statements */
    const char *application_name; /* shown in pg_stat_activity */
};

/* Static: prepared statements are known by the address of their row. */
struct database_statement {
    const char *name; /* for the log and, prefixed, for the prepared statement */
    const char *sql;  /* $1, $2, …; parameters are text and cast in the SQL */
    int parameter_count;
    int field_count;
};

struct database;
struct database_answer; /* the rows of one statement */

const char *database_error_text(enum database_error error);

/* Whether it would be worth asking again: UNAVAILABLE or TIMEOUT. */
bool database_is_away(enum database_error error);

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
 * milliseconds until database_tend wants to be called anyway, or -1 for never.
 */
int database_waits_for(const struct database *database,
                       struct pollfd *descriptor) NONNULL_ALL;

/* Takes whatever next step is due without waiting. Cheap when nothing is. */
void database_tend(struct database *database) NONNULL_ALL;

/*
 * Names the work that the next statements are for, such as a request's id; the empty text
 * for none. Statements that pass database_label to set_config('application_name', …, true)
 * show it in pg_stat_activity and in the server's log (%a) while they run, and at no cost
 * in round trips, nor to the session.
 */
void database_name_work(struct database *database, const char *work) NONNULL_ALL;

/* The application's name and the work's. Valid until the next database_name_work. */
const char *database_label(const struct database *database) NONNULL_ALL;

/* Whether a statement would be sent now. */
bool database_is_ready(const struct database *database) NONNULL_ALL;

/*
 * Runs one statement with parameter_count texts (NULL for an SQL NULL), waiting at most the
 * configured timeout. On success *answer is for database_answer_free; NULL on failure.
 * Errors: all but URL.
 */
enum database_error database_run(struct database *database,
                                 const struct database_statement *statement,
                                 const char *const *parameters,
                                 struct database_answer **answer) MUST_CHECK;

/* Called with what the server says besides; the text lives as long as the call. */
typedef void database_notice(void *context, const char *message);

/*
 * Runs a text of many statements as the server splits them, which is no transaction unless
 * the text says so. For the administrator's scripts, never for a request: nothing is sent
 * twice. fault is filled with the server's own words where it is STATEMENT. Errors: all but
 * SHAPE, MEMORY and URL.
 */
enum database_error database_run_script(struct database *database, const char *script,
                                        int timeout_ms, database_notice *notice,
                                        void *context,
                                        char fault[static DATABASE_FAULT_BYTES]) MUST_CHECK;

/* The answer's rows; a field is NULL where SQL said NULL. Valid until the answer is freed.
 */
int database_answer_rows(const struct database_answer *answer) NONNULL_ALL;
const char *database_answer_text(const struct database_answer *answer, int row,
                                 int field) NONNULL_ALL;
/* Copies a text, cut where text_bytes with its NUL is too short; NULL is the empty text. */
void database_answer_copy(const struct database_answer *answer, int row, int field,
                          char *text, size_t text_bytes) NONNULL_ALL;
/* For SQL booleans; NULL is false. */
bool database_answer_is_true(const struct database_answer *answer, int row,
                             int field) NONNULL_ALL;
/* For SQL integers; NULL is 0. */
int64_t database_answer_integer(const struct database_answer *answer, int row,
                                int field) NONNULL_ALL;

/* NULL is fine. */
void database_answer_free(struct database_answer *answer);

/* Microseconds spent inside database_run since the last call of this function. */
int64_t database_take_spent_us(struct database *database) NONNULL_ALL;

/* Closes and frees, wiping the connection string; NULL is fine. */
void database_close(struct database *database);

#endif
