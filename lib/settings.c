#include "settings.h"

#include "agora/agora_token.h"
#include "identity/identity.h"
#include "postgres/database.h"
#include "settings_file.h"

#include <ctype.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

/* Allowed for VIDEO_CALL_WORKERS instead of a number. */
#define CORES "cores"

/* clang-format off */
static const struct setting_row TABLE[SETTING__COUNT] = {
    [SETTING_AGORA_APP_ID] = {
        .name = "NEXT_PUBLIC_AGORA_APP_ID", .other_name = "AGORA_APP_ID",
        .kind = SETTING_KIND_TEXT,
        .meaning = "The Agora project's App ID, 32 hex digits; without it no tokens are issued"},
    [SETTING_AGORA_APP_CERTIFICATE] = {
        .name = "AGORA_APP_CERTIFICATE", .kind = SETTING_KIND_SECRET,
        .meaning = "The Agora project's primary certificate, 32 hex digits; without it no tokens are issued"},
    [SETTING_AGORA_NOTIFICATION_SECRET] = {
        .name = "AGORA_NOTIFICATION_SECRET", .kind = SETTING_KIND_SECRET,
        .meaning = "The secret with which Agora signs its notifications; without it agora-events is not served"},
    [SETTING_NEXTAUTH_SECRET] = {
        .name = "NEXTAUTH_SECRET", .kind = SETTING_KIND_SECRET,
        .meaning = "The portal's secret, from which the key of its session cookies is derived"},
    [SETTING_NEXTAUTH_SECRET_PREVIOUS] = {
        .name = "NEXTAUTH_SECRET_PREVIOUS", .kind = SETTING_KIND_SECRET,
        .meaning = "The previous secret, accepted during a rotation"},
    [SETTING_NEXTAUTH_URL] = {
        .name = "NEXTAUTH_URL", .kind = SETTING_KIND_TEXT, .default_value = "http://localhost:3000",
        .meaning = "The portal's address; with https only the __Secure- cookie counts, and only pages of its origin may POST"},
    [SETTING_ASSERTION_PUBLIC_KEY] = {
        .name = "VIDEO_CALL_ASSERTION_PUBLIC_KEY", .kind = SETTING_KIND_TEXT,
        .meaning = "The Ed25519 public key for the portal's signed assertions, as PEM or base64"},
    [SETTING_ASSERTION_SECRET] = {
        .name = "VIDEO_CALL_ASSERTION_SECRET", .kind = SETTING_KIND_SECRET,
        .meaning = "The HS256 secret for the portal's signed assertions, 32 bytes or more; not together with the public key"},
    [SETTING_DATABASE_URL] = {
        .name = "DATABASE_URL", .kind = SETTING_KIND_SECRET,
        .meaning = "The PostgreSQL connection string, postgresql://user:password@host/database or libpq keywords"},
    [SETTING_DATABASE_TIMEOUT_MS] = {
        .name = "VIDEO_CALL_DATABASE_TIMEOUT_MS", .kind = SETTING_KIND_NUMBER, .default_value = "3000",
        .min = 100, .max = 60000,
        .meaning = "How long a request waits for the database"},
    [SETTING_CONNECTIONS] = {
        .name = "VIDEO_CALL_CONNECTIONS", .kind = SETTING_KIND_NUMBER, .default_value = "4",
        .min = 1, .max = DATABASE_CONNECTIONS_MAX,
        .meaning = "The most connections a worker holds if requests are not pipelined, which is behind a pooler"},
    [SETTING_PIPELINE] = {
        .name = "VIDEO_CALL_PIPELINE", .kind = SETTING_KIND_CHOICE, .default_value = "auto",
        .choices = "auto|on|off",
        .meaning = "Whether a worker pipelines requests on one database connection; auto does unless a pooler is detected"},
    [SETTING_TOKEN_LIFETIME_SEC] = {
        .name = "VIDEO_CALL_TOKEN_LIFETIME_SEC", .kind = SETTING_KIND_NUMBER, .default_value = "86400",
        .min = 60, .max = AGORA_TOKEN_LIFETIME_MAX_SEC,
        .meaning = "How long an Agora token and its privileges are valid"},
    [SETTING_STUDENT_PUBLISH] = {
        .name = "VIDEO_CALL_STUDENT_PUBLISH", .kind = SETTING_KIND_SWITCH, .default_value = "off",
        .meaning = "Whether the mentee's token may publish; needed where Agora's co-host authentication is on"},
    [SETTING_STUDENT_START] = {
        .name = "VIDEO_CALL_STUDENT_START", .kind = SETTING_KIND_SWITCH, .default_value = "on",
        .meaning = "Whether a mentee may start a call, or must wait for the instructor"},
    [SETTING_STALE_AFTER_HEARTBEAT_SEC] = {
        .name = "VIDEO_CALL_STALE_AFTER_HEARTBEAT_SEC", .kind = SETTING_KIND_NUMBER, .default_value = "120",
        .min = 1, .max = 86400,
        .meaning = "How long a call that has had heartbeats may go without a sign of life until it is closed as failed"},
    [SETTING_STALE_WITHOUT_HEARTBEAT_SEC] = {
        .name = "VIDEO_CALL_STALE_WITHOUT_HEARTBEAT_SEC", .kind = SETTING_KIND_NUMBER, .default_value = "14400",
        .min = 1, .max = 604800,
        .meaning = "How long a call that never had a heartbeat may go without a sign of life until it is closed as failed"},
    [SETTING_JANITOR_INTERVAL_SEC] = {
        .name = "VIDEO_CALL_JANITOR_INTERVAL_SEC", .kind = SETTING_KIND_NUMBER, .default_value = "15",
        .min = 1, .max = 3600,
        .meaning = "How often the pool looks for such calls and closes them"},
    [SETTING_LISTEN] = {
        .name = "VIDEO_CALL_LISTEN", .kind = SETTING_KIND_TEXT,
        .default_value = "unix:/run/video-call/video-call.sock",
        .meaning = "Where the pool listens for nginx: unix:PATH, or tcp:ADDRESS:PORT in a private network; ignored if systemd passes a socket"},
    [SETTING_WORKERS] = {
        .name = "VIDEO_CALL_WORKERS", .kind = SETTING_KIND_NUMBER, .default_value = CORES,
        .min = 1, .max = 64,
        .meaning = "Worker processes, each with its own database connection, or several behind a pooler; cores: one for each core of this machine"},
    [SETTING_REQUESTS_MAX] = {
        .name = "VIDEO_CALL_REQUESTS", .kind = SETTING_KIND_NUMBER, .default_value = "256",
        .min = 1, .max = 10000,
        .meaning = "Requests that a worker serves concurrently; others wait in the socket's backlog"},
    [SETTING_REQUEST_TIMEOUT_MS] = {
        .name = "VIDEO_CALL_REQUEST_TIMEOUT_MS", .kind = SETTING_KIND_NUMBER, .default_value = "5000",
        .min = 200, .max = 120000,
        .meaning = "How long a request may take in total; a worker whose loop is stuck for twice as long is replaced"},
    [SETTING_SHUTDOWN_TIMEOUT_MS] = {
        .name = "VIDEO_CALL_SHUTDOWN_TIMEOUT_MS", .kind = SETTING_KIND_NUMBER, .default_value = "10000",
        .min = 300, .max = 300000,
        .meaning = "How long workers may take to finish requests in flight when the pool stops or reloads"},
    [SETTING_LOG_LEVEL] = {
        .name = "VIDEO_CALL_LOG_LEVEL", .kind = SETTING_KIND_CHOICE, .default_value = "info",
        .choices = "debug|info|warning|error",
        .meaning = "The lowest level that is logged"},
};
/* clang-format on */

