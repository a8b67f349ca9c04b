#include "config.h"

#include "metrics.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

typedef _Atomic int64_t counter;

/* Upper bounds in microseconds; the last bucket has none. */
static const int64_t BOUNDS_US[] = {1000,   2500,   5000,   10000,   25000,   50000,
                                    100000, 250000, 500000, 1000000, 2500000, 5000000};

#define BOUND_COUNT (sizeof BOUNDS_US / sizeof *BOUNDS_US)

struct histogram {
    counter buckets[BOUND_COUNT + 1]; /* not cumulative, unlike the text format */
    counter sum_us;
};

struct metrics {
    int64_t started_sec; /* since the epoch; written before the first fork */
    counter requests[METRICS_ROUTES_MAX][PROBLEM__COUNT];
    struct histogram durations[METRICS_ROUTES_MAX];
    struct histogram database;
    counter host_tokens, audience_tokens;
    counter notifications[METRICS_NOTIFICATION__COUNT];
    counter exits[METRICS_EXIT__COUNT];
    counter reloads, reloads_refused;
    counter sweeps;
    counter stale_calls_closed;
    counter active_calls;
};

static const char *const NOTIFICATION_NAMES[METRICS_NOTIFICATION__COUNT] = {
    "noted", "ended_call", "no_call", "unknown", "refused", "unrecorded"};

static const char *const EXIT_NAMES[METRICS_EXIT__COUNT] = {"told", "crashed", "stuck"};

