#include "routes.h"

#include "metrics.h"

#define PREFIX "/api/video-call/"

/* clang-format off */
static const struct route TABLE[] = {
    /* method, path,                  handler,             caller, database, body */
    {"POST",  PREFIX "token",         handle_token,        true,   true,     true},
    {"POST",  PREFIX "start",         handle_start,        true,   true,     true},
    {"POST",  PREFIX "end",           handle_end,          true,   true,     true},
    {"GET",   PREFIX "history",       handle_history,      true,   true,     false},
    {"POST",  PREFIX "leave",         handle_leave,        true,   true,     true},
    {"POST",  PREFIX "heartbeat",     handle_heartbeat,    true,   true,     true},
    {"GET",   PREFIX "mentorships",   handle_mentorships,  true,   true,     false},
    {"POST",  PREFIX "agora-events",  handle_agora_events, false,  false,    false},
    {"GET",   PREFIX "healthz",       handle_healthz,      false,  false,    false},
    {"GET",   PREFIX "readyz",        handle_readyz,       false,  true,     false},
    {"GET",   PREFIX "metrics",       handle_metrics,      false,  false,    false},
};
/* clang-format on */

#define ROUTE_COUNT (sizeof TABLE / sizeof *TABLE)

_Static_assert(ROUTE_COUNT < METRICS_ROUTES_MAX, "each route is counted");

size_t routes_count(void) {
    return ROUTE_COUNT;
}

size_t routes_index(const struct route *route) {
    return route == NULL ? ROUTE_COUNT : (size_t)(route - TABLE);
}

const char *routes_name(size_t index) {
    return index < ROUTE_COUNT ? TABLE[index].path + strlen(PREFIX) : "none";
}

const struct route *routes_find(struct span method, struct span path, enum problem *problem,
                                const char **allowed) {
    *problem = PROBLEM_ROUTE_NOT_FOUND;
    *allowed = NULL;
    for (size_t at = 0; at < ROUTE_COUNT; at++) {
        const struct route *route = &TABLE[at];
        if (!span_equals(path, span_of_text(route->path)))
            continue;
        if (span_equals(method, span_of_text(route->method))) {
            *problem = PROBLEM_NONE;
            return route;
        }
        *problem = PROBLEM_METHOD_NOT_ALLOWED;
        *allowed = route->method;
    }
    return NULL;
}
