#include "ctl.h"

#include "base/json_add.h"
#include "http.h"
#include "prometheus_text.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

#define LABELS_BYTES 64

/* What one route did. */
struct route_sum {
    char name[32];
    int64_t requests, refused, failed; /* refused: 4xx; failed: 5xx */
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

/* The next route from *at on that has answered anything; false at the end. */
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

static int64_t sum(const struct prometheus_text *samples, const char *name,
                   const char *labels) {
    return whole(prometheus_text_sum(samples, name, labels));
}

/* What the pool did as a whole. */
struct summary {
    int64_t uptime_sec;
    int64_t workers, workers_wanted, busy_workers, workers_with_database;
    int64_t restarts, reloads, reloads_refused;
    int64_t active_calls, stale_calls_closed;
    int64_t host_tokens, audience_tokens;
    int64_t notifications, notifications_refused, notifications_unrecorded;
    double database_p50_ms, database_p99_ms;
};

static struct summary summarize(const struct prometheus_text *samples) {
    static const char DATABASE[] = "database_duration_seconds";

    return (struct summary){
        .uptime_sec = (int64_t)time(NULL) - sum(samples, "start_time_seconds", ""),
        .workers = sum(samples, "workers", ""),
        .workers_wanted = sum(samples, "workers_wanted", ""),
        .busy_workers = sum(samples, "workers", "busy"),
        .workers_with_database = sum(samples, "worker_database_connections", "ready"),
        .restarts = sum(samples, "child_exits_total", "") -
                    sum(samples, "child_exits_total", "reason=\"told\""),
        .reloads = sum(samples, "reloads_total", ""),
        .reloads_refused = sum(samples, "reloads_refused_total", ""),
        .active_calls = sum(samples, "active_calls", ""),
        .stale_calls_closed = sum(samples, "stale_calls_closed_total", ""),
        .host_tokens = sum(samples, "tokens_issued_total", "host"),
        .audience_tokens = sum(samples, "tokens_issued_total", "audience"),
        .notifications = sum(samples, "agora_notifications_total", ""),
        .notifications_refused = sum(samples, "agora_notifications_total", "refused"),
        .notifications_unrecorded = sum(samples, "agora_notifications_total", "unrecorded"),
        .database_p50_ms = 1000 * prometheus_text_quantile(samples, DATABASE, "", 0.5),
        .database_p99_ms = 1000 * prometheus_text_quantile(samples, DATABASE, "", 0.99),
    };
}

static void print_routes(const struct prometheus_text *samples) {
    struct route_sum route;
    size_t at = 0;

    ctl_say("%-14s %10s %9s %8s %8s %8s", "route", "requests", "refused", "failed",
            "p50 ms", "p99 ms");
    while (next_route(samples, &at, &route))
        ctl_say("%-14s %10lld %9lld %8lld %8.1f %8.1f", route.name,
                (long long)route.requests, (long long)route.refused,
                (long long)route.failed, route.p50_ms, route.p99_ms);
}

static void print_summary(const struct summary *summary) {
    char age[CTL_AGE_BYTES];

    ctl_age_text(summary->uptime_sec, age);
    ctl_say("%-15s %s", "up for", age);
    ctl_say("%-15s %lld of %lld running, %lld busy, %lld connected to the database",
            "workers", (long long)summary->workers, (long long)summary->workers_wanted,
            (long long)summary->busy_workers, (long long)summary->workers_with_database);
    ctl_say("%-15s %lld; reloads: %lld, plus %lld refused", "restarts",
            (long long)summary->restarts, (long long)summary->reloads,
            (long long)summary->reloads_refused);
    ctl_say("%-15s %lld active in the ledger; this pool closed %lld stale ones", "calls",
            (long long)summary->active_calls, (long long)summary->stale_calls_closed);
    ctl_say("%-15s %lld for hosts, %lld for the audience", "tokens",
            (long long)summary->host_tokens, (long long)summary->audience_tokens);
    ctl_say("%-15s %lld, of which %lld refused and %lld not recorded", "notifications",
            (long long)summary->notifications, (long long)summary->notifications_refused,
            (long long)summary->notifications_unrecorded);
    ctl_say("%-15s p50 %.1f ms, p99 %.1f ms", "database", summary->database_p50_ms,
            summary->database_p99_ms);
}

static void add_number(json_object *json, const char *name, double number) {
    (void)json_object_object_add(json, name, json_object_new_double(number));
}

static void add_summary(json_object *json, const struct summary *summary) {
    json_add_integer(json, "uptimeSeconds", summary->uptime_sec);
    json_add_integer(json, "workers", summary->workers);
    json_add_integer(json, "workersWanted", summary->workers_wanted);
    json_add_integer(json, "busyWorkers", summary->busy_workers);
    json_add_integer(json, "workersWithDatabase", summary->workers_with_database);
    json_add_integer(json, "restarts", summary->restarts);
    json_add_integer(json, "reloads", summary->reloads);
    json_add_integer(json, "reloadsRefused", summary->reloads_refused);
    json_add_integer(json, "activeCalls", summary->active_calls);
    json_add_integer(json, "staleCallsClosed", summary->stale_calls_closed);
    json_add_integer(json, "hostTokens", summary->host_tokens);
    json_add_integer(json, "audienceTokens", summary->audience_tokens);
    json_add_integer(json, "notifications", summary->notifications);
    json_add_integer(json, "notificationsRefused", summary->notifications_refused);
    json_add_integer(json, "notificationsUnrecorded", summary->notifications_unrecorded);
    add_number(json, "databaseP50Ms", summary->database_p50_ms);
    add_number(json, "databaseP99Ms", summary->database_p99_ms);
}

static void print_json(const struct prometheus_text *samples,
                       const struct summary *summary) {
    json_object *json = json_object_new_object();
    json_object *routes = json_object_new_array();
    struct route_sum route;
    size_t at = 0;

    add_summary(json, summary);
    while (next_route(samples, &at, &route)) {
        json_object *item = json_object_new_object();
        json_add_text(item, "route", route.name);
        json_add_integer(item, "requests", route.requests);
        json_add_integer(item, "refused", route.refused);
        json_add_integer(item, "failed", route.failed);
        add_number(item, "p50Ms", route.p50_ms);
        add_number(item, "p99Ms", route.p99_ms);
        (void)json_object_array_add(routes, item);
    }
    (void)json_object_object_add(json, "routes", routes);
    ctl_print_json(json);
}

static enum ctl_exit show(const struct ctl *ctl, const char *url,
                          struct http_answer *answer) {
    struct prometheus_text samples;

