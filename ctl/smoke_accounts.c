#include "smoke_accounts.h"

#include "base/json_add.h"
#include "ctl.h"
#include "sql_file.h"

#include <stdio.h>

#define INSTRUCTOR_ROW "ca11ca11-0000-4000-8000-000000000001"
#define MENTEE_ROW     "ca11ca11-0000-4000-8000-000000000002"

#define COMMAND                                                                            \
    "video-callctl smoke URL --instructor " SMOKE_INSTRUCTOR " --mentee " SMOKE_MENTEE     \
    " --mentorship " SMOKE_MENTORSHIP " --stranger " SMOKE_STRANGER

/* clang-format off */
/* Only the columns that the backend needs: see video_call.list_findings. */
static const char SQL[] =
    "-- Test accounts for `video-callctl smoke`: an instructor, a mentee and their mentorship.\n"
    "-- If a table requires more columns, add them to its INSERT. Safe to apply again.\n"
    "DO $$\n"
    "DECLARE\n"
    "    v_required text;\n"
    "BEGIN\n"
    "    INSERT INTO public.instructors (id, name, discord_id)\n"
    "    VALUES ('" INSTRUCTOR_ROW "', 'Smoke test (instructor)',\n"
    "            '" SMOKE_INSTRUCTOR "')\n"
    "    ON CONFLICT (id) DO NOTHING;\n"
    "\n"
    "    INSERT INTO public.mentees (id, display_name, discord_username, discord_id)\n"
    "    VALUES ('" MENTEE_ROW "', 'Smoke test (mentee)',\n"
    "            'smoke-test', '" SMOKE_MENTEE "')\n"
    "    ON CONFLICT (id) DO NOTHING;\n"
    "\n"
    "    INSERT INTO public.mentorships (id, instructor_id, mentee_id, status)\n"
    "    VALUES ('" SMOKE_MENTORSHIP "', '" INSTRUCTOR_ROW "',\n"
    "            '" MENTEE_ROW "', 'active')\n"
    "    ON CONFLICT (id) DO UPDATE SET status = 'active';\n"
    "EXCEPTION\n"
    "    WHEN not_null_violation THEN\n"
    "        SELECT string_agg(a.attrelid::regclass || '.' || a.attname, ', '\n"
    "                          ORDER BY a.attrelid, a.attnum)\n"
    "          INTO v_required\n"
    "          FROM pg_catalog.pg_attribute a\n"
    "         WHERE a.attrelid IN ('public.instructors'::regclass,\n"
    "                              'public.mentees'::regclass,\n"
    "                              'public.mentorships'::regclass)\n"
    "           AND a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull\n"
    "           AND NOT a.atthasdef AND a.attidentity = ''\n"
    "           AND a.attname NOT IN ('id', 'name', 'discord_id', 'display_name',\n"
    "                                 'discord_username', 'instructor_id', 'mentee_id',\n"
    "                                 'status');\n"
    "        RAISE EXCEPTION '% (columns without a default: %)', SQLERRM, v_required\n"
    "              USING HINT = 'Save the SQL (video-callctl smoke-accounts --sql >FILE),'\n"
    "                           ' add values for these, then apply it: video-callctl migrate FILE';\n"
    "    WHEN integrity_constraint_violation OR data_exception THEN\n"
    "        RAISE EXCEPTION '%', SQLERRM\n"
    "              USING HINT = 'Save the SQL (video-callctl smoke-accounts --sql >FILE),'\n"
    "                           ' adapt it to the table, then apply it: video-callctl migrate FILE';\n"
    "END\n"
    "$$;\n";
/* clang-format on */

static void print_sql(const struct ctl *ctl) {
    if (!ctl->wants_json) {
        fputs(SQL, stdout);
        return;
    }
    json_object *json = json_object_new_object();
    json_add_text(json, "sql", SQL);
    ctl_print_json(json);
}

static void print_accounts(const struct ctl *ctl) {
    if (ctl->wants_json) {
        json_object *json = json_object_new_object();
        json_add_text(json, "instructor", SMOKE_INSTRUCTOR);
        json_add_text(json, "mentee", SMOKE_MENTEE);
        json_add_text(json, "mentorship", SMOKE_MENTORSHIP);
        json_add_text(json, "stranger", SMOKE_STRANGER);
        json_add_text(json, "command", COMMAND);
        ctl_print_json(json);
        return;
    }
    ctl_say("instructor   Discord ID %s", SMOKE_INSTRUCTOR);
    ctl_say("mentee       Discord ID %s", SMOKE_MENTEE);
    ctl_say("mentorship   %s", SMOKE_MENTORSHIP);
    ctl_say("next, with the portal's address as URL:");
    ctl_say("  %s", COMMAND);
    ctl_say("or, for the same, video-callctl smoke URL");
}

enum ctl_exit ctl_smoke_accounts(const struct ctl *ctl) {
    struct script_report report;

    if (ctl->wants_sql) {
        print_sql(ctl);
        return CTL_DONE;
    }
    struct secret *admin_url = ctl_admin_url();
    if (admin_url == NULL)
        return CTL_FAILED;
    enum ctl_exit exit_status = sql_file_apply(ctl, secret_span(admin_url),
                                               "the SQL for the accounts", SQL, &report);
    secret_free(admin_url);
    if (exit_status == CTL_DONE)
        print_accounts(ctl);
    return exit_status;
}
