/*
 * call_ledger: the whole life of a call, as the table video_calls keeps it.
 *
 *           start (instructor)      end (either side), leave (the last one there),
 *    none ───────────────────► active ── channel destroyed (call_witness) ──► ended
 *                               │  ▲ └──────────────────────────────────────► failed
 *                               └──┘            a start, or the janitor, finds no
 *         start again (resumed), heartbeat      sign of life
 *
 * At most one call of a mentorship is active: the partial unique index
 * video_calls_one_active holds that, whatever happens here. Every function is one round
 * trip, checks the caller's right in the same statement as the deed, takes all times from
 * the database's clock, and may be repeated: a repeated start resumes, a repeated end
 * answers the same figures, a repeated leave changes nothing.
 *
 * A call is stale when it has shown no sign of life for the time that
 * struct call_ledger_patience gives. There is one rule (CALL_IS_STALE in call_rules.h),
 * applied by every start that meets a stale call and by call_ledger_close_stale: it is
 * closed as failed, with its last sign of life as its end. The same patience makes one
 * silent side of a call that lives count as left.
 *
 * Nothing is ever deleted. Reading past calls is call_history's, what Agora saw is
 * call_witness's.
 */
#ifndef VIDEO_CALL_CALL_LEDGER_H
#define VIDEO_CALL_CALL_LEDGER_H

#include "call_participant.h"
#include "compiler.h"
#include "database.h"
#include "mentorship.h"
#include "uuid.h"

#define CALL_LEDGER_TIME_BYTES MENTORSHIP_TIME_BYTES

enum call_ledger_error {
    CALL_LEDGER_OK = 0,
    CALL_LEDGER_E_MENTORSHIP_NOT_FOUND,
    CALL_LEDGER_E_NOT_PARTICIPANT, /* neither its instructor nor its mentee */
    CALL_LEDGER_E_NOT_ACTIVE, /* start only: the mentorship has ended or was cancelled */
    CALL_LEDGER_E_CALL_NOT_FOUND,
    CALL_LEDGER_E_NOT_STARTED, /* a mentee's start where no call is active */
    CALL_LEDGER_E_UNAVAILABLE, /* the database did not answer in time */
    CALL_LEDGER_E_DATABASE,    /* the database answered with an error; see the log */
};

/* After how long without a sign of life a call counts as dead. */
struct call_ledger_patience {
    long after_heartbeat_sec;   /* for calls, and sides, that have ever had a heartbeat */
    long without_heartbeat_sec; /* for calls of pages that send none */
};

struct call_ledger_start {
    char call_id[UUID_TEXT_BYTES + 1];
    char start_time[CALL_LEDGER_TIME_BYTES];
    bool resumed; /* false: this start opened it */
};

struct call_ledger_end {
    char end_time[CALL_LEDGER_TIME_BYTES];
    int64_t duration_sec;
    char mentorship_id[UUID_TEXT_BYTES + 1];
};

#define CALL_LEDGER_STATUS_BYTES 16 /* active | ended | failed */

struct call_ledger_leave {
    char status[CALL_LEDGER_STATUS_BYTES];
    char mentorship_id[UUID_TEXT_BYTES + 1];
};

struct call_ledger_heartbeat {
    char status[CALL_LEDGER_STATUS_BYTES];
    char mentorship_id[UUID_TEXT_BYTES + 1];
    struct call_participant participants[CALL_SIDE__COUNT];
    struct database_answer *answer; /* holds the names */
};

#define CALL_LEDGER_CLOSE_MOST 100

/* One call that nobody ended. */
struct call_ledger_closed {
    char call_id[UUID_TEXT_BYTES + 1];
    char mentorship_id[UUID_TEXT_BYTES + 1];
    char end_time[CALL_LEDGER_TIME_BYTES];
    bool had_heartbeat; /* which of the two patiences ran out */
};

const char *call_ledger_error_text(enum call_ledger_error error);

/*
 * The caller enters the mentorship's call. The instructor opens it where none is alive; the
 * mentee does only where mentee_may_open. Fills start for OK only.
 * Errors: MENTORSHIP_NOT_FOUND, NOT_PARTICIPANT, NOT_ACTIVE, NOT_STARTED, UNAVAILABLE,
 * DATABASE. The mentorship in question is the log's business: mentorship_id is known.
 */
enum call_ledger_error
call_ledger_start(struct database *database, const char *discord_id,
                  const struct uuid *mentorship_id,
                  const struct call_ledger_patience *patience, bool mentee_may_open,
                  struct call_ledger_start *start) MUST_CHECK NONNULL_ALL;

/*
 * The caller ends the call for both. Ending an ended or failed call changes nothing and
 * answers its figures. Fills end for OK only.
 * Errors: CALL_NOT_FOUND, NOT_PARTICIPANT, UNAVAILABLE, DATABASE.
 */
enum call_ledger_error call_ledger_end(struct database *database, const char *discord_id,
                                       const struct uuid *call_id,
                                       struct call_ledger_end *end) MUST_CHECK NONNULL_ALL;

/*
 * The caller leaves the call; where nobody is there any more, it ends. A call that is over
 * stays as it is. Fills leave for OK only.
 * Errors: CALL_NOT_FOUND, NOT_PARTICIPANT, UNAVAILABLE, DATABASE.
 */
enum call_ledger_error
call_ledger_leave(struct database *database, const char *discord_id,
                  const struct uuid *call_id, const struct call_ledger_patience *patience,
                  struct call_ledger_leave *leave) MUST_CHECK NONNULL_ALL;

/*
 * The caller's page is alive: a sign of life of the call and of this side of it. It joins
 * nobody who has not started, changes nothing in a call that is over, and shows who is
 * there. Fills heartbeat for OK only; free it with call_ledger_heartbeat_free.
 * Errors: CALL_NOT_FOUND, NOT_PARTICIPANT, UNAVAILABLE, DATABASE.
 */
enum call_ledger_error
call_ledger_heartbeat(struct database *database, const char *discord_id,
                      const struct uuid *call_id,
                      const struct call_ledger_patience *patience,
                      struct call_ledger_heartbeat *heartbeat) MUST_CHECK NONNULL_ALL;

/* Frees what it holds and zeroes it; a zeroed one is fine. */
void call_ledger_heartbeat_free(struct call_ledger_heartbeat *heartbeat) NONNULL_ALL;

/*
 * Closes stale calls of anybody's, CALL_LEDGER_CLOSE_MOST at the most, and fills closed
 * with them; *closed_count that is the most means that there may be more. Any number of
 * processes may do so at once: each call is closed once, and a call that somebody is
 * writing to is left for the next time. Errors: UNAVAILABLE, DATABASE.
 */
enum call_ledger_error
call_ledger_close_stale(struct database *database,
                        const struct call_ledger_patience *patience,
                        struct call_ledger_closed closed[static CALL_LEDGER_CLOSE_MOST],
                        int *closed_count) MUST_CHECK NONNULL_ALL;

#endif
