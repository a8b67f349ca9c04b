#include "ctl.h"

#include "call_roster.h"
#include "json_add.h"
#include "service.h"

#include <stdio.h>

static json_object *call_json(const struct call_roster_call *call) {
    json_object *json = json_object_new_object();

    json_add_text(json, "callId", call->call_id);
    json_add_text(json, "mentorshipId", call->mentorship_id);
    json_add_text(json, "startTime", call->start_time);
    json_add_text(json, "lastSignTime", call->last_sign_time);
    json_add_integer(json, "ageSeconds", call->age_sec);
    json_add_boolean(json, "stale", call->is_stale);
    json_add_participants(json, call->participants);
    return json;
}

static void print_calls_json(const struct call_roster *roster) {
    json_object *json = json_object_new_object();
    json_object *calls = json_object_new_array();

    for (int at = 0; at < roster->call_count; at++)
        (void)json_object_array_add(calls, call_json(&roster->calls[at]));
    (void)json_object_object_add(json, "calls", calls);
    ctl_print_json(json);
}

static void print_side(const struct call_participant *side, const char *role) {
    if (side->role == MENTORSHIP_NOBODY)
        printf("  %s: never came\n", role);
    else if (side->left_at[0] != '\0')
        printf("  %s: %s, left %s\n", role, side->name == NULL ? "no name" : side->name,
               side->left_at);
    else
        printf("  %s: %s, there since %s\n", role,
               side->name == NULL ? "no name" : side->name, side->joined_at);
}

static void print_call(const struct call_roster_call *call) {
    char age[CTL_AGE_BYTES];

    ctl_age_text(call->age_sec, age);
    printf("%s  for %s%s\n", call->call_id, age,
           call->is_stale ? ", stale: about to be closed" : "");
    printf("  mentorship %s\n  last sign of life %s\n", call->mentorship_id,
           call->last_sign_time);
    print_side(&call->participants[CALL_SIDE_INSTRUCTOR], "instructor");
    print_side(&call->participants[CALL_SIDE_MENTEE], "mentee");
}

static void print_calls(const struct call_roster *roster) {
    for (int at = 0; at < roster->call_count; at++)
        print_call(&roster->calls[at]);
    printf("%d active call%s%s\n", roster->call_count, roster->call_count == 1 ? "" : "s",
           roster->call_count == CALL_ROSTER_MOST ? " at least: the oldest are not listed"
                                                  : "");
}

static enum ctl_exit exit_of(enum call_roster_error error) {
    if (error == CALL_ROSTER_OK)
        return CTL_DONE;
    ctl_complain("%s", call_roster_error_text(error));
    return error == CALL_ROSTER_E_UNAVAILABLE ? CTL_UNREACHABLE : CTL_FAILED;
}

enum ctl_exit ctl_calls(const struct ctl *ctl) {
    struct call_ledger_patience patience = service_patience(ctl->settings);
    struct call_roster roster = {.calls = NULL};
    struct database *database =
        ctl_open_database(ctl, settings_secret(ctl->settings, SETTING_DATABASE_URL));

    if (database == NULL)
        return CTL_UNREACHABLE;
    enum call_roster_error error = call_roster_read(database, &patience, &roster);
    if (error == CALL_ROSTER_OK && ctl->wants_json)
        print_calls_json(&roster);
    else if (error == CALL_ROSTER_OK)
        print_calls(&roster);
    call_roster_free(&roster);
    database_close(database);
    return exit_of(error);
}

static void print_end(const struct ctl *ctl, const struct uuid *call_id,
                      const struct call_ledger_end *end) {
    char age[CTL_AGE_BYTES];

    if (ctl->wants_json) {
        json_object *json = json_object_new_object();
        json_add_text(json, "callId", call_id->text);
        json_add_text(json, "mentorshipId", end->mentorship_id);
        json_add_text(json, "endTime", end->end_time);
        json_add_integer(json, "durationSeconds", end->duration_sec);
        ctl_print_json(json);
        return;
    }
    ctl_age_text(end->duration_sec, age);
    printf("call %s ended at %s after %s\n", call_id->text, end->end_time, age);
}

enum ctl_exit ctl_end(const struct ctl *ctl) {
    struct call_ledger_end end;
    struct uuid call_id;

    if (!uuid_parse(span_of_text(ctl->arguments[0]), &call_id)) {
        ctl_complain("'%s' is no call's id; video-callctl calls lists them",
                     ctl->arguments[0]);
        return CTL_USAGE;
    }
    struct database *database =
        ctl_open_database(ctl, settings_secret(ctl->settings, SETTING_DATABASE_URL));
    if (database == NULL)
        return CTL_UNREACHABLE;
    enum call_roster_error error = call_roster_end(database, &call_id, &end);
    if (error == CALL_ROSTER_OK)
        print_end(ctl, &call_id, &end);
    database_close(database);
    return exit_of(error);
}
