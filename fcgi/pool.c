#include "pool.h"

#include "base/clock.h"
#include "base/log.h"
#include "janitor.h"
#include "notify.h"
#include "scoreboard.h"
#include "worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS           200
#define RELOADING_TICK_MS 20
#define BACKOFF_MIN_MS    100
#define BACKOFF_MAX_MS    5000
#define LIVED_LONG_MS     10000 /* a worker that ends sooner has died early */
#define STUCK_FACTOR      2     /* how many request timeouts one turn of a loop may take */
#define STUCK_MIN_MS      3000
#define JANITOR_SLOT      0 /* the rest are for workers */

struct child {
    pid_t pid; /* 0: the slot is free */
    unsigned generation;
    int64_t started_ms;
    int64_t stop_sent_ms; /* 0: not signalled */
    bool was_stuck;
};

struct pool {
    struct pool_options *options;
    struct scoreboard *scoreboard;
    struct metrics *metrics;
    struct child children[SCOREBOARD_SLOTS];
    unsigned generation; /* of the settings; children of an older one are replaced */
    int backoff_ms;
    int64_t spawn_at_ms;
    int64_t janitor_at_ms;
    int64_t stopping_since_ms;    /* 0: not stopping */
    int64_t watchdog_interval_ms; /* 0: no watchdog */
    int64_t watchdog_at_ms;
    struct scoreboard_census reported;
    bool was_announced;
    bool had_to_kill;
};

static int wanted_workers(const struct pool *pool) {
    return (int)settings_number(pool->options->settings, SETTING_WORKERS);
}

static int64_t shutdown_timeout_ms(const struct pool *pool) {
    return settings_number(pool->options->settings, SETTING_SHUTDOWN_TIMEOUT_MS);
}

static bool is_alive(const struct child *child) {
    return child->pid != 0;
}

static bool wants_janitor(const struct pool *pool) {
    return settings_has(pool->options->settings, SETTING_DATABASE_URL);
}

/* all counts every child, the rest workers only. */
struct census {
    int all, current, current_ready, old_running;
};

static struct census count(const struct pool *pool) {
    struct census census = {0};

    for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++) {
        const struct child *child = &pool->children[slot];
        if (!is_alive(child))
            continue;
        census.all++;
        if (slot == JANITOR_SLOT)
            continue;
        if (child->generation != pool->generation) {
            census.old_running += child->stop_sent_ms == 0;
            continue;
        }
        census.current++;
        census.current_ready += atomic_load(&pool->scoreboard->slots[slot].is_ready);
    }
    return census;
}

static void signal_child(struct pool *pool, struct child *child, int signal_number) {
    if (child->stop_sent_ms == 0)
        child->stop_sent_ms = clock_ms();
    if (signal_number == SIGKILL)
        pool->had_to_kill = true;
    (void)kill(child->pid, signal_number);
}

/* ── children ────────────────────────────────────────────────────────────────────────── */

static int run_janitor(struct pool *pool) {
    /* So that ps shows which child is the janitor. */
    (void)prctl(PR_SET_NAME, "vc-janitor");
    const struct janitor_options options = {.settings = pool->options->settings,
                                            .metrics = pool->metrics};

    return janitor_run(&options);
}

static int run_worker(struct pool *pool, int slot) {
    const struct worker_options options = {
        .settings = pool->options->settings,
        .listening = pool->options->listener->descriptor,
        .scoreboard = pool->scoreboard,
        .metrics = pool->metrics,
        .slot = &pool->scoreboard->slots[slot],
    };

    return worker_run(&options);
}

static _Noreturn void become_child(struct pool *pool, int slot, pid_t parent) {
    /* A child stops when its parent dies, or if it already has. */
    (void)prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    if (!settings_lock(pool->options->settings))
        log_message(LOG_LEVEL_WARNING, "settings",
                    "secrets can't be locked in memory: raise RLIMIT_MEMLOCK");
    int exit_status = slot == JANITOR_SLOT ? run_janitor(pool) : run_worker(pool, slot);
    settings_free(pool->options->settings);
    (void)close(pool->options->listener->descriptor);
    exit(exit_status);
}

