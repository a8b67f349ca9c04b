/*
 * routes: the whole API, one row a route. nginx/video-call.conf lets exactly these paths
 * through, and openapi.yaml describes them.
 */
#ifndef VIDEO_CALL_ROUTES_H
#define VIDEO_CALL_ROUTES_H

#include "exchange.h"

struct route {
    const char *method;
    const char *path;
    exchange_step *ask; /* NULL: nothing to check, and nothing to ask the database */
    exchange_step *answer;
    bool needs_caller;
    bool takes_body; /* a JSON object */
};

/*
 * The route for method and path. Where there is none, *problem says why: ROUTE_NOT_FOUND,
 * or METHOD_NOT_ALLOWED and then *allowed is the method the path does take.
 */
const struct route *routes_find(struct span method, struct span path, enum problem *problem,
                                const char **allowed) NONNULL_ALL;

/*
 * For counting by route: the routes are 0 … routes_count() - 1 in the table's order, and
 * routes_count() stands for what is no route (NULL), "none". A name is the end of the path;
 * NULL behind "none".
 */
size_t routes_count(void);
size_t routes_index(const struct route *route);
const char *routes_name(size_t index);

#endif
