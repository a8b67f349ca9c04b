/*
 * database_error: every way a database ask can fail.
 */
#ifndef VIDEO_CALL_DATABASE_ERROR_H
#define VIDEO_CALL_DATABASE_ERROR_H

#include "base/attributes.h"

#include <stdbool.h>

enum database_error {
    DATABASE_OK = 0,
    DATABASE_E_UNAVAILABLE, /* no connection: refused, lost, or the breaker is open */
    DATABASE_E_TIMEOUT,     /* no result within the deadline */
    DATABASE_E_PERMISSION,  /* SQLSTATE 42501: a privilege is missing */
    DATABASE_E_SCHEMA,      /* SQLSTATE 42P01, 42703, 42883, 3F000: something is missing */
    DATABASE_E_STATEMENT,   /* any other SQLSTATE, logged with its message */
    DATABASE_E_URL,         /* opening: invalid connection string */
    DATABASE_E_MEMORY,      /* opening: out of memory */
};

/* For a person; static, never NULL. */
const char *database_error_text(enum database_error error);

/* Whether a retry may help: UNAVAILABLE or TIMEOUT. */
bool database_error_is_passing(enum database_error error);

/* The error for a SQLSTATE (PostgreSQL, appendix A); never OK. */
enum database_error database_error_of_sqlstate(const char *sqlstate) NONNULL_ALL;

#endif
