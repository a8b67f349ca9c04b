#include "exchange.h"

#include "body.h"

#include <stdio.h>

enum problem exchange_take_mentorship_id(struct exchange *exchange, struct uuid *id) {
    enum problem problem =
        body_take_uuid(exchange->body, "mentorshipId", PROBLEM_MISSING_MENTORSHIP_ID,
                       PROBLEM_INVALID_MENTORSHIP_ID, id);

    if (problem == PROBLEM_NONE)
        memcpy(exchange->mentorship_id, id->text, sizeof id->text);
    return problem;
}

enum problem exchange_take_call_id(struct exchange *exchange, struct uuid *id) {
    enum problem problem = body_take_uuid(exchange->body, "callId", PROBLEM_MISSING_CALL_ID,
                                          PROBLEM_INVALID_CALL_ID, id);

    if (problem == PROBLEM_NONE)
        memcpy(exchange->call_id, id->text, sizeof id->text);
    return problem;
}

void exchange_add_text(json_object *object, const char *name, const char *value) {
    (void)json_object_object_add(object, name,
                                 value == NULL ? NULL : json_object_new_string(value));
}

void exchange_add_text_or_null(json_object *object, const char *name, const char *value) {
    exchange_add_text(object, name, value[0] == '\0' ? NULL : value);
}

void exchange_add_integer(json_object *object, const char *name, int64_t value) {
    (void)json_object_object_add(object, name, json_object_new_int64(value));
}

void exchange_add_boolean(json_object *object, const char *name, bool value) {
    (void)json_object_object_add(object, name, json_object_new_boolean(value));
}

static json_object *participant_json(const struct call_participant *participant) {
    json_object *json = json_object_new_object();

    exchange_add_text(json, "role", mentorship_role_text(participant->role));
    exchange_add_text(json, "name", participant->name);
    exchange_add_text(json, "joinedAt", participant->joined_at);
    exchange_add_text_or_null(json, "leftAt", participant->left_at);
    return json;
}

void exchange_add_participants(json_object *object,
                               const struct call_participant sides[CALL_SIDE__COUNT]) {
    json_object *list = json_object_new_array();

    for (size_t side = 0; side < CALL_SIDE__COUNT; side++)
        if (sides[side].role != MENTORSHIP_NOBODY)
            (void)json_object_array_add(list, participant_json(&sides[side]));
    (void)json_object_object_add(object, "participants", list);
}
