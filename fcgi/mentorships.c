#include "exchange.h"

#include "call_overview.h"

static json_object *active_call_json(const struct call_overview_item *item) {
    if (item->call_id[0] == '\0')
        return NULL;
    json_object *json = json_object_new_object();
    json_add_text(json, "callId", item->call_id);
    json_add_text(json, "startTime", item->start_time);
    json_add_boolean(json, "instructorPresent", item->instructor_is_there);
    json_add_boolean(json, "menteePresent", item->mentee_is_there);
    return json;
}

static json_object *mentorship_json(const struct call_overview_item *item) {
    json_object *json = json_object_new_object();
    json_object *counterpart = json_object_new_object();

    json_add_text(json, "id", item->mentorship_id);
    json_add_text(json, "status", item->status);
    json_add_text(json, "role", mentorship_role_text(item->role));
    json_add_text(counterpart, "name", item->counterpart_name);
    (void)json_object_object_add(json, "counterpart", counterpart);
    (void)json_object_object_add(json, "activeCall", active_call_json(item));
    return json;
}

enum problem handle_mentorships(struct exchange *exchange) {
    struct call_ledger_patience patience = service_patience(exchange->service->settings);
    struct call_overview overview = {.items = NULL};

    enum problem problem = problem_of_call_overview(call_overview_read(
        exchange->service->database, exchange->caller.discord_id, &patience, &overview));
    if (problem != PROBLEM_NONE)
        return problem;
    json_object *list = json_object_new_array();
    for (int at = 0; at < overview.item_count; at++)
        (void)json_object_array_add(list, mentorship_json(&overview.items[at]));
    (void)json_object_object_add(exchange->answer, "mentorships", list);
    call_overview_free(&overview);
    return PROBLEM_NONE;
}
