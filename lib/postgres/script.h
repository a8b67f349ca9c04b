/*
 * script: a text of many statements, run on a libpq connection that nothing else uses, and
 * what can be known of its outcome.
 *
 * The server runs the text as one simple query (PostgreSQL, 55.2.2.1): in one transaction,
 * unless the text says otherwise, and only once it has all of it. It stops at the first
 * error. What a DO block commits by itself, where it is the only statement, is not seen
 * here.
 */
#ifndef VIDEO_CALL_SCRIPT_H
#define VIDEO_CALL_SCRIPT_H

#include "base/attributes.h"
#include "postgres/database_error.h"

#include <stddef.h>
#include <stdint.h>

#define SCRIPT_FAULT_BYTES 1024

struct pg_conn; /* libpq's */

enum script_outcome {
    SCRIPT_APPLIED,
    SCRIPT_ROLLED_BACK, /* a statement failed, and nothing had been committed before */
    SCRIPT_IN_PART,     /* a statement failed, and a COMMIT before it stands */
    SCRIPT_UNKNOWN,     /* timeout, or the connection was lost: any of these */
};

struct script_report {
    enum script_outcome outcome;
    enum database_error error;      /* OK for APPLIED only; never MEMORY or URL */
    char fault[SCRIPT_FAULT_BYTES]; /* the server's message and hint; empty: it sent none */
};

/*
 * Sends the script and waits for its results, until that moment at most (clock_ms). The
 * connection's session is of no use to others after it. COPY from or to the client is
 * refused.
 */
void script_run(struct pg_conn *pg, const char *script, int64_t until_ms,
                struct script_report *report) NONNULL_ALL;

#endif