static void spawn(struct pool *pool, int slot) {
    pid_t parent = getpid();

    scoreboard_clear(pool->scoreboard, slot);
    pid_t pid = fork();
    if (pid == 0)
        become_child(pool, slot, parent);
    if (pid < 0) {
        log_message(LOG_LEVEL_ERROR, "pool", "fork: %s", strerror(errno));
        pool->spawn_at_ms = clock_ms() + BACKOFF_MAX_MS;
        pool->janitor_at_ms = pool->spawn_at_ms;
        return;
    }
    pool->children[slot] = (struct child){
        .pid = pid, .generation = pool->generation, .started_ms = clock_ms()};
}

static void spawn_worker(struct pool *pool) {
    for (int slot = JANITOR_SLOT + 1; slot < SCOREBOARD_SLOTS; slot++) {
        if (is_alive(&pool->children[slot]))
            continue;
        spawn(pool, slot);
        return;
    }
}

static void log_death(const struct pool *pool, int slot, int status) {
    const struct child *child = &pool->children[slot];
    enum log_level level = child->stop_sent_ms != 0 ? LOG_LEVEL_INFO : LOG_LEVEL_WARNING;
    const char *what = slot == JANITOR_SLOT ? "janitor" : "worker";
    const char *event = slot == JANITOR_SLOT ? "janitor_ended" : "worker_ended";

    if (WIFSIGNALED(status))
        log_message(level, event, "%s %ld: killed by SIG%s%s", what, (long)child->pid,
                    sigabbrev_np(WTERMSIG(status)),
                    WCOREDUMP(status) ? ", core dumped" : "");
    else
        log_message(level, event, "%s %ld: exit status %d", what, (long)child->pid,
                    WEXITSTATUS(status));
}

static enum metrics_exit exit_reason(const struct child *child) {
    if (child->was_stuck)
        return METRICS_EXIT_STUCK;
    return child->stop_sent_ms != 0 ? METRICS_EXIT_TOLD : METRICS_EXIT_CRASHED;
}

/* Replaces a worker immediately; if new ones keep dying early, with increasing delay. */
static void plan_replacement(struct pool *pool, const struct child *child) {
    int64_t now_ms = clock_ms();

    if (now_ms - child->started_ms >= LIVED_LONG_MS)
        pool->backoff_ms = 0;
    pool->spawn_at_ms = now_ms + pool->backoff_ms;
    pool->backoff_ms = pool->backoff_ms == 0 ? BACKOFF_MIN_MS : pool->backoff_ms * 2;
    if (pool->backoff_ms > BACKOFF_MAX_MS)
        pool->backoff_ms = BACKOFF_MAX_MS;
}

static void record_exit(struct pool *pool, pid_t pid, int status) {
    for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++) {
        struct child *child = &pool->children[slot];
        if (child->pid != pid)
            continue;
        log_death(pool, slot, status);
        metrics_count_exit(pool->metrics, exit_reason(child));
        if (child->stop_sent_ms == 0 && slot == JANITOR_SLOT)
            pool->janitor_at_ms = clock_ms() + BACKOFF_MAX_MS;
        else if (child->stop_sent_ms == 0)
            plan_replacement(pool, child);
        *child = (struct child){.pid = 0};
        scoreboard_clear(pool->scoreboard, slot);
    }
}

static void reap(struct pool *pool) {
    int status = 0;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
        record_exit(pool, pid, status);
}

/* ── every tick ──────────────────────────────────────────────────────────────────────── */

/* A worker's loop turns at least once a second. */
static int64_t stuck_after_ms(const struct pool *pool) {
    int64_t patience_ms =
        STUCK_FACTOR * settings_number(pool->options->settings, SETTING_REQUEST_TIMEOUT_MS);

    return patience_ms > STUCK_MIN_MS ? patience_ms : STUCK_MIN_MS;
}

