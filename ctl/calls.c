#include "ctl.h"

#include "base/json_add.h"
#include "calls/active_calls.h"
#include "context.h"

#include <stdio.h>
#include <string.h>

static enum ctl_exit exit_of(const char *subcommand, enum call_error error) {
    if (error == CALL_OK)
        return CTL_DONE;
    ctl_complain("%s: %s", subcommand, call_error_text(error));
    return error == CALL_E_UNAVAILABLE ? CTL_UNREACHABLE : CTL_FAILED;
}

static const char *name_of(const struct participant *side) {
    return side->name == NULL ? "(no name)" : side->name;
}

/* ── calls: JSON ─────────────────────────────────────────────────────────────────────── */

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

static void print_calls_json(const struct result *result, int count, bool is_cut) {
    json_object *json = json_object_new_object();
    json_object *calls = json_object_new_array();
    struct active_call call;

    for (int at = 0; at < count; at++) {
        active_calls_read_one(result, at, &call);
        (void)json_object_array_add(calls, call_json(&call));
    }
    (void)json_object_object_add(json, "calls", calls);
    json_add_boolean(json, "more", is_cut);
    ctl_print_json(json);
}

/* ── calls: several lines each ───────────────────────────────────────────────────────── */

static void print_side(const struct participant *side, const char *role) {
    if (side->role == CALL_ROLE_NONE)
        ctl_say("  %s: has not joined", role);
    else if (side->left_at[0] != '\0')
        ctl_say("  %s: %s, left at %s", role, name_of(side), side->left_at);
    else
        ctl_say("  %s: %s, joined at %s", role, name_of(side), side->joined_at);
}

static void print_long(const struct result *result, int count) {
    struct active_call call;
    char age[CTL_AGE_BYTES];

    for (int at = 0; at < count; at++) {
        active_calls_read_one(result, at, &call);
        ctl_age_text(call.age_sec, age);
        ctl_say("%s  active for %s%s", call.call_id, age,
                call.is_stale ? ", stale: about to be closed" : "");
        ctl_say("  mentorship %s", call.mentorship_id);
        ctl_say("  started at %s", call.start_time);
        ctl_say("  last sign of life at %s", call.last_sign_time);
        print_side(&call.participants.instructor, "instructor");
        print_side(&call.participants.mentee, "mentee");
    }
}

/* ── calls: a table ──────────────────────────────────────────────────────────────────── */

enum column {
    COLUMN_CALL,
    COLUMN_AGE,
    COLUMN_STATE,
    COLUMN_INSTRUCTOR,
    COLUMN_MENTEE,
    COLUMN__COUNT
};

static const char *const HEADER[COLUMN__COUNT] = {"CALL", "AGE", "STATE", "INSTRUCTOR",
                                                  "MENTEE"};

/* One line of the table. */
struct line {
    struct active_call call;
    char age[CTL_AGE_BYTES];
    char sides[2][256];
    const char *cells[COLUMN__COUNT];
};

static const char *side_cell(const struct participant *side, char text[static 256]) {
    if (side->role == CALL_ROLE_NONE)
        return "-";
    (void)snprintf(text, 256, "%s%s", side->left_at[0] == '\0' ? "" : "(left) ",
                   name_of(side));
    return text;
}

static void read_line(const struct result *result, int at, struct line *line) {
    active_calls_read_one(result, at, &line->call);
    ctl_age_text(line->call.age_sec, line->age);
    line->cells[COLUMN_CALL] = line->call.call_id;
    line->cells[COLUMN_AGE] = line->age;
    line->cells[COLUMN_STATE] = line->call.is_stale ? "stale" : "active";
    line->cells[COLUMN_INSTRUCTOR] =
        side_cell(&line->call.participants.instructor, line->sides[0]);
    line->cells[COLUMN_MENTEE] = side_cell(&line->call.participants.mentee, line->sides[1]);
}

static void widen(const char *const cells[], int widths[static COLUMN__COUNT]) {
    for (int column = 0; column < COLUMN__COUNT; column++) {
        int columns = terminal_cell_columns(cells[column]);
        if (columns > widths[column])
            widths[column] = columns;
    }
}

static void print_cells(const char *const cells[], const int widths[]) {
    for (int column = 0; column < COLUMN__COUNT; column++) {
        bool is_last = column == COLUMN__COUNT - 1;
        terminal_cell(stdout, cells[column], is_last ? 0 : widths[column]);
        fputs(is_last ? "\n" : "  ", stdout);
    }
}

static void print_table(const struct result *result, int count) {
    int widths[COLUMN__COUNT] = {0};
    struct line line;

    widen(HEADER, widths);
    for (int at = 0; at < count; at++) {
        read_line(result, at, &line);
        widen(line.cells, widths);
    }
    print_cells(HEADER, widths);
    for (int at = 0; at < count; at++) {
        read_line(result, at, &line);
        print_cells(line.cells, widths);
    }
}

/* ── calls ───────────────────────────────────────────────────────────────────────────── */

static void print_calls(const struct ctl *ctl, const struct result *result, int count,
                        bool is_cut) {
    if (ctl->wants_json) {
        print_calls_json(result, count, is_cut);
        return;
    }
    if (ctl->wants_long)
        print_long(result, count);
    else if (count > 0)
        print_table(result, count);
    ctl_say("%d active call%s%s", count, count == 1 ? "" : "s",
            is_cut ? " listed; older ones are not" : "");
}

enum ctl_exit ctl_calls(const struct ctl *ctl) {
    struct call_patience patience = context_patience(ctl->settings);
    int limit = (int)ctl->limit, count = 0;
    struct result result;
    struct ask ask;

    active_calls_ask(&ask, &patience, limit + 1);
    if (!ctl_ask(ctl, &ask, &result))
        return CTL_UNREACHABLE;
    enum call_error error = active_calls_read(&result, &count);
    if (error == CALL_OK)
        print_calls(ctl, &result, count < limit ? count : limit, count > limit);
    result_free(&result);
    return exit_of("calls", error);
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
    if (end->was_active)
        ctl_say("call %s ended at %s after %s", call_id->text, end->end_time, age);
    else
        ctl_say("call %s was already over: it ended at %s after %s; nothing was changed",
                call_id->text, end->end_time, age);
}

enum ctl_exit ctl_end(const struct ctl *ctl) {
    struct call_patience patience = context_patience(ctl->settings);
    struct active_call_end end;
    struct result result;
    struct uuid call_id;
    struct ask ask;

    if (!ctl_take_uuid(ctl->arguments[0], "end: CALL", &call_id))
        return CTL_USAGE;
    active_calls_end_ask(&ask, &call_id, &patience);
    if (!ctl_ask(ctl, &ask, &result))
        return CTL_UNREACHABLE;
    enum call_error error = active_calls_end_read(&result, &end);
    result_free(&result);
    if (error == CALL_OK)
        print_end(ctl, &call_id, &end);
    return exit_of("end", error);
}
