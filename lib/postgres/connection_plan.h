/*
 * connection_plan: what all connections to one database share.
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
    int epoll; /* holds each connection's socket; event data: the connection */
};

/*
 * Fills the plan; call connection_plan_close even on failure. False if out of memory or
 * descriptors. The URL must have no fault (database_url_fault).
 */
bool connection_plan_open(struct connection_plan *plan,
                          const struct database_options *options) MUST_CHECK NONNULL_ALL;

/* Frees what it holds and wipes the URL. */
void connection_plan_close(struct connection_plan *plan) NONNULL_ALL;

#endif
