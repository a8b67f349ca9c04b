#include "postgres/database_error.h"

#include <string.h>

const char *database_error_text(enum database_error error) {
    switch (error) {
    case DATABASE_OK:
        return "ok";
    case DATABASE_E_UNAVAILABLE:
        return "the database can't be reached";
    case DATABASE_E_TIMEOUT:
        return "the database didn't answer in time";
    case DATABASE_E_PERMISSION:
        return "the database role lacks a privilege";
    case DATABASE_E_SCHEMA:
        return "the database lacks a schema, function, table or column";
    case DATABASE_E_STATEMENT:
        return "the database refused the statement";
    case DATABASE_E_URL:
        return "the connection string is not a valid one"
               " (postgresql://user:password@host/database, with @, / and % in the"
               " password percent-encoded)";
    case DATABASE_E_MEMORY:
        return "out of memory";
    }
    return "unknown database error";
}

bool database_error_is_passing(enum database_error error) {
    return error == DATABASE_E_UNAVAILABLE || error == DATABASE_E_TIMEOUT;
}

enum database_error database_error_of_sqlstate(const char *sqlstate) {
    static const struct {
        const char *prefix; /* of the SQLSTATE: all of it, or its class */
        enum database_error error;
    } KNOWN[] = {
        {"42501", DATABASE_E_PERMISSION},
        {"42P01", DATABASE_E_SCHEMA},
        {"42703", DATABASE_E_SCHEMA},
        {"42883", DATABASE_E_SCHEMA},
        {"3F000", DATABASE_E_SCHEMA},
        {"57014", DATABASE_E_TIMEOUT},  /* statement_timeout */
        {"55P03", DATABASE_E_TIMEOUT},  /* lock_timeout */
        {"40", DATABASE_E_UNAVAILABLE}, /* deadlock, serialization failure: worth a retry */
        {"25006", DATABASE_E_UNAVAILABLE}, /* the server has become read-only */
        {"08", DATABASE_E_UNAVAILABLE},  /* connection exceptions, as poolers report them */
        {"53", DATABASE_E_UNAVAILABLE},  /* out of connections, memory or disk */
        {"57P", DATABASE_E_UNAVAILABLE}, /* shutdown, crash, starting up */
    };

    for (size_t at = 0; at < sizeof KNOWN / sizeof *KNOWN; at++)
        if (strncmp(sqlstate, KNOWN[at].prefix, strlen(KNOWN[at].prefix)) == 0)
            return KNOWN[at].error;
    return DATABASE_E_STATEMENT;
}
