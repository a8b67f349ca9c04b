/*
 * call_error: every way an ask about calls can be refused or fail.
 *
 * The functions of schema video_call return a verdict, a word; here the words become an
 * enum. tests/sql/run compares the two lists.
 */
#ifndef VIDEO_CALL_CALL_ERROR_H
#define VIDEO_CALL_CALL_ERROR_H

#include "base/attributes.h"
#include "postgres/result.h"

enum call_error {
    CALL_OK = 0,
    CALL_E_MENTORSHIP_NOT_FOUND,
    CALL_E_NOT_A_PARTICIPANT, /* the caller is neither instructor nor mentee */
    CALL_E_MENTORSHIP_NOT_ACTIVE,
    CALL_E_CALL_NOT_FOUND,
    CALL_E_CALL_NOT_STARTED, /* a mentee's start: only the instructor may open */
    CALL_E_NO_CALL,          /* an Agora event that belongs to no call */
    CALL_E_INVALID_CURSOR,   /* not a cursor from an earlier page */
    CALL_E_UNAVAILABLE,      /* the database didn't answer in time */
    CALL_E_SCHEMA,           /* schema video_call is missing or too old */
    CALL_E_DATABASE,         /* the database returned an error; see the log */
};

/* For a person; static, never NULL. */
const char *call_error_text(enum call_error error);

/* For a result without a verdict: OK, UNAVAILABLE, SCHEMA or DATABASE. */
enum call_error call_error_of_result(const struct result *result) MUST_CHECK NONNULL_ALL;

/*
 * For a result whose first column is the verdict. DATABASE if there is no row, or a word
 * this version doesn't know.
 */
enum call_error call_error_of_verdict(const struct result *result) MUST_CHECK NONNULL_ALL;

#endif
