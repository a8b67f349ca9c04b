#include "check.h"

#include "calls/schema.h"
#include "context.h"
#include "file_access.h"
#include "postgres/database_files.h"
#include "secret_strength.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DATABASE_WAIT_MS 5000
/* next-auth tolerates 15 s between the portal's clock and ours: report half of that. */
#define SKEW_MAX_MS 7500
#define TEXT_BYTES  CHECK_TEXT_BYTES
/* The package creates it for video-call-fcgi.service. */
#define SERVICE_USER "video-call"
#define UNIX_PREFIX  "unix:"

struct review {
    check_report *report;
    void *context;
    int faults;
};

const char *check_verdict_text(enum check_verdict verdict) {
    static const char *const TEXTS[] = {"ok", "warning", "fault"};

    return TEXTS[verdict];
}

static void say(struct review *review, enum check_verdict verdict, const char *subject,
                const char *what_to_do) {
    review->report(review->context, verdict, subject,
                   verdict == CHECK_OK ? NULL : what_to_do);
    review->faults += verdict == CHECK_FAULT;
}

static void say_finding(void *context, enum schema_finding finding, const char *subject,
                        const char *remedy) {
    (void)finding;
    say(context, CHECK_FAULT, subject, remedy);
}

static void check_setting(struct review *review, const struct settings *settings,
                          enum setting setting, enum check_verdict otherwise,
                          const char *what_to_do) {
    say(review, settings_has(settings, setting) ? CHECK_OK : otherwise,
        settings_row(setting)->name, what_to_do);
}

static void check_agora(struct review *review, const struct settings *settings) {
    static const char NO_TOKEN[] = "is not set: no token can be issued; see the project in"
                                   " Agora's Console";

    check_setting(review, settings, SETTING_AGORA_APP_ID, CHECK_FAULT, NO_TOKEN);
    check_setting(review, settings, SETTING_AGORA_APP_CERTIFICATE, CHECK_FAULT, NO_TOKEN);
    check_setting(review, settings, SETTING_AGORA_NOTIFICATION_SECRET, CHECK_WARNING,
                  "is not set: Agora's notifications are refused, and a browser that dies"
                  " is noticed only by its missing heartbeats");
}

/* Cookies need the address; assertions don't. */
static void check_portal(struct review *review, const struct settings *settings) {
    if (!settings_is_given(settings, SETTING_NEXTAUTH_URL))
        say(review,
            settings_has(settings, SETTING_NEXTAUTH_SECRET) ? CHECK_WARNING : CHECK_OK,
            "NEXTAUTH_URL",
            "is not set: http://localhost:3000 is assumed, and users of a portal at any"
            " other address are refused; set it to the portal's address");
    else
        say(review, settings_portal_is_secure(settings) ? CHECK_OK : CHECK_WARNING,
            "NEXTAUTH_URL",
            "is not https: for development only; sessions travel unencrypted, and the"
            " cookie without __Secure- counts");
}

/* ── secrets ─────────────────────────────────────────────────────────────────────────── */

/* Agora's Console generates the notification secret, and makes it short. */
#define SECRET_MIN_BITS       96
#define AGORA_SECRET_MIN_BITS 40

static void check_secret(struct review *review, const struct settings *settings,
                         enum setting setting, int min_bits) {
    static const char *const WHAT_TO_DO[] = {
        [SECRET_SHORT] = "is short enough to be guessed: replace it with the output of"
                         " openssl rand -base64 32, here and where it is shared",
        [SECRET_REPETITIVE] =
            "has few different characters and may be guessed: replace it with the output of"
            " openssl rand -base64 32, here and where it is shared"};
    enum secret_strength strength =
        secret_strength(settings_secret(settings, setting), min_bits);

    if (settings_has(settings, setting) && strength != SECRET_STRONG)
        say(review, CHECK_WARNING, settings_row(setting)->name, WHAT_TO_DO[strength]);
}

static void check_secrets(struct review *review, const struct settings *settings) {
    check_secret(review, settings, SETTING_NEXTAUTH_SECRET, SECRET_MIN_BITS);
    check_secret(review, settings, SETTING_NEXTAUTH_SECRET_PREVIOUS, SECRET_MIN_BITS);
    check_secret(review, settings, SETTING_ASSERTION_SECRET, SECRET_MIN_BITS);
    check_secret(review, settings, SETTING_AGORA_NOTIFICATION_SECRET,
                 AGORA_SECRET_MIN_BITS);
}

/* ── files ───────────────────────────────────────────────────────────────────────────── */

static void check_file(void *context, const char *keyword, const char *path) {
    /* Only root can check for the service's user; others run the pool as themselves. */
    enum file_access may_read = geteuid() == 0 ? file_access_of(SERVICE_USER, path, R_OK)
                                : access(path, R_OK) == 0 ? FILE_ACCESS_GRANTED
                                                          : FILE_ACCESS_DENIED;
    char text[TEXT_BYTES];

    if (may_read == FILE_ACCESS_UNKNOWN)
        return;
    (void)snprintf(text, sizeof text,
                   "%s %s: the service runs as the user " SERVICE_USER
                   ", not as root; make the file and its folder readable (chmod a+r)",
                   path,
                   may_read == FILE_ACCESS_ABSENT ? "does not exist for the service"
                                                  : "can't be read by the service");
    say(context, may_read == FILE_ACCESS_GRANTED ? CHECK_OK : CHECK_FAULT, keyword, text);
}

