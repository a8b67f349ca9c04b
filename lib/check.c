#include "check.h"

#include "calls/schema.h"
#include "context.h"

#include <stdlib.h>
#include <time.h>

#define DATABASE_WAIT_MS 5000
/* next-auth tolerates 15 s between the portal's clock and ours; half of that is worth a
   word. */
#define SKEW_MOST_MS 7500
#define TEXT_BYTES   512

struct review {
    check_report *report;
    void *context;
    int faults;
};

const char *check_verdict_text(enum check_verdict verdict) {
    static const char *const TEXTS[] = {"ok", "advice", "fault"};

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
    static const char NO_TOKEN[] =
        "is not set: no token can be issued; Agora's Console shows"
        " it under the project";

    check_setting(review, settings, SETTING_AGORA_APP_ID, CHECK_FAULT, NO_TOKEN);
    check_setting(review, settings, SETTING_AGORA_APP_CERTIFICATE, CHECK_FAULT, NO_TOKEN);
    check_setting(review, settings, SETTING_AGORA_NOTIFICATION_SECRET, CHECK_ADVICE,
                  "is not set: Agora's notifications are not taken, and browsers that die"
                  " are noticed by their silence only");
}

static void check_portal(struct review *review, const struct settings *settings) {
    say(review, settings_portal_is_secure(settings) ? CHECK_OK : CHECK_ADVICE,
        "NEXTAUTH_URL",
        "is not https: right for development only, since sessions travel in the clear and"
        " the cookie without __Secure- counts");
}

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

/* Of the database, compared with this machine at the middle of the way there and back. */
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

/* Where the function is missing, the check of the schema says so. */
static void check_clock(struct review *review, struct database *database) {
    char text[TEXT_BYTES];
    int64_t skew_ms = 0;

    enum database_error error = measure_skew(database, &skew_ms);
    bool is_near = skew_ms >= -SKEW_MOST_MS && skew_ms <= SKEW_MOST_MS;
    (void)snprintf(text, sizeof text,
                   "the database's is %lld ms %s of this machine's: have both follow NTP",
                   llabs((long long)skew_ms), skew_ms < 0 ? "behind" : "ahead");
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
                   "cannot be reached; look at DATABASE_URL's host, user and password: %s",
                   database_fault(database));
    say(review, is_up ? CHECK_OK : CHECK_FAULT, "database", text);
    if (!is_up)
        return;
    say(review,
        database_url_is_protected(settings_secret(settings, SETTING_DATABASE_URL))
            ? CHECK_OK
            : CHECK_ADVICE,
        "database encryption",
        "is not certain: add sslmode=verify-full and sslrootcert to DATABASE_URL, or libpq"
        " may go without");
    check_clock(review, database);
    check_schema(review, database);
}

int check_deployment(const struct settings *settings, check_report *report, void *context) {
    struct review review = {.report = report, .context = context};
    struct context checked;

    say(&review, CHECK_OK, "settings", NULL);
    bool opened = context_open(&checked, settings);
    say(&review, opened ? CHECK_OK : CHECK_FAULT, "identity keys",
        "cannot be derived: set NEXTAUTH_SECRET to the portal's, or a key of its"
        " assertions");
    check_portal(&review, settings);
    check_agora(&review, settings);
    if (opened && checked.database == NULL)
        say(&review, CHECK_FAULT, "DATABASE_URL", "is not set: nothing can be served");
    else if (opened)
        check_connection(&review, settings, checked.database);
    context_close(&checked);
    return review.faults;
}

static void print_line(void *context, enum check_verdict verdict, const char *subject,
                       const char *what_to_do) {
    fprintf(context, "%-28s %s%s\n", subject, verdict == CHECK_ADVICE ? "ok, but " : "",
            what_to_do == NULL ? "ok" : what_to_do);
}

int check_print(const struct settings *settings, FILE *out) {
    return check_deployment(settings, print_line, out);
}