    if (answer->status != 200) {
        ctl_complain(
            "stats: %s answered %d: is this the address of the server block in which nginx"
            " includes video-call-local.conf?",
            url, answer->status);
        return CTL_FAILED;
    }
    if (!prometheus_text_read(answer->text, &samples) || samples.count == 0) {
        ctl_complain("stats: what %s answered are not a pool's metrics", url);
        prometheus_text_free(&samples);
        return CTL_FAILED;
    }
    struct summary summary = summarize(&samples);
    if (ctl->wants_json) {
        print_json(&samples, &summary);
    } else {
        print_summary(&summary);
        ctl_say("%s", "");
        print_routes(&samples);
    }
    prometheus_text_free(&samples);
    return CTL_DONE;
}

enum ctl_exit ctl_stats(const struct ctl *ctl) {
    struct http_request request = {
        .url = ctl->arguments[0] != NULL ? ctl->arguments[0] : CTL_STATS_URL,
        .route = "metrics",
        .method = "GET",
    };
    struct http_answer answer = {.status = 0};
    char fault[HTTP_FAULT_BYTES] = "";

    if (!http_is_url(request.url, "stats: URL"))
        return CTL_USAGE;
    if (!http_init() || !http_ask(&request, &answer, fault)) {
        ctl_complain("stats: cannot reach %s: %s", request.url, fault);
        return CTL_UNREACHABLE;
    }
    enum ctl_exit exit_status = show(ctl, request.url, &answer);
    http_answer_free(&answer);
    return exit_status;
}
