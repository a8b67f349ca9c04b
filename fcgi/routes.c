#include "routes.h"

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
};
/* clang-format on */

const struct route *routes_find(struct span method, struct span path, enum problem *problem,
                                const char **allowed) {
    *problem = PROBLEM_ROUTE_NOT_FOUND;
    *allowed = NULL;
    for (size_t at = 0; at < sizeof TABLE / sizeof *TABLE; at++) {
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