struct settings {
    struct secret *texts[SETTING__COUNT]; /* NULL: not set */
    long numbers[SETTING__COUNT];
    bool is_given[SETTING__COUNT]; /* not by default */
};

const struct setting_row *settings_row(enum setting setting) {
    return &TABLE[setting];
}

void settings_print_table(FILE *out) {
    static const char *const KINDS[] = {"text", "secret", "number", "on|off", ""};

    for (size_t at = 0; at < SETTING__COUNT; at++) {
        const struct setting_row *row = &TABLE[at];
        const char *kind =
            row->kind == SETTING_KIND_CHOICE ? row->choices : KINDS[row->kind];
        fprintf(out, "%s", row->name);
        if (row->other_name != NULL)
            fprintf(out, " (or %s)", row->other_name);
        fprintf(out, "\n    %s. ", row->meaning);
        if (row->kind == SETTING_KIND_NUMBER)
            fprintf(out, "From %ld to %ld. ", row->min, row->max);
        fprintf(out, "[%s; default: %s]\n", kind,
                row->default_value == NULL ? "not set" : row->default_value);
    }
}

/* ── checks ──────────────────────────────────────────────────────────────────────────── */

static bool is_choice(struct span value, const char *choices) {
    struct span rest = span_of_text(choices);

    while (rest.data != NULL)
        if (span_equals(value, span_cut(&rest, '|')))
            return true;
    return false;
}

