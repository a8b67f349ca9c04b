#include "check.h"

#include "schema.h"
#include "service.h"

#define DATABASE_WAIT_MS 5000

struct report {
    FILE *out;
    int faults;
};

static void say(struct report *report, const char *subject, const char *fault) {
    fprintf(report->out, "%-28s %s\n", subject, fault == NULL ? "ok" : fault);
    report->faults += fault != NULL;
}

static void say_schema_fault(void *context, const char *subject, const char *remedy) {
    say(context, subject, remedy);
}

static void check_agora(struct report *report, const struct settings *settings) {
    static const enum setting NEEDED[] = {SETTING_AGORA_APP_ID,
                                          SETTING_AGORA_APP_CERTIFICATE};

    for (size_t at = 0; at < sizeof NEEDED / sizeof *NEEDED; at++)
        say(report, settings_row(NEEDED[at])->name,
            settings_has(settings, NEEDED[at]) ? NULL
                                               : "is not set: no token can be issued");
}

static void check_schema(struct report *report, struct database *database) {
    int fault_count = 0;
    enum database_error error =
        schema_check(database, say_schema_fault, report, &fault_count);

    if (error != DATABASE_OK)
        say(report, "schema", database_error_text(error));
    else if (fault_count == 0)
        say(report, "schema and grants", NULL);
}

static void check_database(struct report *report, const struct service *service) {
    if (service->database == NULL) {
        say(report, "DATABASE_URL", "is not set: nothing can be served");
        return;
    }
    if (database_wait(service->database, DATABASE_WAIT_MS) != DATABASE_OK) {
        say(report, "database",
            "cannot be reached: see the line above, and DATABASE_URL's host, user and"
            " password");
        return;
    }
    say(report, "database", NULL);
    check_schema(report, service->database);
}

int check_deployment(const struct settings *settings, FILE *out) {
    struct report report = {.out = out};
    struct service service;

    say(&report, "settings", NULL);
    bool opened = service_open(&service, settings);
    say(&report, "identity keys", opened ? NULL : "cannot be derived");
    check_agora(&report, settings);
    if (opened)
        check_database(&report, &service);
    service_close(&service);
    return report.faults;
}
