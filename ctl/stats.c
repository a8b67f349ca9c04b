#include "ctl.h"

#include "base/json_add.h"
#include "http.h"
#include "prometheus_text.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define URL_DEFAULT  "http://127.0.0.1:8081"
#define LABELS_BYTES 64

/* What one route did. */
struct route_sum {
    char name[32];
    int64_t requests, refused, failed; /* of them 4xx, 5xx */
    double p50_ms, p99_ms;
};

static int64_t whole(double value) {
    return (int64_t)llround(value);
}

static void sum_route(const struct prometheus_text *samples, struct route_sum *route) {
    char labels[LABELS_BYTES], some[2 * LABELS_BYTES];

    (void)snprintf(labels, sizeof labels, "route=\"%s\"", route->name);
    route->requests = whole(prometheus_text_sum(samples, "requests_total", labels));
    (void)snprintf(some, sizeof some, "%s,status=\"4", labels);
    route->refused = whole(prometheus_text_sum(samples, "requests_total", some));
    (void)snprintf(some, sizeof some, "%s,status=\"5", labels);
    route->failed = whole(prometheus_text_sum(samples, "requests_total", some));
    route->p50_ms =
        1000 * prometheus_text_quantile(samples, "request_duration_seconds", labels, 0.5);
    route->p99_ms =
        1000 * prometheus_text_quantile(samples, "request_duration_seconds", labels, 0.99);
}

/* The next route behind *at that has answered anything; false at the end. */
static bool next_route(const struct prometheus_text *samples, size_t *at,
                       struct route_sum *route) {
    for (; *at < samples->count; ++*at) {
        const struct sample *sample = &samples->all[*at];
        if (strcmp(sample->name, "request_duration_seconds_count") == 0 &&
            sample->value > 0 &&
            prometheus_text_label(sample, "route", route->name, sizeof route->name)) {
            sum_route(samples, route);
            ++*at;
            return true;
        }
    }
    return false;
}

static void print_routes(const struct prometheus_text *samples) {
    struct route_sum route;
    size_t at = 0;

    printf("\n%-14s %10s %9s %8s %8s %8s\n", "route", "requests", "refused", "failed",
           "p50 ms", "p99 ms");
    while (next_route(samples, &at, &route))
        printf("%-14s %10lld %9lld %8lld %8.1f %8.1f\n", route.name,
               (long long)route.requests, (long long)route.refused, (long long)route.failed,
               route.p50_ms, route.p99_ms);
}

static int64_t sum(const struct prometheus_text *samples, const char *name,
                   const char *labels) {
    return whole(prometheus_text_sum(samples, name, labels));
}

static int64_t restarts(const struct prometheus_text *samples) {
    return sum(samples, "child_exits_total", "") -
           sum(samples, "child_exits_total", "reason=\"told\"");
}

static int64_t uptime_sec(const struct prometheus_text *samples) {
    return (int64_t)time(NULL) - sum(samples, "start_time_seconds", "");
}

static void print_summary(const struct prometheus_text *samples) {
    char age[CTL_AGE_BYTES];

    ctl_age_text(uptime_sec(samples), age);
    printf("%-15s %s\n", "up for", age);
    printf("%-15s %lld of %lld serve, %lld busy, %lld with a database\n", "workers",
           (long long)sum(samples, "workers", ""),
           (long long)sum(samples, "workers_wanted", ""),
           (long long)sum(samples, "workers", "busy"),
           (long long)sum(samples, "worker_database_connections", "ready"));
    printf("%-15s %lld; reloads: %lld, and %lld refused\n", "restarts",
           (long long)restarts(samples), (long long)sum(samples, "reloads_total", ""),
           (long long)sum(samples, "reloads_refused_total", ""));
    printf("%-15s %lld active in the ledger, %lld stale ones closed by this pool\n",
           "calls", (long long)sum(samples, "active_calls", ""),
           (long long)sum(samples, "stale_calls_closed_total", ""));
    printf("%-15s %lld for hosts, %lld for the audience\n", "tokens",
           (long long)sum(samples, "tokens_issued_total", "host"),
           (long long)sum(samples, "tokens_issued_total", "audience"));
    printf("%-15s %lld, %lld of them refused, %lld not recorded\n", "notifications",
           (long long)sum(samples, "agora_notifications_total", ""),
           (long long)sum(samples, "agora_notifications_total", "refused"),
           (long long)sum(samples, "agora_notifications_total", "unrecorded"));
    printf("%-15s p50 %.1f ms, p99 %.1f ms\n", "database",
           1000 * prometheus_text_quantile(samples, "database_duration_seconds", "", 0.5),
           1000 * prometheus_text_quantile(samples, "database_duration_seconds", "", 0.99));
    print_routes(samples);
}

static void print_json(const struct prometheus_text *samples) {
    json_object *json = json_object_new_object();
    json_object *routes = json_object_new_array();
    struct route_sum route;
    size_t at = 0;

    json_add_integer(json, "uptimeSeconds", uptime_sec(samples));
    json_add_integer(json, "workers", sum(samples, "workers", ""));
    json_add_integer(json, "workersWanted", sum(samples, "workers_wanted", ""));
    json_add_integer(json, "busyWorkers", sum(samples, "workers", "busy"));
    json_add_integer(json, "workersWithDatabase",
                     sum(samples, "worker_database_connections", "ready"));
    json_add_integer(json, "restarts", restarts(samples));
    json_add_integer(json, "activeCalls", sum(samples, "active_calls", ""));
    json_add_integer(json, "staleCallsClosed",
                     sum(samples, "stale_calls_closed_total", ""));
    while (next_route(samples, &at, &route)) {
        json_object *item = json_object_new_object();
        json_add_text(item, "route", route.name);
        json_add_integer(item, "requests", route.requests);
        json_add_integer(item, "refused", route.refused);
        json_add_integer(item, "failed", route.failed);
        (void)json_object_object_add(item, "p50Ms", json_object_new_double(route.p50_ms));
        (void)json_object_object_add(item, "p99Ms", json_object_new_double(route.p99_ms));
        (void)json_object_array_add(routes, item);
    }
    (void)json_object_object_add(json, "routes", routes);
    ctl_print_json(json);
}

static enum ctl_exit show(const struct ctl *ctl, struct http_answer *answer) {
    struct prometheus_text samples;

    if (answer->status != 200 || !prometheus_text_read(answer->text, &samples)) {
        ctl_complain(
            "%d: no metrics of a pool; nginx serves them with video-call-local.conf",
            answer->status);
        return CTL_FAILED;
    }
    if (ctl->wants_json)
        print_json(&samples);
    else
        print_summary(&samples);
    prometheus_text_free(&samples);
    return CTL_DONE;
}

enum ctl_exit ctl_stats(const struct ctl *ctl) {
    struct http_request request = {
        .url = ctl->arguments[0] != NULL ? ctl->arguments[0] : URL_DEFAULT,
        .route = "metrics",
        .method = "GET",
    };
    struct http_answer answer = {.status = 0};
    char fault[HTTP_FAULT_BYTES] = "";

    if (!http_init() || !http_ask(&request, &answer, fault)) {
        ctl_complain("%s: %s", request.url, fault);
        return CTL_UNREACHABLE;
    }
    enum ctl_exit exit_status = show(ctl, &answer);
    http_answer_free(&answer);
    return exit_status;
}
