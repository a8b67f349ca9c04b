#include "ctl.h"

#include "identity/identity_types.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define DATABASE_WAIT_MS 5000

void ctl_complain(const char *format, ...) {
    char *text = NULL;
    va_list values;

    va_start(values, format);
    int length = vasprintf(&text, format, values);
    va_end(values);
    terminal_line(stderr, "video-callctl: %s", length < 0 ? "out of memory" : text);
    if (length >= 0)
        free(text);
}

bool ctl_take_uuid(const char *text, const char *what, struct uuid *uuid) {
    if (uuid_parse(span_of_text(text), uuid))
        return true;
    ctl_complain("%s wants an ID such as 11111111-1111-4111-8111-111111111111, not '%s'",
                 what, text);
    return false;
}

bool ctl_take_discord_id(const char *text, const char *what) {
    size_t digits = strspn(text, "0123456789");

    if (digits > 0 && digits <= IDENTITY_DISCORD_ID_MAX_BYTES && text[digits] == '\0')
        return true;
    ctl_complain("%s wants a Discord ID, 1 to %d digits, not '%s'", what,
                 IDENTITY_DISCORD_ID_MAX_BYTES, text);
    return false;
}

static void complain_unreachable(const char *name, const char *fault) {
    ctl_complain("cannot reach the database of %s: %s", name,
                 fault[0] == '\0' ? "no answer within 5 s" : fault);
}

struct database *ctl_open_database(const char *name, struct span url, int timeout_ms) {
    const struct database_options options = {
        .url = url,
        .timeout_ms = timeout_ms,
        .application_name = "video-callctl",
    };
    struct database *database = NULL;

    if (url.data == NULL) {
        ctl_complain("%s is not set", name);
        return NULL;
    }
    const char *invalid = database_url_fault(url);
    if (invalid != NULL) {
        ctl_complain("%s %s", name, invalid);
        return NULL;
    }
    enum database_error error = database_open(&options, &database);
    if (error != DATABASE_OK) {
        ctl_complain("%s: %s", name, database_error_text(error));
        return NULL;
    }
    if (database_wait_once(database, DATABASE_WAIT_MS) == DATABASE_OK)
        return database;
    complain_unreachable(name, database_fault(database));
    database_close(database);
    return NULL;
}

bool ctl_ask(const struct ctl *ctl, const struct ask *ask, struct result *result) {
    struct database *database =
        ctl_open_database(settings_row(SETTING_DATABASE_URL)->name,
                          settings_secret(ctl->settings, SETTING_DATABASE_URL),
                          (int)settings_number(ctl->settings, SETTING_DATABASE_TIMEOUT_MS));

    if (database == NULL)
        return false;
    database_run(database, ask, result);
    database_close(database);
    return true;
}

/* ── the administrator's database ────────────────────────────────────────────────────── */

static const char ADMIN_URL[] = "ADMIN_DATABASE_URL";

static bool has_terminal(void) {
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);

    if (terminal < 0)
        return false;
    close(terminal);
    return true;
}

/* getpass is marked obsolete because other systems limit its length; glibc doesn't. */
static struct secret *ask_for_url(void) {
    char *typed = has_terminal()
                      ? getpass("ADMIN_DATABASE_URL (what you type is not shown): ")
                      : NULL;

    if (typed == NULL || typed[0] == '\0') {
        ctl_complain("%s is not set: it names the owner of the portal's tables, as"
                     " postgresql://user:password@host/database",
                     ADMIN_URL);
        return NULL;
    }
    struct secret *url = secret_copy(span_of_text(typed));
    sodium_memzero(typed, strlen(typed));
    if (url == NULL)
        ctl_complain("out of memory");
    return url;
}

struct secret *ctl_admin_url(void) {
    struct span given = span_of_text(getenv(ADMIN_URL));

    if (given.length_bytes == 0)
        return ask_for_url();
    struct secret *url = secret_copy(given);
    if (url == NULL)
        ctl_complain("out of memory");
    return url;
}

/* ── answers ─────────────────────────────────────────────────────────────────────────── */

void ctl_print_json(json_object *json) {
    terminal_json_line(stdout,
                       json_object_to_json_string_ext(
                           json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
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
