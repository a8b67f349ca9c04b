/*
 * mentorship_list: what a dashboard shows: the caller's mentorships, each with its active
 * call.
 *
 * Read-only. Its cost grows with the caller's mentorships, not with their past calls.
 */
#ifndef VIDEO_CALL_MENTORSHIP_LIST_H
#define VIDEO_CALL_MENTORSHIP_LIST_H

#include "base/attributes.h"
#include "calls/call_error.h"
#include "calls/call_types.h"
#include "postgres/ask.h"

#define MENTORSHIP_LIST_MAX     500 /* per person; those idle longest are left out */
#define MENTORSHIP_STATUS_BYTES 32

struct mentorship {
    char mentorship_id[CALL_ID_BYTES];
    char status[MENTORSHIP_STATUS_BYTES]; /* as in the portal */
    enum call_role role;                  /* the caller's */
    const char *counterpart_name;         /* NULL if the portal has none; the result's */
    bool counterpart_can_join;            /* they have linked a Discord account */
    char call_id[CALL_ID_BYTES];          /* empty: no active call; the rest is unset */
    char start_time[CALL_TIME_BYTES];
    bool instructor_is_present;
    bool mentee_is_present;
};

void mentorship_list_ask(struct ask *ask, const struct call_caller *caller,
                         const struct call_patience *patience) NONNULL_ALL;

/*
 * Sets *count on OK only; 0 for a caller without a mentorship. Those with the newest call
 * come first. Errors: UNAVAILABLE, SCHEMA, DATABASE.
 */
enum call_error mentorship_list_read(const struct result *result,
                                     int *count) MUST_CHECK NONNULL_ALL;

/* One of the list, from 0. */
void mentorship_list_read_one(const struct result *result, int at,
                              struct mentorship *mentorship) NONNULL_ALL;

#endif