struct metrics *metrics_new(void) {
    struct metrics *metrics = mmap(NULL, sizeof *metrics, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (metrics == MAP_FAILED)
        return NULL;
    metrics->started_sec = (int64_t)time(NULL);
    return metrics;
}

void metrics_free(struct metrics *metrics) {
    if (metrics != NULL)
        (void)munmap(metrics, sizeof *metrics);
}

/* ── counting ────────────────────────────────────────────────────────────────────────── */

/* Relaxed, because no counter depends on another. */
static void add(counter *at, int64_t amount) {
    (void)atomic_fetch_add_explicit(at, amount, memory_order_relaxed);
}

static int64_t read_counter(const counter *at) {
    return atomic_load_explicit(at, memory_order_relaxed);
}

static void observe(struct histogram *histogram, int64_t value_us) {
    size_t at = 0;

    while (at < BOUND_COUNT && value_us > BOUNDS_US[at])
        at++;
    add(&histogram->buckets[at], 1);
    add(&histogram->sum_us, value_us);
}

void metrics_count_request(struct metrics *metrics, size_t route, enum problem problem,
                           int64_t took_us, int64_t database_us) {
    add(&metrics->requests[route][problem], 1);
    observe(&metrics->durations[route], took_us);
    if (database_us > 0)
        observe(&metrics->database, database_us);
}

void metrics_count_token(struct metrics *metrics, bool is_host) {
    add(is_host ? &metrics->host_tokens : &metrics->audience_tokens, 1);
}

void metrics_count_notification(struct metrics *metrics, enum metrics_notification result) {
    add(&metrics->notifications[result], 1);
}

void metrics_count_exit(struct metrics *metrics, enum metrics_exit reason) {
    add(&metrics->exits[reason], 1);
}

void metrics_count_reload(struct metrics *metrics, bool was_applied) {
    add(was_applied ? &metrics->reloads : &metrics->reloads_refused, 1);
}

void metrics_note_sweep(struct metrics *metrics, long closed_count, long active_count) {
    add(&metrics->stale_calls_closed, closed_count);
    atomic_store(&metrics->active_calls, active_count);
    add(&metrics->sweeps, 1);
}

/* ── rendering ───────────────────────────────────────────────────────────────────────── */

static void head(FILE *out, const char *name, const char *type, const char *help) {
    fprintf(out, "# HELP video_call_%s %s\n# TYPE video_call_%s %s\n", name, help, name,
            type);
}

static void single(FILE *out, const char *name, const char *type, const char *help,
                   int64_t value) {
    head(out, name, type, help);
    fprintf(out, "video_call_%s %lld\n", name, (long long)value);
}

static void labelled(FILE *out, const char *name, const char *label, const char *value,
                     int64_t number) {
    fprintf(out, "video_call_%s{%s=\"%s\"} %lld\n", name, label, value, (long long)number);
}

static double seconds(int64_t us) {
    return (double)us / 1e6;
}

/* labels is empty or ends with a comma: "route=\"token\",". */
static void render_histogram(FILE *out, const char *name, const char *labels,
                             const struct histogram *histogram) {
    int label_bytes = labels[0] == '\0' ? 0 : (int)strlen(labels) - 1;
    const char *open = label_bytes == 0 ? "" : "{", *close = label_bytes == 0 ? "" : "}";
    int64_t count = 0;

    for (size_t at = 0; at <= BOUND_COUNT; at++) {
        count += read_counter(&histogram->buckets[at]);
        fprintf(out, "video_call_%s_bucket{%sle=\"", name, labels);
        if (at < BOUND_COUNT)
            fprintf(out, "%g\"} %lld\n", seconds(BOUNDS_US[at]), (long long)count);
        else
            fprintf(out, "+Inf\"} %lld\n", (long long)count);
    }
    fprintf(out, "video_call_%s_sum%s%.*s%s %.6f\n", name, open, label_bytes, labels, close,
            seconds(read_counter(&histogram->sum_us)));
    fprintf(out, "video_call_%s_count%s%.*s%s %lld\n", name, open, label_bytes, labels,
            close, (long long)count);
}

static void render_requests(const struct metrics *metrics, metrics_route_name *route_name,
                            FILE *out) {
    head(out, "requests_total", "counter",
         "Requests answered, by route, HTTP status and error code.");
    for (size_t route = 0; route_name(route) != NULL; route++)
        for (size_t problem = 0; problem < PROBLEM__COUNT; problem++) {
            int64_t count = read_counter(&metrics->requests[route][problem]);
            if (count == 0)
                continue;
            const struct problem_row *row =
                problem == PROBLEM_NONE ? NULL : problem_row((enum problem)problem);
            fprintf(out,
                    "video_call_requests_total{route=\"%s\",status=\"%d\",code=\"%s\"}"
                    " %lld\n",
                    route_name(route), row == NULL ? 200 : row->status,
                    row == NULL ? "ok" : row->code, (long long)count);
        }
}

static void render_durations(const struct metrics *metrics, metrics_route_name *route_name,
                             FILE *out) {
    char labels[64];

    head(out, "request_duration_seconds", "histogram",
         "Time from a request's arrival at a worker to its response.");
    for (size_t route = 0; route_name(route) != NULL; route++) {
        (void)snprintf(labels, sizeof labels, "route=\"%s\",", route_name(route));
        render_histogram(out, "request_duration_seconds", labels,
                         &metrics->durations[route]);
    }
    head(out, "database_duration_seconds", "histogram",
         "Time spent on the database, for requests that used it.");
    render_histogram(out, "database_duration_seconds", "", &metrics->database);
}

static void render_calls(const struct metrics *metrics, FILE *out) {
    head(out, "tokens_issued_total", "counter", "Agora tokens issued, by role.");
    labelled(out, "tokens_issued_total", "role", "host",
             read_counter(&metrics->host_tokens));
    labelled(out, "tokens_issued_total", "role", "audience",
             read_counter(&metrics->audience_tokens));
    head(out, "agora_notifications_total", "counter",
         "Notifications from Agora, by result.");
    for (size_t at = 0; at < METRICS_NOTIFICATION__COUNT; at++)
        labelled(out, "agora_notifications_total", "result", NOTIFICATION_NAMES[at],
                 read_counter(&metrics->notifications[at]));
    single(out, "stale_calls_closed_total", "counter",
           "Stale calls that this pool's janitor closed.",
           read_counter(&metrics->stale_calls_closed));
    single(out, "janitor_sweeps_total", "counter",
           "Rounds the janitor has finished; it skips them while the database is down.",
           read_counter(&metrics->sweeps));
    if (read_counter(&metrics->sweeps) > 0)
        single(out, "active_calls", "gauge",
               "Active calls in the whole ledger, as of the janitor's last round; every"
               " pool on one ledger reports the same number.",
               read_counter(&metrics->active_calls));
}

static void render_children(const struct metrics *metrics,
                            const struct scoreboard *scoreboard, long requests_max,
                            FILE *out) {
    struct scoreboard_census census = scoreboard_census(scoreboard);

    head(out, "workers", "gauge", "Workers that are serving, by state.");
    labelled(out, "workers", "state", "busy", census.busy);
    labelled(out, "workers", "state", "idle", census.ready - census.busy);
    single(out, "requests_in_flight", "gauge",
           "Requests that have arrived in full and not been answered.",
           census.requests_in_flight);
    single(out, "requests_in_flight_max", "gauge",
           "The most requests there can be in flight; more wait in the socket's backlog.",
           census.ready * requests_max);
    single(out, "database_asks_in_flight", "gauge",
           "Requests in flight that are waiting for the database.", census.asks_in_flight);
    head(out, "longest_turn_seconds", "gauge",
         "The longest turn of any worker's event loop since that worker started.");
    fprintf(out, "video_call_longest_turn_seconds %.6f\n", seconds(census.longest_turn_us));
    head(out, "worker_database_connections", "gauge",
         "Workers by the state of their database connection; down: they refuse requests"
         " that need it.");
    labelled(out, "worker_database_connections", "state", "ready", census.with_database);
    labelled(out, "worker_database_connections", "state", "down",
             census.ready - census.with_database);
    head(out, "child_exits_total", "counter",
         "Workers and janitors that ended, by reason; told means by a stop or a reload.");
    for (size_t at = 0; at < METRICS_EXIT__COUNT; at++)
        labelled(out, "child_exits_total", "reason", EXIT_NAMES[at],
                 read_counter(&metrics->exits[at]));
    single(out, "reloads_total", "counter", "Reloads that applied new settings.",
           read_counter(&metrics->reloads));
    single(out, "reloads_refused_total", "counter",
           "Reloads that kept the old settings because the new ones were invalid.",
           read_counter(&metrics->reloads_refused));
}

void metrics_render(const struct metrics *metrics, const struct scoreboard *scoreboard,
                    metrics_route_name *route_name, long workers_wanted, long requests_max,
                    FILE *out) {
    head(out, "build_info", "gauge", "Always 1, with the version that is running.");
    labelled(out, "build_info", "version", PACKAGE_VERSION, 1);
    single(out, "start_time_seconds", "gauge",
           "When the pool started, in seconds since the Unix epoch.", metrics->started_sec);
    single(out, "workers_wanted", "gauge",
           "Workers that the settings ask for (VIDEO_CALL_WORKERS).", workers_wanted);
    render_requests(metrics, route_name, out);
    render_durations(metrics, route_name, out);
    render_calls(metrics, out);
    render_children(metrics, scoreboard, requests_max, out);
}
