/*
 * call_roster: the calls that are active now, whoever's they are: for the administrator,
 * who stands outside every mentorship, and for counting.
 *
 * Nobody's right is checked here: never to be reached by a request.
 */
#ifndef VIDEO_CALL_CALL_ROSTER_H
#define VIDEO_CALL_CALL_ROSTER_H

#include "call_ledger.h"
#include "call_participant.h"
#include "compiler.h"
#include "database.h"

#define CALL_ROSTER_MOST 1000 /* beyond, the oldest calls are left out */

enum call_roster_error {
    CALL_ROSTER_OK = 0,
    CALL_ROSTER_E_CALL_NOT_FOUND,
    CALL_ROSTER_E_UNAVAILABLE, /* the database did not answer in time */
    CALL_ROSTER_E_DATABASE,    /* the database answered with an error; see the log */
    CALL_ROSTER_E_MEMORY,
};

struct call_roster_call {
    char call_id[UUID_TEXT_BYTES + 1];
    char mentorship_id[UUID_TEXT_BYTES + 1];
    char start_time[CALL_LEDGER_TIME_BYTES];
    char last_sign_time[CALL_LEDGER_TIME_BYTES];
    int64_t age_sec;
    bool is_stale; /* the next start or janitor's round will close it */
    struct call_participant participants[CALL_SIDE__COUNT];
};

/* Newest first. */
struct call_roster {
    struct call_roster_call *calls;
    int call_count;
    struct database_answer *answer; /* holds the names */
};

const char *call_roster_error_text(enum call_roster_error error);

/*
 * Fills roster for OK only; free it with call_roster_free. One round trip.
 * Errors: UNAVAILABLE, DATABASE, MEMORY.
 */
enum call_roster_error call_roster_read(struct database *database,
                                        const struct call_ledger_patience *patience,
                                        struct call_roster *roster) MUST_CHECK NONNULL_ALL;

/* How many there are, stale ones included. Errors: UNAVAILABLE, DATABASE. */
enum call_roster_error call_roster_count(struct database *database,
                                         int64_t *count) MUST_CHECK NONNULL_ALL;

/*
 * Ends a call as a participant's end would. One that is over changes nothing and answers
 * its figures. Fills end for OK only. Errors: CALL_NOT_FOUND, UNAVAILABLE, DATABASE.
 */
enum call_roster_error call_roster_end(struct database *database,
                                       const struct uuid *call_id,
                                       struct call_ledger_end *end) MUST_CHECK NONNULL_ALL;

/* Frees what it holds and zeroes it; a zeroed one is fine. */
void call_roster_free(struct call_roster *roster) NONNULL_ALL;

#endif
