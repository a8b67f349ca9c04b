#include "ctl.h"

#include <stdarg.h>
#include <stdio.h>

#define DATABASE_WAIT_MS 5000

void ctl_complain(const char *format, ...) {
    va_list values;

    fputs("video-callctl: ", stderr);
    va_start(values, format);
    vfprintf(stderr, format, values);
    va_end(values);
    fputc('\n', stderr);
}

struct database *ctl_open_database(const struct ctl *ctl, struct span url) {
    const struct database_options options = {
        .url = url,
        .timeout_ms = (int)settings_number(ctl->settings, SETTING_DATABASE_TIMEOUT_MS),
        .application_name = "video-callctl",
    };
    struct database *database = NULL;

    if (url.data == NULL) {
        ctl_complain("DATABASE_URL is not set");
        return NULL;
    }
    enum database_error error = database_open(&options, &database);
    if (error != DATABASE_OK) {
        ctl_complain("%s", database_error_text(error));
        return NULL;
    }
    if (database_wait_once(database, DATABASE_WAIT_MS) == DATABASE_OK)
        return database;
    ctl_complain("the database cannot be reached: %s", database_fault(database));
    database_close(database);
    return NULL;
}

bool ctl_ask(const struct ctl *ctl, const struct ask *ask, struct result *result) {
    struct database *database =
        ctl_open_database(ctl, settings_secret(ctl->settings, SETTING_DATABASE_URL));

    if (database == NULL)
        return false;
    database_run(database, ask, result);
    database_close(database);
    return true;
}

void ctl_print_json(json_object *json) {
    puts(json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN |
                                                  JSON_C_TO_STRING_NOSLASHESCAPE));
    json_object_put(json);
}

void ctl_age_text(int64_t age_sec, char text[static CTL_AGE_BYTES]) {
    long long sec = age_sec, min = sec / 60, hours = min / 60;

    if (sec < 60)
        (void)snprintf(text, CTL_AGE_BYTES, "%lld s", sec);
    else if (min < 60)
        (void)snprintf(text, CTL_AGE_BYTES, "%lld min", min);
    else if (hours < 48)
        (void)snprintf(text, CTL_AGE_BYTES, "%lld h %lld min", hours, min % 60);
    else
        (void)snprintf(text, CTL_AGE_BYTES, "%lld d %lld h", hours / 24, hours % 24);
}
