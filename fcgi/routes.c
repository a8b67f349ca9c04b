#include "routes.h"

#include "metrics.h"

#define PREFIX "/api/video-call/"

#define ROW(method, name, ask, answer, needs_caller, takes_body)                           \
    {method, PREFIX name, ask, answer, needs_caller, takes_body},
static const struct route TABLE[] = {ROUTES(ROW)};
#undef ROW

#define ROUTE_COUNT (sizeof TABLE / sizeof *TABLE)

_Static_assert(ROUTE_COUNT < METRICS_ROUTES_MAX, "each route is counted");

size_t routes_count(void) {
    return ROUTE_COUNT;
}

size_t routes_index(const struct route *route) {
    return route == NULL ? ROUTE_COUNT : (size_t)(route - TABLE);
}

const char *routes_name(size_t index) {
    if (index > ROUTE_COUNT)
        return NULL;
    return index < ROUTE_COUNT ? TABLE[index].path + strlen(PREFIX) : "none";
}

static bool takes_method(const struct route *route, struct span method) {
    return span_equals(method, span_of_text(route->method)) ||
           (span_equals(method, SPAN_OF("HEAD")) && strcmp(route->method, "GET") == 0);
}

const struct route *routes_find(struct span method, struct span path, enum problem *problem,
                                const char **allowed) {
    *problem = PROBLEM_ROUTE_NOT_FOUND;
    *allowed = NULL;
    for (size_t at = 0; at < ROUTE_COUNT; at++) {
        const struct route *route = &TABLE[at];
        if (!span_equals(path, span_of_text(route->path)))
            continue;
        if (takes_method(route, method)) {
            *problem = PROBLEM_NONE;
            return route;
        }
        *problem = PROBLEM_METHOD_NOT_ALLOWED;
        *allowed = strcmp(route->method, "GET") == 0 ? "GET, HEAD" : route->method;
    }
    return NULL;
}
