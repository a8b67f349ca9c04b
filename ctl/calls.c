#include "ctl.h"

#include "base/json_add.h"
#include "calls/active_calls.h"
#include "context.h"

#include <stdio.h>

static enum ctl_exit exit_of(enum call_error error) {
    if (error == CALL_OK)
        return CTL_DONE;
    ctl_complain("%s", call_error_text(error));
    return error == CALL_E_UNAVAILABLE ? CTL_UNREACHABLE : CTL_FAILED;
}

/* ── calls ───────────────────────────────────────────────────────────────────────────── */

static json_object *call_json(const struct active_call *call) {
    json_object *json = json_object_new_object();

    json_add_text(json, "callId", call->call_id);
    json_add_text(json, "mentorshipId", call->mentorship_id);
    json_add_text(json, "startTime", call->start_time);
    json_add_text(json, "lastSignTime", call->last_sign_time);
    json_add_integer(json, "ageSeconds", call->age_sec);
    json_add_boolean(json, "stale", call->is_stale);
    participants_add_json(json, &call->participants);
    return json;
}

static void print_calls_json(const struct result *result, int count) {
    json_object *json = json_object_new_object();
    json_object *calls = json_object_new_array();
    struct active_call call;

    for (int at = 0; at < count; at++) {
        active_calls_read_one(result, at, &call);
        (void)json_object_array_add(calls, call_json(&call));
    }
    (void)json_object_object_add(json, "calls", calls);
    ctl_print_json(json);
}

static void print_side(const struct participant *side, const char *role) {
    const char *name = side->name == NULL ? "no name" : side->name;

    if (side->role == CALL_ROLE_NONE)
        printf("  %s: never came\n", role);
    else if (side->left_at[0] != '\0')
        printf("  %s: %s, left %s\n", role, name, side->left_at);
    else
        printf("  %s: %s, there since %s\n", role, name, side->joined_at);
}

static void print_call(const struct active_call *call) {
    char age[CTL_AGE_BYTES];

    ctl_age_text(call->age_sec, age);
    printf("%s  for %s%s\n", call->call_id, age,
           call->is_stale ? ", stale: about to be closed" : "");
    printf("  mentorship %s\n  last sign of life %s\n", call->mentorship_id,
           call->last_sign_time);
    print_side(&call->participants.instructor, "instructor");
    print_side(&call->participants.mentee, "mentee");
}

static void print_calls(const struct result *result, int count) {
    struct active_call call;

    for (int at = 0; at < count; at++) {
        active_calls_read_one(result, at, &call);
        print_call(&call);
    }
    printf("%d active call%s%s\n", count, count == 1 ? "" : "s",
           count == ACTIVE_CALLS_MAX ? " at least: the oldest are not listed" : "");
}

enum ctl_exit ctl_calls(const struct ctl *ctl) {
    struct call_patience patience = context_patience(ctl->settings);
    struct result result;
    struct ask ask;
    int count = 0;

    active_calls_ask(&ask, &patience);
    if (!ctl_ask(ctl, &ask, &result))
        return CTL_UNREACHABLE;
    enum call_error error = active_calls_read(&result, &count);
    if (error == CALL_OK && ctl->wants_json)
        print_calls_json(&result, count);
    else if (error == CALL_OK)
        print_calls(&result, count);
    result_free(&result);
    return exit_of(error);
}

/* ── end ─────────────────────────────────────────────────────────────────────────────── */

static void print_end(const struct ctl *ctl, const struct uuid *call_id,
                      const struct active_call_end *end) {
    char age[CTL_AGE_BYTES];

    if (ctl->wants_json) {
        json_object *json = json_object_new_object();
        json_add_text(json, "callId", call_id->text);
        json_add_text(json, "mentorshipId", end->mentorship_id);
        json_add_text(json, "endTime", end->end_time);
        json_add_integer(json, "durationSeconds", end->duration_sec);
        json_add_boolean(json, "wasActive", end->was_active);
        ctl_print_json(json);
        return;
    }
    ctl_age_text(end->duration_sec, age);
    printf(end->was_active ? "call %s ended at %s after %s\n"
                           : "call %s was over already: it ended at %s after %s\n",
           call_id->text, end->end_time, age);
}

enum ctl_exit ctl_end(const struct ctl *ctl) {
    struct call_patience patience = context_patience(ctl->settings);
    struct active_call_end end;
    struct result result;
    struct uuid call_id;
    struct ask ask;

    if (!uuid_parse(span_of_text(ctl->arguments[0]), &call_id)) {
        ctl_complain("'%s' is no call's id; video-callctl calls lists them",
                     ctl->arguments[0]);
        return CTL_USAGE;
    }
    active_calls_end_ask(&ask, &call_id, &patience);
    if (!ctl_ask(ctl, &ask, &result))
        return CTL_UNREACHABLE;
    enum call_error error = active_calls_end_read(&result, &end);
    result_free(&result);
    if (error == CALL_OK)
        print_end(ctl, &call_id, &end);
    return exit_of(error);
}
