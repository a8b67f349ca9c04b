/*
 * participant: the two participants of a call as the API shows them.
 */
#ifndef VIDEO_CALL_PARTICIPANT_H
#define VIDEO_CALL_PARTICIPANT_H

#include "base/attributes.h"
#include "calls/call_types.h"
#include "postgres/result.h"

#include <json-c/json.h>

/*
 * The columns of both participants, the instructor's first; every statement that shows them
 * has these last.
 */
#define PARTICIPANT_COLUMNS                                                                \
    "instructor_name, instructor_joined_at, instructor_left_at,"                           \
    " mentee_name, mentee_joined_at, mentee_left_at"

struct participant {
    enum call_role role; /* NONE: never joined; the rest is unset */
    const char *name;    /* NULL if the portal has none; lives as long as the result */
    char joined_at[CALL_TIME_BYTES];
    char left_at[CALL_TIME_BYTES]; /* empty: still in the call */
};

struct participants {
    struct participant instructor, mentee;
};

/* Reads both from a row whose PARTICIPANT_COLUMNS start at first_field. */
void participants_read(const struct result *result, int row, int first_field,
                       struct participants *participants) NONNULL_ALL;

/* Adds "participants" to a JSON object: an array of those who have joined. */
void participants_add_json(json_object *object,
                           const struct participants *participants) NONNULL_ALL;

#endif
