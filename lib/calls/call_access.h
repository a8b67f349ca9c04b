/*
 * call_access: whether someone may join a mentorship's call now, and in which role. A token
 * is made from the result.
 *
 * As everywhere in lib/calls, there are two halves: _ask makes the statement, _read reads
 * the result. The rules are in sql/video_call_functions.sql.
 */
#ifndef VIDEO_CALL_CALL_ACCESS_H
#define VIDEO_CALL_CALL_ACCESS_H

#include "base/attributes.h"
#include "calls/call_error.h"
#include "calls/call_types.h"
#include "postgres/ask.h"

#include <stdint.h>

struct call_access {
    enum call_role role;
    int64_t now_sec;                  /* the database's clock, seconds since 1970 */
    char expires_at[CALL_TIME_BYTES]; /* now + lifetime_sec */
};

void call_access_ask(struct ask *ask, const struct call_caller *caller,
                     const struct uuid *mentorship_id, long lifetime_sec) NONNULL_ALL;

/*
 * Fills access on OK only. Errors: MENTORSHIP_NOT_FOUND, NOT_A_PARTICIPANT,
 * MENTORSHIP_NOT_ACTIVE, UNAVAILABLE, SCHEMA, DATABASE.
 */
enum call_error call_access_read(const struct result *result,
                                 struct call_access *access) MUST_CHECK NONNULL_ALL;

#endif
