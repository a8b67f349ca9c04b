#include "calls/participant.h"

#include "base/json_add.h"

enum side_field { SIDE_NAME, SIDE_JOINED_AT, SIDE_LEFT_AT, SIDE__COUNT };

static void read_side(const struct result *result, int row, int first_field,
                      enum call_role role, struct participant *side) {
    *side = (struct participant){.role = CALL_ROLE_NONE};
    if (result_text(result, row, first_field + SIDE_JOINED_AT) == NULL)
        return;
    side->role = role;
    side->name = result_text(result, row, first_field + SIDE_NAME);
    result_copy(result, row, first_field + SIDE_JOINED_AT, side->joined_at,
                sizeof side->joined_at);
    result_copy(result, row, first_field + SIDE_LEFT_AT, side->left_at,
                sizeof side->left_at);
}

void participants_read(const struct result *result, int row, int first_field,
                       struct participants *participants) {
    read_side(result, row, first_field, CALL_ROLE_INSTRUCTOR, &participants->instructor);
    read_side(result, row, first_field + SIDE__COUNT, CALL_ROLE_MENTEE,
              &participants->mentee);
}

static void add_side(json_object *list, const struct participant *side) {
    if (side->role == CALL_ROLE_NONE)
        return;
    json_object *json = json_object_new_object();
    json_add_text(json, "role", call_role_text(side->role));
    json_add_text(json, "name", side->name);
    json_add_text(json, "joinedAt", side->joined_at);
    json_add_text_or_null(json, "leftAt", side->left_at);
    (void)json_object_array_add(list, json);
}

void participants_add_json(json_object *object, const struct participants *participants) {
    json_object *list = json_object_new_array();

    add_side(list, &participants->instructor);
    add_side(list, &participants->mentee);
    (void)json_object_object_add(object, "participants", list);
}
