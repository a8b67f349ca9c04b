#include "routes.h"

#include "metrics.h"

#define PREFIX "/api/video-call/"

/* clang-format off */
static const struct route TABLE[] = {
    /* method, path,                  ask,              answer,              caller, body */
    {"POST", PREFIX "token",          token_ask,        token_answer,        true,   true},
    {"POST", PREFIX "start",          start_ask,        start_answer,        true,   true},
    {"POST", PREFIX "end",            end_ask,          end_answer,          true,   true},
    {"GET",  PREFIX "history",        history_ask,      history_answer,      true,   false},
    {"POST", PREFIX "leave",          leave_ask,        leave_answer,        true,   true},
    {"POST", PREFIX "heartbeat",      heartbeat_ask,    heartbeat_answer,    true,   true},
    {"GET",  PREFIX "mentorships",    mentorships_ask,  mentorships_answer,  true,   false},
    {"POST", PREFIX "agora-events",   agora_events_ask, agora_events_answer, false,  false},
    {"GET",  PREFIX "healthz",        NULL,             healthz_answer,      false,  false},
    {"GET",  PREFIX "readyz",         readyz_ask,       readyz_answer,       false,  false},
    {"GET",  PREFIX "metrics",        NULL,             metrics_answer,      false,  false},
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
    if (index > ROUTE_COUNT)
        return NULL;
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
