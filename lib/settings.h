/*
 * settings: everything a deployment can configure, in one table.
 *
 * A setting is an environment variable, or a KEY=value line of one file; the environment
 * overrides the file. The table in settings.c holds each one's name, other name, kind,
 * default, bounds and meaning; `video-call-fcgi --settings` prints that table and the
 * documents are checked against it. The portal's own names are reused, so that one file
 * can serve both.
 *
 * An invalid value is an error that names the setting, never the value. An empty setting
 * counts as not set. Unknown keys in the file are ignored: the portal's file holds many.
 *
 * Values never change after loading; a reload makes a new object.
 */
#ifndef VIDEO_CALL_SETTINGS_H
#define VIDEO_CALL_SETTINGS_H

#include "base/attributes.h"
#include "base/secret.h"
#include "base/span.h"

#include <stdio.h>

enum setting {
    SETTING_AGORA_APP_ID,
    SETTING_AGORA_APP_CERTIFICATE,
    SETTING_AGORA_NOTIFICATION_SECRET,
    SETTING_NEXTAUTH_SECRET,
    SETTING_NEXTAUTH_SECRET_PREVIOUS,
    SETTING_NEXTAUTH_URL,
    SETTING_ASSERTION_PUBLIC_KEY,
    SETTING_ASSERTION_SECRET,
    SETTING_DATABASE_URL,
    SETTING_DATABASE_TIMEOUT_MS,
    SETTING_CONNECTIONS,
    SETTING_PIPELINE,
    SETTING_TOKEN_LIFETIME_SEC,
    SETTING_STUDENT_PUBLISH,
    SETTING_STUDENT_START,
    SETTING_STALE_AFTER_HEARTBEAT_SEC,
    SETTING_STALE_WITHOUT_HEARTBEAT_SEC,
    SETTING_JANITOR_INTERVAL_SEC,
    SETTING_LISTEN,
    SETTING_WORKERS,
    SETTING_REQUESTS_MAX,
    SETTING_REQUEST_TIMEOUT_MS,
    SETTING_SHUTDOWN_TIMEOUT_MS,
    SETTING_LOG_LEVEL,
    SETTING__COUNT
};

enum setting_kind {
    SETTING_KIND_TEXT,
    SETTING_KIND_SECRET, /* text that lives in guarded memory and is never printed */
    SETTING_KIND_NUMBER, /* decimal, within the row's bounds */
    SETTING_KIND_SWITCH, /* on | off */
    SETTING_KIND_CHOICE, /* one of the words in the row, separated by '|' */
};

/* One row of the table. Texts are static. */
struct setting_row {
    const char *name;
    const char *other_name; /* read if name isn't set; NULL: none */
    enum setting_kind kind;
    const char *default_value; /* as it would be written; NULL: not set */
    long min, max;             /* numbers only, both inclusive */
    const char *choices;       /* choices only, "auto|off" */
    const char *meaning;       /* one sentence, without its full stop */
};

enum settings_error {
    SETTINGS_OK = 0,
    SETTINGS_E_MEMORY, /* out of memory */
    SETTINGS_E_FILE,   /* the file can't be read, is over 64 KiB, or a line has no '=' */
    SETTINGS_E_VALUE,  /* a value is invalid, or two settings exclude each other */
};

/* What the settings are for, which decides what must be set. */
enum settings_purpose {
    SETTINGS_TO_SERVE,      /* a key that identifies callers is needed */
    SETTINGS_TO_ADMINISTER, /* the caller checks for what it needs */
};

#define SETTINGS_COMPLAINT_BYTES 256

struct settings;

/* The row of one setting; never NULL. */
const struct setting_row *settings_row(enum setting setting);

/* Prints the whole table with the defaults, but no value of this deployment. */
void settings_print_table(FILE *out) NONNULL_ALL;

/*
 * Reads all settings from the process's environment and, if file_path isn't NULL, from that
 * file (lines KEY=value; blank lines and lines starting with '#' are ignored, as are an
 * "export " in front and one pair of quotes around the value), and checks them: forms,
 * bounds, that the two assertion keys aren't both set, and that deadlines nest (database <
 * request < shutdown).
 *
 * On success *loaded is a new object for settings_free. On failure *loaded is NULL and
 * complaint holds one line that names the setting (or file and line number) and what is
 * wrong, without any value.
 */
enum settings_error
settings_load(const char *file_path, enum settings_purpose purpose,
              struct settings **loaded,
              char complaint[static SETTINGS_COMPLAINT_BYTES]) MUST_CHECK;

/*
 * The same for a program that uses only some: those whose bits, 1 << setting, are in
 * wanted. The others are neither read nor checked, and have their defaults. How settings
 * fit together is checked only if wanted has all bits; what serving needs, never.
 */
enum settings_error
settings_load_some(const char *file_path, uint64_t wanted, struct settings **loaded,
                   char complaint[static SETTINGS_COMPLAINT_BYTES]) MUST_CHECK;

/* Whether it has a value, given or by default. */
bool settings_has(const struct settings *settings, enum setting setting) NONNULL_ALL;

/* Whether the environment or the file gave its value, and not the default. */
bool settings_is_given(const struct settings *settings, enum setting setting) NONNULL_ALL;

/* TEXT and CHOICE: the value, NULL if not set. Valid until settings_free. */
const char *settings_text(const struct settings *settings,
                          enum setting setting) NONNULL_ALL;

/* SECRET: the value, absent if not set. Valid until settings_free, which wipes it. */
struct span settings_secret(const struct settings *settings,
                            enum setting setting) NONNULL_ALL;

/* NUMBER: the value; every number has a default. */
long settings_number(const struct settings *settings, enum setting setting) NONNULL_ALL;

/* SWITCH: whether it is on; every switch has a default. */
bool settings_is_on(const struct settings *settings, enum setting setting) NONNULL_ALL;

/*
 * Whether NEXTAUTH_URL is https: then the portal's cookie has the __Secure- name, and only
 * that one counts.
 */
bool settings_portal_is_secure(const struct settings *settings) NONNULL_ALL;

/*
 * Locks all values against swapping, in a child after fork(), which doesn't inherit locks.
 * False if the system refuses to lock some of them.
 */
bool settings_lock(const struct settings *settings) NONNULL_ALL;

/* Wipes and frees; NULL is fine. */
void settings_free(struct settings *settings);

#endif
