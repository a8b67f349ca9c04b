/*
 * connection_plan: what all connections of one database have in common.
 */
#ifndef VIDEO_CALL_CONNECTION_PLAN_H
#define VIDEO_CALL_CONNECTION_PLAN_H

#include "base/attributes.h"
#include "base/secret.h"
#include "postgres/database.h"
#include "postgres/resolver.h"

#include <stdbool.h>

struct connection_plan {
    struct secret *url;
    const char *application_name;
    struct resolver *resolver; /* NULL: libpq has nothing to resolve, or must do it */
    bool looks_torn;           /* see database_url.h: what libpq says is not shown */
    bool is_usable;            /* else nothing is looked up, and nobody is connected to */
    enum database_pipelining pipelining;
    int epoll; /* each connection's socket is in it, with the connection as its data */
};

/*
 * Fills the plan, for connection_plan_close either way. False where memory or descriptors
 * are short. The URL must be one that libpq can parse.
 */
bool connection_plan_open(struct connection_plan *plan,
                          const struct database_options *options) MUST_CHECK NONNULL_ALL;

/* Frees what it holds, wiping the URL. */
void connection_plan_close(struct connection_plan *plan) NONNULL_ALL;

#endif
