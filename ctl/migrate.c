#include "ctl.h"

#include "base/json_add.h"
#include "sql_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What became of the files. */
struct migration {
    const char *const *paths; /* NULL at the end */
    size_t applied_count;
    const char *failed; /* NULL: none */
    struct script_report report;
};

static enum ctl_exit apply(const struct ctl *ctl, struct span admin_url, const char *path,
                           struct migration *migration) {
    char *script = sql_file_read(path);
    enum ctl_exit exit_status = CTL_FAILED;

    if (script != NULL)
        exit_status = sql_file_apply(ctl, admin_url, path, script, &migration->report);
    free(script);
    if (exit_status != CTL_DONE)
        migration->failed = path;
    else if (!ctl->wants_json)
        ctl_say("applied %s", path);
    return exit_status;
}

/* Before anything is applied. */
static bool are_readable(struct migration *migration) {
    for (size_t at = 0; migration->paths[at] != NULL; at++) {
        char *script = sql_file_read(migration->paths[at]);
        if (script == NULL) {
            migration->failed = migration->paths[at];
            return false;
        }
        free(script);
    }
    return true;
}

static enum ctl_exit apply_all(const struct ctl *ctl, struct migration *migration) {
    struct secret *admin_url = are_readable(migration) ? ctl_admin_url() : NULL;
    enum ctl_exit exit_status = admin_url == NULL ? CTL_FAILED : CTL_DONE;

    while (exit_status == CTL_DONE && migration->paths[migration->applied_count] != NULL) {
        exit_status = apply(ctl, secret_span(admin_url),
                            migration->paths[migration->applied_count], migration);
        migration->applied_count += exit_status == CTL_DONE;
    }
    secret_free(admin_url);
    return exit_status;
}

static void print_json(const struct migration *migration) {
    json_object *json = json_object_new_object();
    json_object *applied = json_object_new_array();
    json_object *failed = NULL;

    for (size_t at = 0; at < migration->applied_count; at++)
        (void)json_object_array_add(applied, json_object_new_string(migration->paths[at]));
    (void)json_object_object_add(json, "applied", applied);
    if (migration->failed != NULL) {
        failed = json_object_new_object();
        json_add_text(failed, "file", migration->failed);
        json_add_text(failed, "outcome", sql_file_outcome_text(migration->report.outcome));
        json_add_text_or_null(failed, "message", migration->report.fault);
    }
    (void)json_object_object_add(json, "failed", failed);
    ctl_print_json(json);
}

/* The complaint doesn't repeat the argument: it may contain a password. */
static bool is_url(const char *path) {
    if (strncmp(path, "postgres://", 11) != 0 && strncmp(path, "postgresql://", 13) != 0)
        return false;
    ctl_complain("migrate: every user can see a command line: put the connection string"
                 " into ADMIN_DATABASE_URL");
    return true;
}

enum ctl_exit ctl_migrate(const struct ctl *ctl) {
    static const char *const RELEASE[] = {
        VIDEO_CALL_SQL_FOLDER "/add_video_calls_table.sql",
        VIDEO_CALL_SQL_FOLDER "/video_call_functions.sql", NULL};
    struct migration migration = {
        .paths = ctl->arguments[0] == NULL ? RELEASE : (const char *const *)ctl->arguments,
        .report.outcome = SCRIPT_ROLLED_BACK,
    };

    for (size_t at = 0; migration.paths[at] != NULL; at++)
        if (is_url(migration.paths[at]))
            return CTL_USAGE;
    enum ctl_exit exit_status = apply_all(ctl, &migration);
    if (ctl->wants_json)
        print_json(&migration);
    else if (exit_status == CTL_DONE)
        ctl_say("next: video-callctl check");
    return exit_status;
}
