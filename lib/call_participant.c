#include "call_participant.h"

enum participant_field { FIELD_CAME, FIELD_NAME, FIELD_JOINED_AT, FIELD_LEFT_AT };

static void read_side(const struct database_answer *answer, int row, int first_field,
                      enum mentorship_role role, struct call_participant *side) {
    *side = (struct call_participant){.role = MENTORSHIP_NOBODY};
    if (!database_answer_is_true(answer, row, first_field + FIELD_CAME))
        return;
    side->role = role;
    side->name = database_answer_text(answer, row, first_field + FIELD_NAME);
    database_answer_copy(answer, row, first_field + FIELD_JOINED_AT, side->joined_at,
                         sizeof side->joined_at);
    database_answer_copy(answer, row, first_field + FIELD_LEFT_AT, side->left_at,
                         sizeof side->left_at);
}

void call_participant_read(const struct database_answer *answer, int row, int first_field,
                           struct call_participant sides[static CALL_SIDE__COUNT]) {
    read_side(answer, row, first_field, MENTORSHIP_INSTRUCTOR,
              &sides[CALL_SIDE_INSTRUCTOR]);
    read_side(answer, row, first_field + CALL_PARTICIPANT_FIELDS, MENTORSHIP_MENTEE,
              &sides[CALL_SIDE_MENTEE]);
}
