/*
 * connection_plan: what all connections of one database have in common.
 */
#ifndef VIDEO_CALL_CONNECTION_PLAN_H
#define VIDEO_CALL_CONNECTION_PLAN_H

#include "base/attributes.h"
#include "base/secret.h"
#include "postgres/database.h"
#include "postgres/host_list.h"

#include <stdbool.h>

struct connection_plan {
    struct secret *url;
    const char *application_name;
    struct host_list *hosts;
    enum database_pipelining pipelining;
    int epoll; /* each connection's socket is in it, with the connection as its data */
};

/*
 * Fills the plan, for connection_plan_close either way. False where memory or descriptors
 * are short. The URL must have no fault (database_url_fault).
 */
bool connection_plan_open(struct connection_plan *plan,
                          const struct database_options *options) MUST_CHECK NONNULL_ALL;

/* Frees what it holds, wiping the URL. */
void connection_plan_close(struct connection_plan *plan) NONNULL_ALL;

#endif
