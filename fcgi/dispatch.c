#include "dispatch.h"

#include "base/clock.h"
#include "base/log.h"
#include "routes.h"

#include <time.h>

static enum problem identify(struct exchange *exchange) {
    const struct request *request = exchange->request;
    const struct identity_evidence evidence = {
        .authorizations = request->authorizations.values,
        .authorization_count = request->authorizations.count,
        .cookies = request->cookies.values,
        .cookie_count = request->cookies.count,
    };

    enum identity_error error = identity_of(exchange->tools->context->identity, &evidence,
                                            (int64_t)time(NULL), &exchange->caller);
    if (error == IDENTITY_OK)
        return PROBLEM_NONE;
    exchange->refusal = identity_error_text(error);
    if (error != IDENTITY_E_CRYPTO)
        return PROBLEM_UNAUTHENTICATED;
    log_message(LOG_LEVEL_ERROR, "identity", "a caller can't be identified: %s",
                exchange->refusal);
    return PROBLEM_INTERNAL;
}

/* A browser adds the cookie to a request from any page, but never an assertion. */
static bool needs_origin_check(const struct route *route, const struct exchange *exchange) {
    return route->takes_body && exchange->caller.source == IDENTITY_FROM_COOKIE;
}

static enum problem check(struct exchange *exchange, const struct route *route) {
    const struct request *request = exchange->request;
    enum problem problem = PROBLEM_NONE;

    if (route->needs_caller)
        problem = identify(exchange);
    if (problem == PROBLEM_NONE && route->needs_caller &&
        needs_origin_check(route, exchange))
        problem = request_check_origin(
            request, settings_text(exchange_settings(exchange), SETTING_NEXTAUTH_URL));
    if (problem == PROBLEM_NONE && route->takes_body)
        problem = request_check_body(request);
    if (problem == PROBLEM_NONE && route->takes_body)
        problem = exchange_parse_body(exchange);
    return problem;
}

bool dispatch_ask(struct exchange *exchange) {
    const struct request *request = exchange->request;
    const struct route *route =
        routes_find(request->method, request->path, &exchange->problem, &exchange->allowed);

    if (route == NULL)
        return false;
    exchange->route = route;
    exchange->problem = check(exchange, route);
    if (exchange->problem == PROBLEM_NONE)
        exchange->problem = route->ask(exchange);
    return exchange->problem == PROBLEM_NONE && exchange->pending.ask.sql != NULL;
}

static const char *text_or_null(const char *text) {
    return text[0] == '\0' ? NULL : text;
}

struct duration {
    int64_t total_us, database_us;
};

static struct duration duration_of(const struct exchange *exchange) {
    return (struct duration){.total_us = clock_us() - exchange->began_us,
                             .database_us = exchange->answered_us - exchange->asked_us};
}

/* A client can send any length. */
#define ORIGIN_LOGGED_MAX_BYTES 100

static void log_header(struct log_line *line, const char *name,
                       const struct request_headers *headers) {
    struct span value = headers->values[0];

    if (headers->count == 0)
        return;
    if (value.length_bytes > ORIGIN_LOGGED_MAX_BYTES)
        value.length_bytes = ORIGIN_LOGGED_MAX_BYTES;
    log_span(line, name, value);
}

static void log_origin(struct log_line *line, const struct request *request) {
    log_header(line, "origin", &request->origins);
    log_header(line, "sec_fetch_site", &request->fetch_sites);
}

static void log_request(const struct exchange *exchange, enum problem problem, int status,
                        struct duration duration) {
    struct log_line line;

    log_begin(&line, status >= 500 ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO, "request");
    log_text(&line, "request_id", exchange->request->id);
    log_span(&line, "method", exchange->request->method);
    log_text(&line, "route", exchange->route == NULL ? "none" : exchange->route->path);
    log_number(&line, "status", status);
    log_milliseconds(&line, "ms", (double)duration.total_us / 1000.0);
    log_milliseconds(&line, "db_ms", (double)duration.database_us / 1000.0);
    if (problem != PROBLEM_NONE)
        log_text(&line, "code", problem_row(problem)->code);
    log_text(&line, "refusal", exchange->refusal);
    if (problem == PROBLEM_FOREIGN_ORIGIN)
        log_origin(&line, exchange->request);
    log_text(&line, "caller", text_or_null(exchange->caller.discord_id));
    log_text(&line, "mentorship", text_or_null(exchange->mentorship_id));
    log_text(&line, "call", text_or_null(exchange->call_id));
    log_end(&line);
}

bool dispatch_answer(struct exchange *exchange, struct response *response) {
    const char *id = exchange->request->id;

    if (exchange->problem == PROBLEM_NONE)
        exchange->problem = exchange->route->answer(exchange);
    bool made = exchange->plain_text != NULL
                    ? response_make_plain(response, exchange->plain_text, id)
                    : response_make(response, exchange->problem, exchange->json, id,
                                    exchange->allowed);
    if (made && span_equals(exchange->request->method, SPAN_OF("HEAD")))
        response_drop_body(response);
    struct duration duration = duration_of(exchange);
    metrics_count_request(exchange->tools->metrics, routes_index(exchange->route),
                          made ? exchange->problem : PROBLEM_INTERNAL, duration.total_us,
                          duration.database_us);
    log_request(exchange, exchange->problem, made ? response->status : 500, duration);
    return made;
}
