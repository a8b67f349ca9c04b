/*
 * problem: every way a request can fail, with the status, stable code and sentence that the
 * client gets.
 *
 * The portal's pages show the sentence to a person, so it names no internals. The cause is
 * in the log, under the same request id.
 */
#ifndef VIDEO_CALL_PROBLEM_H
#define VIDEO_CALL_PROBLEM_H

#include "base/attributes.h"

enum problem {
    PROBLEM_NONE = 0,
    PROBLEM_ROUTE_NOT_FOUND,
    PROBLEM_METHOD_NOT_ALLOWED,
    PROBLEM_BAD_REQUEST, /* contradictory headers, or a body cut short */
    PROBLEM_BODY_TOO_LARGE,
    PROBLEM_UNSUPPORTED_MEDIA_TYPE,
    PROBLEM_UNAUTHENTICATED,
    PROBLEM_INVALID_SIGNATURE, /* of Agora's notification */
    PROBLEM_FOREIGN_ORIGIN,
    PROBLEM_MALFORMED_JSON,
    PROBLEM_DUPLICATE_MEMBER,
    PROBLEM_MISSING_MENTORSHIP_ID,
    PROBLEM_INVALID_MENTORSHIP_ID,
    PROBLEM_MISSING_CALL_ID,
    PROBLEM_INVALID_CALL_ID,
    PROBLEM_DUPLICATE_PARAMETER,
    PROBLEM_MALFORMED_QUERY,
    PROBLEM_INVALID_LIMIT,
    PROBLEM_INVALID_CURSOR,
    PROBLEM_MENTORSHIP_NOT_FOUND,
    PROBLEM_CALL_NOT_FOUND,
    PROBLEM_NOT_A_PARTICIPANT,
    PROBLEM_MENTORSHIP_NOT_ACTIVE,
    PROBLEM_CALL_NOT_STARTED,
    PROBLEM_AGORA_NOT_CONFIGURED,
    PROBLEM_DATABASE_UNAVAILABLE,
    PROBLEM_NOT_READY,
    PROBLEM_INTERNAL,
    PROBLEM__COUNT
};

struct problem_row {
    int status;
    const char *code;     /* stable: clients may depend on it */
    const char *sentence; /* for a person */
    int retry_after_sec;  /* 0: no Retry-After */
};

/* The reason phrase of a status in the table, or of 200; "" for any other. Static. */
const char *problem_reason(int status);

/* The problem's row, static; not for PROBLEM_NONE. */
const struct problem_row *problem_row(enum problem problem);

#endif
