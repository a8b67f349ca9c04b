/*
 * database_error: every way in which asking the database can fail.
 */
#ifndef VIDEO_CALL_DATABASE_ERROR_H
#define VIDEO_CALL_DATABASE_ERROR_H

#include "base/attributes.h"

#include <stdbool.h>

enum database_error {
    DATABASE_OK = 0,
    DATABASE_E_UNAVAILABLE, /* no connection now: refused, lost, or the breaker is open */
    DATABASE_E_TIMEOUT,     /* no result within the deadline; the connection was dropped */
    DATABASE_E_PERMISSION,  /* SQLSTATE 42501: a privilege is missing */
    DATABASE_E_SCHEMA,    /* SQLSTATE 42P01, 42703, 42883, 3F000: something is not there */
    DATABASE_E_STATEMENT, /* any other SQLSTATE, logged with its message */
    DATABASE_E_URL,       /* opening: the connection string is not a valid one */
    DATABASE_E_MEMORY,    /* opening: out of memory */
};

/* For a person; static, never NULL. */
const char *database_error_text(enum database_error error);

/* Whether asking again may help: UNAVAILABLE or TIMEOUT. */
bool database_error_is_passing(enum database_error error);

/* Of a SQLSTATE (PostgreSQL, appendix A); never OK. */
enum database_error database_error_of_sqlstate(const char *sqlstate) NONNULL_ALL;

#endif
