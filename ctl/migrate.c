#include "ctl.h"

#include "json_add.h"
#include "secret.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define SCRIPT_MAX_BYTES (1024 * 1024)
/* The lock on the ledger may be waited for; an index over many calls takes its time. */
#define TIMEOUT_MS 300000

static void show_notice(void *context, const char *message) {
    (void)context;
    fputs(message, stderr);
}

/* malloc'ed and NUL-terminated; NULL, complained of, where it cannot be read. */
static char *read_script(const char *path) {
    FILE *file = fopen(path, "re");
    char *text = calloc(1, SCRIPT_MAX_BYTES + 1);
    size_t bytes = 0;

    if (file != NULL && text != NULL)
        bytes = fread(text, 1, SCRIPT_MAX_BYTES, file);
    bool is_whole = file != NULL && text != NULL && bytes > 0 && !ferror(file) &&
                    bytes < SCRIPT_MAX_BYTES;
    if (!is_whole) {
        ctl_complain("cannot read %s: %s", path,
                     errno != 0 ? strerror(errno) : "empty, or too large");
        free(text);
        text = NULL;
    }
    if (file != NULL)
        (void)fclose(file);
    return text;
}

/* Never an argument: others would see it. */
static struct span administrator_url(const struct ctl *ctl) {
    struct span url = span_of_text(getenv("ADMIN_DATABASE_URL"));

    if (url.length_bytes > 0)
        return url;
    ctl_complain("ADMIN_DATABASE_URL is not set: trying as DATABASE_URL's role");
    return settings_secret(ctl->settings, SETTING_DATABASE_URL);
}

static enum ctl_exit apply(struct database *database, const char *path, const char *script,
                           bool wants_json) {
    char fault[DATABASE_FAULT_BYTES];
    enum database_error error =
        database_run_script(database, script, TIMEOUT_MS, show_notice, NULL, fault);

    if (error != DATABASE_OK) {
        ctl_complain("%s was not applied, and nothing changed: %s", path,
                     fault[0] != '\0' ? fault : database_error_text(error));
        return error == DATABASE_E_UNAVAILABLE ? CTL_UNREACHABLE : CTL_FAILED;
    }
    if (wants_json) {
        json_object *json = json_object_new_object();
        json_add_text(json, "applied", path);
        ctl_print_json(json);
    } else {
        printf("applied %s; now: video-callctl check\n", path);
    }
    return CTL_DONE;
}

enum ctl_exit ctl_migrate(const struct ctl *ctl) {
    const char *path = ctl->arguments[0] != NULL ? ctl->arguments[0] : VIDEO_CALL_MIGRATION;
    enum ctl_exit exit_status = CTL_UNREACHABLE;
    struct database *database = NULL;
    char *script = read_script(path);

    if (script == NULL)
        return CTL_FAILED;
    database = ctl_open_database(ctl, administrator_url(ctl));
    if (database != NULL)
        exit_status = apply(database, path, script, ctl->wants_json);
    database_close(database);
    free(script);
    return exit_status;
}