/* The janitor isn't watched: it never notes a turn. */
static void kill_stuck(struct pool *pool) {
    int64_t patience_ms = stuck_after_ms(pool);

    for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++) {
        struct child *child = &pool->children[slot];
        int64_t turned_at_ms = atomic_load(&pool->scoreboard->slots[slot].turned_at_ms);
        if (!is_alive(child) || child->was_stuck || turned_at_ms == 0 ||
            clock_ms() - turned_at_ms < patience_ms)
            continue;
        log_message(LOG_LEVEL_ERROR, "worker_stuck",
                    "worker %ld: its loop has been stuck for over %lld ms",
                    (long)child->pid, (long long)patience_ms);
        child->was_stuck = true;
        (void)kill(child->pid, SIGKILL);
    }
}

static void kill_overdue(struct pool *pool) {
    int64_t now_ms = clock_ms();

    for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++) {
        struct child *child = &pool->children[slot];
        if (is_alive(child) && child->stop_sent_ms != 0 &&
            now_ms - child->stop_sent_ms > shutdown_timeout_ms(pool))
            signal_child(pool, child, SIGKILL);
    }
}

/* Stops one old worker for each new one that is ready. */
static void retire_old(struct pool *pool, struct census census) {
    int may_go = census.current_ready - (wanted_workers(pool) - census.old_running);

    for (int slot = JANITOR_SLOT + 1; slot < SCOREBOARD_SLOTS && may_go > 0; slot++) {
        struct child *child = &pool->children[slot];
        if (is_alive(child) && child->generation != pool->generation &&
            child->stop_sent_ms == 0) {
            signal_child(pool, child, SIGTERM);
            may_go--;
        }
    }
}

static void keep_workers(struct pool *pool) {
    struct census census = count(pool);
    bool is_reloading = census.old_running > 0;

    retire_old(pool, census);
    /* During a reload, one extra worker at a time. */
    int max_spawned = is_reloading ? 1 : wanted_workers(pool);
    if (is_reloading && census.current > census.current_ready)
        return;
    for (int spawned = 0; spawned < max_spawned && census.current < wanted_workers(pool) &&
                          clock_ms() >= pool->spawn_at_ms;
         spawned++, census.current++)
        spawn_worker(pool);
}

/* On a reload, a moment without a janitor does no harm. */
static void keep_janitor(struct pool *pool) {
    struct child *janitor = &pool->children[JANITOR_SLOT];

    if (!is_alive(janitor) && wants_janitor(pool) && clock_ms() >= pool->janitor_at_ms)
        spawn(pool, JANITOR_SLOT);
    else if (is_alive(janitor) && janitor->generation != pool->generation &&
             janitor->stop_sent_ms == 0)
        signal_child(pool, janitor, SIGTERM);
}

static void announce(struct pool *pool) {
    if (pool->was_announced || count(pool).current_ready == 0)
        return;
    pool->was_announced = true;
    notify_send("READY=1");
    log_message(LOG_LEVEL_INFO, "pool", "ready");
}

/* systemd's watchdog watches only this loop, which watches or replaces all others. */
static void feed_watchdog(struct pool *pool) {
    int64_t now_ms = clock_ms();

    if (pool->watchdog_interval_ms == 0 || now_ms < pool->watchdog_at_ms)
        return;
    pool->watchdog_at_ms = now_ms + pool->watchdog_interval_ms;
    notify_send("WATCHDOG=1");
}

/* For `systemctl status`; sent when it changes. */
static void report_status(struct pool *pool) {
    struct scoreboard_census census = scoreboard_census(pool->scoreboard);
    char status[96];

    if (census.ready == pool->reported.ready &&
        census.with_database == pool->reported.with_database)
        return;
    pool->reported = census;
    (void)snprintf(status, sizeof status,
                   "STATUS=%d of %d workers serving, %d with a database", census.ready,
                   wanted_workers(pool), census.with_database);
    notify_send(status);
}

