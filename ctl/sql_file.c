#include "sql_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCRIPT_MAX_BYTES (1024 * 1024)
/* For connecting; scripts have another. */
#define DATABASE_TIMEOUT_MS 5000

/* ── reading ─────────────────────────────────────────────────────────────────────────── */

/* What is wrong with the text, or NULL. */
static const char *fault_of(const char *text, size_t bytes) {
    if (bytes == 0)
        return "it is empty";
    if (bytes > SCRIPT_MAX_BYTES)
        return "it is over 1 MiB";
    if (memchr(text, '\0', bytes) != NULL)
        return "it contains a NUL byte: is it UTF-8?";
    return NULL;
}

/* Reads it into text; returns what is wrong, or NULL. */
static const char *read_into(const char *path, char *text) {
    FILE *file = fopen(path, "re");

    if (file == NULL)
        return strerror(errno);
    errno = 0;
    size_t bytes = fread(text, 1, SCRIPT_MAX_BYTES + 1, file);
    const char *fault = ferror(file) ? strerror(errno) : fault_of(text, bytes);
    (void)fclose(file);
    text[bytes] = '\0';
    return fault;
}

char *sql_file_read(const char *path) {
    char *text = malloc(SCRIPT_MAX_BYTES + 2);
    const char *fault = text == NULL ? "out of memory" : read_into(path, text);
    if (fault == NULL)
        return text;
    ctl_complain("cannot read %s: %s", path, fault);
    free(text);
    return NULL;
}

/* ── applying ────────────────────────────────────────────────────────────────────────── */

static void print_notice(void *context, const char *message) {
    (void)context;
    while (message[0] != '\0') {
        int line_bytes = (int)strcspn(message, "\n");
        terminal_line(stderr, "%.*s", line_bytes, message);
        message += line_bytes + (message[line_bytes] == '\n');
    }
}

static const char *advice_for(enum database_error error) {
    if (database_error_is_passing(error))
        return ". This may pass: try again";
    if (error == DATABASE_E_PERMISSION)
        return ". The role in ADMIN_DATABASE_URL must own the portal's tables and be"
               " allowed to create roles and schemas";
    return "";
}

static void complain(const char *name, const struct script_report *report) {
    const char *fault =
        report->fault[0] == '\0' ? database_error_text(report->error) : report->fault;

    switch (report->outcome) {
    case SCRIPT_APPLIED:
        return;
    case SCRIPT_ROLLED_BACK:
        ctl_complain("%s was not applied, and nothing changed: %s%s", name, fault,
                     advice_for(report->error));
        return;
    case SCRIPT_IN_PART:
        ctl_complain("%s was applied in part, up to its last COMMIT before this: %s%s",
                     name, fault, advice_for(report->error));
        return;
    case SCRIPT_UNKNOWN:
        ctl_complain(
            "%s: the outcome is unknown: %s. The server may have applied it, may"
            " still do so, or may have rolled it back. Run it again: the files of a"
            " release are safe to apply again",
            name, fault);
    }
}

static enum ctl_exit exit_of(const struct script_report *report) {
    if (report->outcome == SCRIPT_APPLIED)
        return CTL_DONE;
    return report->outcome == SCRIPT_UNKNOWN ? CTL_UNKNOWN : CTL_FAILED;
}

enum ctl_exit sql_file_apply(const struct ctl *ctl, struct span admin_url, const char *name,
                             const char *script, struct script_report *report) {
    struct database *database =
        ctl_open_database("ADMIN_DATABASE_URL", admin_url, DATABASE_TIMEOUT_MS);

    *report = (struct script_report){.outcome = SCRIPT_ROLLED_BACK,
                                     .error = DATABASE_E_UNAVAILABLE};
    if (database == NULL)
        return CTL_UNREACHABLE;
    database_run_script(database, script, (int)(ctl->timeout_sec * 1000), print_notice,
                        NULL, report);
    database_close(database);
    complain(name, report);
    return exit_of(report);
}

const char *sql_file_outcome_text(enum script_outcome outcome) {
    static const char *const TEXTS[] = {"applied", "not_applied", "in_part", "unknown"};

    return TEXTS[outcome];
}