static bool parse_number(const char *text, long *number) {
    char *end = NULL;

    if (!isdigit((unsigned char)text[0]))
        return false;
    errno = 0;
    *number = strtol(text, &end, 10);
    return errno == 0 && *end == '\0';
}

static bool is_http_url(const char *text) {
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : "";
    return host[0] != '\0' && host[0] != '/' && strpbrk(text, " \t\r\n\"\\") == NULL;
}

static bool is_listen_address(struct span text) {
    static const struct span UNIX = SPAN_OF("unix:"), TCP = SPAN_OF("tcp:");

    return (span_starts_with(text, UNIX) && text.length_bytes > UNIX.length_bytes) ||
           (span_starts_with(text, TCP) && text.length_bytes > TCP.length_bytes);
}

/* What is wrong with the form of a value, or NULL. */
static const char *fault_of_form(enum setting setting, const struct secret *value) {
    struct span span = secret_span(value);

    switch (setting) {
    case SETTING_AGORA_APP_ID:
    case SETTING_AGORA_APP_CERTIFICATE:
        return agora_token_is_app_id(span) ? NULL : "must be 32 hex digits";
    case SETTING_NEXTAUTH_URL:
        return is_http_url((const char *)value->bytes) ? NULL
                                                       : "must be an http or https URL";
    case SETTING_ASSERTION_PUBLIC_KEY:
        return identity_is_public_key(span) ? NULL : "must be an Ed25519 public key";
    case SETTING_ASSERTION_SECRET:
        return span.length_bytes >= IDENTITY_ASSERTION_SECRET_MIN_BYTES
                   ? NULL
                   : "must be 32 bytes or more";
    case SETTING_DATABASE_URL:
        return database_url_fault(span);
    case SETTING_LISTEN:
        return is_listen_address(span) ? NULL : "must be unix:PATH or tcp:ADDRESS:PORT";
    default:
        return NULL;
    }
}

static const char *fault_of_value(struct settings *settings, enum setting setting) {
    const struct setting_row *row = &TABLE[setting];
    const struct secret *value = settings->texts[setting];
    static _Thread_local char bounds[64];

    if (value == NULL)
        return NULL;
    if (row->kind == SETTING_KIND_SWITCH)
        return is_choice(secret_span(value), "on|off") ? NULL : "must be on or off";
    if (row->kind == SETTING_KIND_CHOICE)
        return is_choice(secret_span(value), row->choices) ? NULL : row->choices;
    if (row->kind == SETTING_KIND_NUMBER) {
        (void)snprintf(bounds, sizeof bounds, "must be a number from %ld to %ld", row->min,
                       row->max);
        bool fits = parse_number((const char *)value->bytes, &settings->numbers[setting]) &&
                    settings->numbers[setting] >= row->min &&
                    settings->numbers[setting] <= row->max;
        return fits ? NULL : bounds;
    }
    return fault_of_form(setting, value);
}

