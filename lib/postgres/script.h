/*
 * script: a text of many statements, run on a connection of libpq's that nothing else uses.
 */
#ifndef VIDEO_CALL_SCRIPT_H
#define VIDEO_CALL_SCRIPT_H

#include "base/attributes.h"
#include "postgres/database_error.h"

#include <libpq-fe.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Sends it whole, which may wait, and waits for its results until that moment at most. The
 * first error counts, and fault is filled with the server's own words then, else empty. The
 * connection's session is of no use to others after it. Errors: all but MEMORY and URL.
 */
enum database_error script_run(PGconn *pg, const char *script, int64_t until_ms,
                               size_t fault_bytes, char *fault) MUST_CHECK NONNULL_ALL;

#endif
