/*
 * routes: the whole API, one row per route. A row also declares its two steps, defined in
 * the file of their group: token.c, calls.c, history.c, mentorships.c, agora_events.c,
 * health.c. make check compares the table with nginx's snippets, openapi.yaml and
 * docs/api.md, and names what they lack.
 */
#ifndef VIDEO_CALL_ROUTES_H
#define VIDEO_CALL_ROUTES_H

#include "exchange.h"

/* clang-format off */
#define ROUTES(ROUTE)                                                                       \
    /*    method, path,           ask,              answer,              caller, body */    \
    ROUTE("POST", "token",        token_ask,        token_answer,        true,   true)      \
    ROUTE("POST", "start",        start_ask,        start_answer,        true,   true)      \
    ROUTE("POST", "end",          end_ask,          end_answer,          true,   true)      \
    ROUTE("GET",  "history",      history_ask,      history_answer,      true,   false)     \
    ROUTE("POST", "leave",        leave_ask,        leave_answer,        true,   true)      \
    ROUTE("POST", "heartbeat",    heartbeat_ask,    heartbeat_answer,    true,   true)      \
    ROUTE("GET",  "mentorships",  mentorships_ask,  mentorships_answer,  true,   false)     \
    ROUTE("POST", "agora-events", agora_events_ask, agora_events_answer, false,  false)     \
    ROUTE("GET",  "healthz",      ask_nothing,      healthz_answer,      false,  false)     \
    ROUTE("GET",  "readyz",       readyz_ask,       readyz_answer,       false,  false)     \
    ROUTE("GET",  "metrics",      ask_nothing,      metrics_answer,      false,  false)
/* clang-format on */

#define ROUTES_DECLARE(method, path, ask, answer, needs_caller, takes_body)                \
    exchange_step ask, answer;
ROUTES(ROUTES_DECLARE)
#undef ROUTES_DECLARE

struct route {
    const char *method;
    const char *path;
    exchange_step *ask;
    exchange_step *answer;
    bool needs_caller;
    bool takes_body; /* a JSON object */
};

/*
 * Finds the route for method and path; static. If there is none, returns NULL, and *problem
 * says why: ROUTE_NOT_FOUND, or METHOD_NOT_ALLOWED with the path's methods in *allowed
 * (static). HEAD is allowed wherever GET is (RFC 9110, 9.3.2).
 */
const struct route *routes_find(struct span method, struct span path, enum problem *problem,
                                const char **allowed) NONNULL_ALL;

/*
 * For counting by route. A route's index is its row, 0 … routes_count() - 1; NULL, for a
 * request without a route, has the index routes_count() and the name "none". A route's name
 * is the last part of its path. For any higher index, routes_name returns NULL.
 */
size_t routes_count(void);
size_t routes_index(const struct route *route);
const char *routes_name(size_t index);

#endif