static enum settings_error check_each(struct settings *settings, char *complaint) {
    for (enum setting setting = 0; setting < SETTING__COUNT; setting++) {
        const char *fault = fault_of_value(settings, setting);
        if (fault == NULL)
            continue;
        (void)snprintf(complaint, SETTINGS_COMPLAINT_BYTES, "%s: %s%s", TABLE[setting].name,
                       TABLE[setting].kind == SETTING_KIND_CHOICE ? "must be one of " : "",
                       fault);
        return SETTINGS_E_VALUE;
    }
    return SETTINGS_OK;
}

/* What can't be seen from one value alone. */
static enum settings_error check_together(const struct settings *settings,
                                          enum settings_purpose purpose, char *complaint) {
    const char *fault = NULL;

    if (settings_has(settings, SETTING_ASSERTION_PUBLIC_KEY) &&
        settings_has(settings, SETTING_ASSERTION_SECRET))
        fault = "VIDEO_CALL_ASSERTION_PUBLIC_KEY and VIDEO_CALL_ASSERTION_SECRET exclude"
                " each other: which is set fixes the algorithm";
    else if (purpose == SETTINGS_TO_SERVE &&
             !settings_has(settings, SETTING_NEXTAUTH_SECRET) &&
             !settings_has(settings, SETTING_ASSERTION_PUBLIC_KEY) &&
             !settings_has(settings, SETTING_ASSERTION_SECRET))
        fault = "NEXTAUTH_SECRET is not set, and neither is a key for assertions: callers"
                " can't be identified";
    else if (settings->numbers[SETTING_DATABASE_TIMEOUT_MS] >=
             settings->numbers[SETTING_REQUEST_TIMEOUT_MS])
        fault = "VIDEO_CALL_DATABASE_TIMEOUT_MS must be less than"
                " VIDEO_CALL_REQUEST_TIMEOUT_MS";
    else if (settings->numbers[SETTING_REQUEST_TIMEOUT_MS] >=
             settings->numbers[SETTING_SHUTDOWN_TIMEOUT_MS])
        fault = "VIDEO_CALL_REQUEST_TIMEOUT_MS must be less than"
                " VIDEO_CALL_SHUTDOWN_TIMEOUT_MS";
    if (fault == NULL)
        return SETTINGS_OK;
    (void)snprintf(complaint, SETTINGS_COMPLAINT_BYTES, "%s", fault);
    return SETTINGS_E_VALUE;
}

/* ── loading ─────────────────────────────────────────────────────────────────────────── */

static struct span find_in_environment(const char *name) {
    return span_of_text(name == NULL ? NULL : getenv(name));
}

static struct span find_given(const struct setting_row *row, struct span file) {
    const struct span candidates[] = {
        find_in_environment(row->name), find_in_environment(row->other_name),
        settings_file_find(file, row->name), settings_file_find(file, row->other_name)};

    for (size_t at = 0; at < sizeof candidates / sizeof *candidates; at++)
        if (candidates[at].length_bytes > 0)
            return candidates[at];
    return SPAN_ABSENT;
}

static const char *cores_text(long max) {
    static char text[24];
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    (void)snprintf(text, sizeof text, "%ld", cores < 1 ? 1 : cores < max ? cores : max);
    return text;
}

/* The bits of settings_load_some. */
#define EVERY_SETTING UINT64_MAX
_Static_assert(SETTING__COUNT <= 64, "a bit for each setting");

static bool is_wanted(uint64_t wanted, size_t setting) {
    return (wanted >> setting & 1) != 0;
}