bool check_socket_is_reachable(const char *listen, char text[static CHECK_TEXT_BYTES]) {
    static const char *const SERVERS[] = {"www-data", "nginx"};
    struct span address = span_of_text(listen);
    const char *path = listen + strlen(UNIX_PREFIX);
    struct stat status;

    if (!span_starts_with(address, SPAN_OF(UNIX_PREFIX)) || stat(path, &status) != 0)
        return true;
    for (size_t at = 0; at < sizeof SERVERS / sizeof *SERVERS; at++) {
        if (!file_access_has_user(SERVERS[at]))
            continue;
        if (file_access_of(SERVERS[at], path, W_OK) != FILE_ACCESS_DENIED)
            return true;
        (void)snprintf(text, CHECK_TEXT_BYTES,
                       "%s (uid %u, gid %u, mode %04o): nginx's user %s can't connect; its"
                       " group must be %s's and its mode 0660, and its folder must let that"
                       " user in",
                       path, status.st_uid, status.st_gid, status.st_mode & 07777,
                       SERVERS[at], SERVERS[at]);
        return false;
    }
    return true;
}

/* There is no socket before the pool has started. */
static void check_socket(struct review *review, const struct settings *settings) {
    const char *listen = settings_text(settings, SETTING_LISTEN);
    char text[CHECK_TEXT_BYTES];

    if (!check_socket_is_reachable(listen, text))
        say(review, CHECK_FAULT, "socket", text);
    else if (span_starts_with(span_of_text(listen), SPAN_OF(UNIX_PREFIX)) &&
             access(listen + strlen(UNIX_PREFIX), F_OK) == 0)
        say(review, CHECK_OK, "socket", NULL);
}

/* ── the database ────────────────────────────────────────────────────────────────────── */

static void check_schema(struct review *review, struct database *database) {
    struct schema_summary summary;
    struct result result;
    struct ask ask;

    schema_check_ask(&ask);
    database_run(database, &ask, &result);
    enum database_error error = schema_check_read(&result, say_finding, review, &summary);
    result_free(&result);
    if (error != DATABASE_OK)
        say(review, CHECK_FAULT, "schema", database_error_text(error));
    else if (summary.missing + summary.exposed == 0)
        say(review, CHECK_OK, "schema and privileges", NULL);
}

static int64_t wall_clock_ms(void) {
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How far the database's clock is ahead, compared halfway through the round trip. */
static enum database_error measure_skew(struct database *database, int64_t *skew_ms) {
    int64_t clock_ms = 0;
    struct result result;
    struct ask ask;

    schema_clock_ask(&ask);
    int64_t before_ms = wall_clock_ms();
    database_run(database, &ask, &result);
    int64_t after_ms = wall_clock_ms();
    enum database_error error = schema_clock_read(&result, &clock_ms);
    result_free(&result);
    *skew_ms = clock_ms - (before_ms + after_ms) / 2;
    return error;
}

/* If the function is missing, check_schema says so. */
static void check_clock(struct review *review, struct database *database) {
    char text[TEXT_BYTES];
    int64_t skew_ms = 0;

    enum database_error error = measure_skew(database, &skew_ms);
    bool is_near = skew_ms >= -SKEW_MAX_MS && skew_ms <= SKEW_MAX_MS;
    (void)snprintf(
        text, sizeof text,
        "the database clock is %lld.%lld s %s this host's: synchronise both with NTP",
        llabs((long long)skew_ms) / 1000, llabs((long long)skew_ms) % 1000 / 100,
        skew_ms < 0 ? "behind" : "ahead of");
    if (error == DATABASE_OK)
        say(review, is_near ? CHECK_OK : CHECK_FAULT, "clocks", text);
    else if (error != DATABASE_E_SCHEMA && error != DATABASE_E_PERMISSION)
        say(review, CHECK_FAULT, "clocks", database_error_text(error));
}

static void check_connection(struct review *review, const struct settings *settings,
                             struct database *database) {
    char text[TEXT_BYTES];
    bool is_up = database_wait_once(database, DATABASE_WAIT_MS) == DATABASE_OK;

    (void)snprintf(text, sizeof text,
                   "can't be reached; check host, user and password in DATABASE_URL: %s",
                   database_fault(database));
    say(review, is_up ? CHECK_OK : CHECK_FAULT, "database", text);
    if (!is_up)
        return;
    say(review,
        database_url_is_protected(settings_secret(settings, SETTING_DATABASE_URL))
            ? CHECK_OK
            : CHECK_WARNING,
        "database encryption",
        "is not guaranteed: add sslmode=verify-full and sslrootcert to DATABASE_URL, or "
        "libpq"
        " may connect without it");
    check_clock(review, database);
    check_schema(review, database);
}

int check_deployment(const struct settings *settings, check_report *report, void *context) {
    struct review review = {.report = report, .context = context};
    struct context checked;

    say(&review, CHECK_OK, "settings", NULL);
    bool opened = context_open(&checked, settings);
    say(&review, opened ? CHECK_OK : CHECK_FAULT, "identity keys",
        "can't be derived: set NEXTAUTH_SECRET to the portal's, or a key for its"
        " assertions");
    check_portal(&review, settings);
    check_secrets(&review, settings);
    check_agora(&review, settings);
    check_socket(&review, settings);
    database_files_visit(settings_secret(settings, SETTING_DATABASE_URL), check_file,
                         &review);
    if (opened && checked.database == NULL)
        say(&review, CHECK_FAULT, "DATABASE_URL", "is not set: nothing can be served");
    else if (opened)
        check_connection(&review, settings, checked.database);
    context_close(&checked);
    return review.faults;
}

static void print_line(void *context, enum check_verdict verdict, const char *subject,
                       const char *what_to_do) {
    fprintf(context, "%-28s %s%s\n", subject, verdict == CHECK_WARNING ? "warning: " : "",
            what_to_do == NULL ? "ok" : what_to_do);
}

int check_print(const struct settings *settings, FILE *out) {
    return check_deployment(settings, print_line, out);
}
