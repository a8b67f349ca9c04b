/*
 * call_participant: one side of a call as answers show it, read from the columns that
 * CALL_SIDE_FIELDS of call_rules.h selects. For the call_ modules.
 */
#ifndef VIDEO_CALL_CALL_PARTICIPANT_H
#define VIDEO_CALL_CALL_PARTICIPANT_H

#include "database.h"
#include "mentorship.h"

#define CALL_PARTICIPANT_FIELDS 4

/* The two sides of a call, in the order of every array of them. */
enum call_side { CALL_SIDE_INSTRUCTOR, CALL_SIDE_MENTEE, CALL_SIDE__COUNT };

struct call_participant {
    enum mentorship_role role; /* NOBODY: this side never joined; the rest is then unset */
    const char *name;          /* NULL where the portal has none; the answer's */
    char joined_at[MENTORSHIP_TIME_BYTES];
    char left_at[MENTORSHIP_TIME_BYTES]; /* empty: is there */
};

/*
 * Reads both sides from one row, the instructor's columns first. The names live as long as
 * the answer.
 */
void call_participant_read(const struct database_answer *answer, int row, int first_field,
                           struct call_participant sides[static CALL_SIDE__COUNT]);

#endif
