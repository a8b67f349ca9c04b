#include "ctl.h"

#include "base/json_add.h"
#include "base/secret.h"

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
    char *text = calloc(1, SCRIPT_MAX_BYTES + 1);
    const char *fault = "out of memory";
    FILE *file = NULL;

    if (text == NULL)
        goto out;
    file = fopen(path, "re");
    fault = file == NULL ? strerror(errno) : NULL;
    if (file == NULL)
        goto out;
    size_t bytes = fread(text, 1, SCRIPT_MAX_BYTES, file);
    if (ferror(file))
        fault = "it cannot be read";
    else if (bytes == 0)
        fault = "it is empty";
    else if (bytes == SCRIPT_MAX_BYTES)
        fault = "it is over 1 MiB";
out:
    if (file != NULL)
        (void)fclose(file);
    if (fault == NULL)
        return text;
    ctl_complain("cannot read %s: %s", path, fault);
    free(text);
    return NULL;
}

/* Never an argument: others would see it. */
static struct span administrator_url(const struct ctl *ctl) {
    struct span url = span_of_text(getenv("ADMIN_DATABASE_URL"));

    if (url.length_bytes > 0)
        return url;
    ctl_complain("ADMIN_DATABASE_URL is not set: trying as DATABASE_URL's role");
    return settings_secret(ctl->settings, SETTING_DATABASE_URL);
}

/*
 * A script is one transaction: where the server said what is wrong, nothing has changed.
 * Where the connection was lost instead, nobody can tell here.
 */
static enum ctl_exit apply(const struct ctl *ctl, const char *path, const char *script) {
    struct database *database = ctl_open_database(ctl, administrator_url(ctl));
    char fault[DATABASE_FAULT_BYTES];

    if (database == NULL)
        return CTL_UNREACHABLE;
    enum database_error error =
        database_run_script(database, script, TIMEOUT_MS, show_notice, NULL, fault);
    database_close(database);
    if (error == DATABASE_OK)
        return CTL_DONE;
    if (fault[0] != '\0')
        ctl_complain("%s was not applied, and nothing changed: %s", path, fault);
    else
        ctl_complain("%s may or may not have been applied: %s. It is safe to run migrate"
                     " again",
                     path, database_error_text(error));
    return error == DATABASE_E_UNAVAILABLE ? CTL_UNREACHABLE : CTL_FAILED;
}

static enum ctl_exit apply_file(const struct ctl *ctl, const char *path) {
    char *script = read_script(path);

    if (script == NULL)
        return CTL_FAILED;
    enum ctl_exit exit_status = apply(ctl, path, script);
    free(script);
    if (exit_status == CTL_DONE && !ctl->wants_json)
        printf("applied %s\n", path);
    return exit_status;
}

static void print_done(const struct ctl *ctl, const char *const *paths) {
    json_object *json, *applied;

    if (!ctl->wants_json) {
        puts("now: video-callctl check");
        return;
    }
    json = json_object_new_object();
    applied = json_object_new_array();
    for (; *paths != NULL; paths++)
        (void)json_object_array_add(applied, json_object_new_string(*paths));
    (void)json_object_object_add(json, "applied", applied);
    ctl_print_json(json);
}

enum ctl_exit ctl_migrate(const struct ctl *ctl) {
    static const char *const INSTALLED[] = {
        VIDEO_CALL_SQL_FOLDER "/add_video_calls_table.sql",
        VIDEO_CALL_SQL_FOLDER "/video_call_functions.sql", NULL};
    const char *const *paths =
        ctl->arguments[0] == NULL ? INSTALLED : (const char *const *)ctl->arguments;

    for (size_t at = 0; paths[at] != NULL; at++) {
        enum ctl_exit exit_status = apply_file(ctl, paths[at]);
        if (exit_status != CTL_DONE)
            return exit_status;
    }
    print_done(ctl, paths);
    return CTL_DONE;
}
