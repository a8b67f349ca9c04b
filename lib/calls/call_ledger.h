/*
 * call_ledger: the life of a call: start, end, leave, heartbeat. The rules, with a diagram,
 * are in sql/video_call_functions.sql.
 *
 * Each is one round trip that checks the caller's rights in the same statement, takes all
 * times from the database's clock, and is idempotent: a repeated start resumes, a repeated
 * end returns the same figures, a repeated leave changes nothing.
 */
#ifndef VIDEO_CALL_CALL_LEDGER_H
#define VIDEO_CALL_CALL_LEDGER_H

#include "base/attributes.h"
#include "calls/call_error.h"
#include "calls/call_types.h"
#include "calls/participant.h"
#include "postgres/ask.h"

#include <stdint.h>

struct call_start {
    char call_id[CALL_ID_BYTES];
    char start_time[CALL_TIME_BYTES];
    bool resumed; /* false: this start opened it */
};

struct call_end {
    char mentorship_id[CALL_ID_BYTES];
    char end_time[CALL_TIME_BYTES];
    int64_t duration_sec;
};

struct call_leave {
    char mentorship_id[CALL_ID_BYTES];
    char status[CALL_STATUS_BYTES];
};

struct call_heartbeat {
    char mentorship_id[CALL_ID_BYTES];
    char status[CALL_STATUS_BYTES];
    struct participants participants; /* their names live as long as the result */
};

/*
 * The caller enters the mentorship's call, opening it if there is none; mentee_may_open
 * says whether a mentee may open one. Errors: MENTORSHIP_NOT_FOUND, NOT_A_PARTICIPANT,
 * MENTORSHIP_NOT_ACTIVE, CALL_NOT_STARTED, UNAVAILABLE, SCHEMA, DATABASE.
 */
void call_start_ask(struct ask *ask, const struct call_caller *caller,
                    const struct uuid *mentorship_id, bool mentee_may_open,
                    const struct call_patience *patience) NONNULL_ALL;
enum call_error call_start_read(const struct result *result,
                                struct call_start *start) MUST_CHECK NONNULL_ALL;

/*
 * The caller ends the call for both. A call that has ended returns its figures. Errors:
 * CALL_NOT_FOUND, NOT_A_PARTICIPANT, UNAVAILABLE, SCHEMA, DATABASE.
 */
void call_end_ask(struct ask *ask, const struct call_caller *caller,
                  const struct uuid *call_id,
                  const struct call_patience *patience) NONNULL_ALL;
enum call_error call_end_read(const struct result *result,
                              struct call_end *end) MUST_CHECK NONNULL_ALL;

/*
 * The caller leaves; if nobody is left, the call ends. Errors: CALL_NOT_FOUND,
 * NOT_A_PARTICIPANT, UNAVAILABLE, SCHEMA, DATABASE.
 */
void call_leave_ask(struct ask *ask, const struct call_caller *caller,
                    const struct uuid *call_id,
                    const struct call_patience *patience) NONNULL_ALL;
enum call_error call_leave_read(const struct result *result,
                                struct call_leave *leave) MUST_CHECK NONNULL_ALL;

/*
 * The caller's page is alive. Errors: CALL_NOT_FOUND, NOT_A_PARTICIPANT,
 * MENTORSHIP_NOT_ACTIVE, UNAVAILABLE, SCHEMA, DATABASE.
 */
void call_heartbeat_ask(struct ask *ask, const struct call_caller *caller,
                        const struct uuid *call_id,
                        const struct call_patience *patience) NONNULL_ALL;
enum call_error
call_heartbeat_read(const struct result *result,
                    struct call_heartbeat *heartbeat) MUST_CHECK NONNULL_ALL;

#endif
