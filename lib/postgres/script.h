/*
 * script: runs many statements on a libpq connection that nothing else uses, and reports as
 * much of the outcome as can be known.
 *
 * The server runs the text as one simple query (PostgreSQL, 55.2.2.1): in one transaction
 * unless the text says otherwise, and only after receiving all of it. It stops at the first
 * error. A COMMIT inside a DO block that is the only statement goes unnoticed here.
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
    SCRIPT_ROLLED_BACK, /* a statement failed; nothing was committed before it */
    SCRIPT_IN_PART,     /* a statement failed after a COMMIT that stands */
    SCRIPT_UNKNOWN,     /* timeout or lost connection: any of the above */
};

struct script_report {
    enum script_outcome outcome;
    enum database_error error;      /* OK for APPLIED only; never MEMORY or URL */
    char fault[SCRIPT_FAULT_BYTES]; /* the server's message and hint; may be empty */
};

/*
 * Sends the script and waits for its results, until until_ms (clock_ms) at most. Don't
 * reuse the session afterwards. COPY from or to the client is refused.
 */
void script_run(struct pg_conn *pg, const char *script, int64_t until_ms,
                struct script_report *report) NONNULL_ALL;

#endif
