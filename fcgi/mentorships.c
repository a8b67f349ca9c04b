#include "routes.h"

#include "calls/mentorship_list.h"
#include "problem_of.h"

enum problem mentorships_ask(struct exchange *exchange) {
    struct call_patience patience = exchange_patience(exchange);
    struct call_caller caller = exchange_caller(exchange);

    mentorship_list_ask(&exchange->pending.ask, &caller, &patience);
    return PROBLEM_NONE;
}

static json_object *active_call_json(const struct mentorship *mentorship) {
    if (mentorship->call_id[0] == '\0')
        return NULL;
    json_object *json = json_object_new_object();
    json_add_text(json, "callId", mentorship->call_id);
    json_add_text(json, "startTime", mentorship->start_time);
    json_add_boolean(json, "instructorPresent", mentorship->instructor_is_present);
    json_add_boolean(json, "menteePresent", mentorship->mentee_is_present);
    return json;
}

static json_object *mentorship_json(const struct mentorship *mentorship) {
    json_object *json = json_object_new_object();
    json_object *counterpart = json_object_new_object();

    json_add_text(json, "id", mentorship->mentorship_id);
    json_add_text(json, "status", mentorship->status);
    json_add_text(json, "role", call_role_text(mentorship->role));
    json_add_text(counterpart, "name", mentorship->counterpart_name);
    json_add_boolean(counterpart, "canJoin", mentorship->counterpart_can_join);
    (void)json_object_object_add(json, "counterpart", counterpart);
    (void)json_object_object_add(json, "activeCall", active_call_json(mentorship));
    return json;
}

enum problem mentorships_answer(struct exchange *exchange) {
    int count = 0;

    enum problem problem =
        problem_of_call(mentorship_list_read(&exchange->pending.result, &count));
    if (problem != PROBLEM_NONE)
        return problem;
    json_object *list = json_object_new_array();
    for (int at = 0; at < count; at++) {
        struct mentorship mentorship;
        mentorship_list_read_one(&exchange->pending.result, at, &mentorship);
        (void)json_object_array_add(list, mentorship_json(&mentorship));
    }
    (void)json_object_object_add(exchange->json, "mentorships", list);
    return PROBLEM_NONE;
}