/* ── signals ─────────────────────────────────────────────────────────────────────────── */

static void stop(struct pool *pool) {
    bool is_second = pool->stopping_since_ms != 0;

    if (!is_second) {
        pool->stopping_since_ms = clock_ms();
        notify_send("STOPPING=1");
        log_message(LOG_LEVEL_INFO, "pool", "stopping");
        listener_close(pool->options->listener);
    }
    for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++)
        if (is_alive(&pool->children[slot]))
            signal_child(pool, &pool->children[slot], is_second ? SIGKILL : SIGTERM);
}

static void reload(struct pool *pool) {
    char complaint[SETTINGS_COMPLAINT_BYTES];
    struct settings *settings = NULL;

    notify_send("RELOADING=1");
    if (settings_load(pool->options->settings_file, SETTINGS_TO_SERVE, &settings,
                      complaint) != SETTINGS_OK) {
        log_message(LOG_LEVEL_ERROR, "pool", "keeping the old settings: %s", complaint);
        metrics_count_reload(pool->metrics, false);
        notify_send("READY=1");
        return;
    }
    settings_free(pool->options->settings);
    pool->options->settings = settings;
    log_set_threshold(log_level_of_text(settings_text(settings, SETTING_LOG_LEVEL)));
    pool->generation++;
    pool->backoff_ms = 0;
    pool->spawn_at_ms = 0;
    pool->janitor_at_ms = 0;
    pool->was_announced = false;
    metrics_count_reload(pool->metrics, true);
    log_message(LOG_LEVEL_INFO, "pool", "reloading");
}

static void handle_signal(struct pool *pool, int signal_number) {
    if (signal_number == SIGTERM || signal_number == SIGINT)
        stop(pool);
    else if (signal_number == SIGHUP && pool->stopping_since_ms == 0)
        reload(pool);
}

static void wait_for_signal(struct pool *pool, const sigset_t *signals) {
    struct census census = count(pool);
    bool is_changing = census.current < wanted_workers(pool) ||
                       census.current_ready < census.current || census.old_running > 0;
    int tick_ms = is_changing ? RELOADING_TICK_MS : TICK_MS;
    struct timespec tick = {.tv_nsec = tick_ms * 1000000L};

    int signal_number = sigtimedwait(signals, NULL, &tick);
    if (signal_number > 0)
        handle_signal(pool, signal_number);
}

static void block_signals(sigset_t *signals) {
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    sigaddset(signals, SIGHUP);
    sigaddset(signals, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, signals, NULL);
    /* A log whose reader has gone must not end the pool. */
    (void)signal(SIGPIPE, SIG_IGN);
}

int pool_run(struct pool_options *options) {
    struct pool pool = {.options = options,
                        .generation = 1,
                        .watchdog_interval_ms = notify_watchdog_interval_ms()};
    sigset_t signals;

    pool.scoreboard = scoreboard_new();
    pool.metrics = metrics_new();
    if (pool.scoreboard == NULL || pool.metrics == NULL) {
        log_message(LOG_LEVEL_ERROR, "pool", "shared memory: %s", strerror(errno));
        return EXIT_FAILURE;
    }
    block_signals(&signals);
    do {
        reap(&pool);
        kill_stuck(&pool);
        kill_overdue(&pool);
        if (pool.stopping_since_ms == 0) {
            keep_workers(&pool);
            keep_janitor(&pool);
            announce(&pool);
        }
        feed_watchdog(&pool);
        report_status(&pool);
        wait_for_signal(&pool, &signals);
        reap(&pool);
    } while (pool.stopping_since_ms == 0 || count(&pool).all > 0);
    scoreboard_free(pool.scoreboard);
    metrics_free(pool.metrics);
    log_message(LOG_LEVEL_INFO, "pool", "stopped");
    return pool.had_to_kill ? EXIT_FAILURE : EXIT_SUCCESS;
}
