#include "json_add.h"

void json_add_text(json_object *object, const char *name, const char *value) {
    (void)json_object_object_add(object, name,
                                 value == NULL ? NULL : json_object_new_string(value));
}

void json_add_text_or_null(json_object *object, const char *name, const char *value) {
    json_add_text(object, name, value[0] == '\0' ? NULL : value);
}

void json_add_integer(json_object *object, const char *name, int64_t value) {
    (void)json_object_object_add(object, name, json_object_new_int64(value));
}

void json_add_boolean(json_object *object, const char *name, bool value) {
    (void)json_object_object_add(object, name, json_object_new_boolean(value));
}

static json_object *participant_json(const struct call_participant *participant) {
    json_object *json = json_object_new_object();

    json_add_text(json, "role", mentorship_role_text(participant->role));
    json_add_text(json, "name", participant->name);
    json_add_text(json, "joinedAt", participant->joined_at);
    json_add_text_or_null(json, "leftAt", participant->left_at);
    return json;
}

void json_add_participants(json_object *object,
                           const struct call_participant sides[CALL_SIDE__COUNT]) {
    json_object *list = json_object_new_array();

    for (size_t side = 0; side < CALL_SIDE__COUNT; side++)
        if (sides[side].role != MENTORSHIP_NOBODY)
            (void)json_object_array_add(list, participant_json(&sides[side]));
    (void)json_object_object_add(object, "participants", list);
}