static enum settings_error take_values(struct settings *settings, struct span file,
                                       uint64_t wanted) {
    for (size_t at = 0; at < SETTING__COUNT; at++) {
        struct span value = {.data = NULL};
        if (is_wanted(wanted, at))
            value = find_given(&TABLE[at], file);
        settings->is_given[at] = value.data != NULL;
        if (value.data == NULL)
            value = span_of_text(TABLE[at].default_value);
        if (at == SETTING_WORKERS && span_equals(value, SPAN_OF(CORES)))
            value = span_of_text(cores_text(TABLE[at].max));
        if (value.data == NULL)
            continue;
        settings->texts[at] = secret_copy(value);
        if (settings->texts[at] == NULL)
            return SETTINGS_E_MEMORY;
    }
    return SETTINGS_OK;
}

static enum settings_error load(const char *file_path, enum settings_purpose purpose,
                                uint64_t wanted, struct settings **loaded,
                                char complaint[static SETTINGS_COMPLAINT_BYTES]) {
    enum settings_error error = SETTINGS_E_MEMORY;
    struct secret *file = NULL;
    struct settings *settings = NULL;

    *loaded = NULL;
    (void)snprintf(complaint, SETTINGS_COMPLAINT_BYTES, "out of memory");
    if (sodium_init() < 0)
        goto out;
    settings = calloc(1, sizeof *settings);
    if (settings == NULL)
        goto out;
    error =
        file_path == NULL ? SETTINGS_OK : settings_file_read(file_path, &file, complaint);
    if (error == SETTINGS_OK)
        error = take_values(settings, secret_span(file), wanted);
    if (error == SETTINGS_OK)
        error = check_each(settings, complaint);
    if (error == SETTINGS_OK && wanted == EVERY_SETTING)
        error = check_together(settings, purpose, complaint);
    if (error != SETTINGS_OK)
        goto out;
    complaint[0] = '\0';
    *loaded = settings;
    settings = NULL;
out:
    secret_free(file);
    settings_free(settings);
    return error;
}

enum settings_error settings_load(const char *file_path, enum settings_purpose purpose,
                                  struct settings **loaded,
                                  char complaint[static SETTINGS_COMPLAINT_BYTES]) {
    return load(file_path, purpose, EVERY_SETTING, loaded, complaint);
}

enum settings_error settings_load_some(const char *file_path, uint64_t wanted,
                                       struct settings **loaded,
                                       char complaint[static SETTINGS_COMPLAINT_BYTES]) {
    return load(file_path, SETTINGS_TO_ADMINISTER, wanted, loaded, complaint);
}

bool settings_is_given(const struct settings *settings, enum setting setting) {
    return settings->is_given[setting];
}

bool settings_has(const struct settings *settings, enum setting setting) {
    return settings->texts[setting] != NULL;
}

const char *settings_text(const struct settings *settings, enum setting setting) {
    return secret_span(settings->texts[setting]).data;
}

struct span settings_secret(const struct settings *settings, enum setting setting) {
    return secret_span(settings->texts[setting]);
}

long settings_number(const struct settings *settings, enum setting setting) {
    return settings->numbers[setting];
}

bool settings_is_on(const struct settings *settings, enum setting setting) {
    return strcmp(settings_text(settings, setting), "on") == 0;
}

bool settings_portal_is_secure(const struct settings *settings) {
    return strncmp(settings_text(settings, SETTING_NEXTAUTH_URL), "https://", 8) == 0;
}

bool settings_lock(const struct settings *settings) {
    bool locked = true;

    for (size_t at = 0; at < SETTING__COUNT; at++)
        if (settings->texts[at] != NULL)
            locked = secret_lock(settings->texts[at]) && locked;
    return locked;
}

void settings_free(struct settings *settings) {
    if (settings == NULL)
        return;
    for (size_t at = 0; at < SETTING__COUNT; at++)
        secret_free(settings->texts[at]);
    free(settings);
}
