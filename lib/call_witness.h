/*
 * call_witness: what Agora saw of a call, written beside what the pages said.
 *
 * Agora's notifications come late, twice, out of order, or never. So each is kept by its
 * notice id in video_calls.agora_events, a set that only grows, and what is shown of a side
 * (participants.<side>.agora) is always worked out from the whole set, ordered by the
 * clients' own sequence: whatever the order, the same events give the same row. A join
 * whose leave was lost runs on to the next leave, a leave whose join was lost counts by
 * itself.
 *
 *   join, leave   of an account that is the instructor's or mentee's Discord id: a visit
 *                 of that side as Agora saw it
 *   destroy       ends the call at Agora's time, unless the call shows a sign of life after
 *                 that: then the channel was made anew, and the news is old
 *   all of them   are signs of life of a call that is active
 *
 * An event belongs to the newest call of the mentorship that had begun at its time and was
 * not over by then (a leave or a destroy may be a minute late). Where there is none, none
 * is invented. Agora's clock and the database's are held to agree within 2 seconds.
 */
#ifndef VIDEO_CALL_CALL_WITNESS_H
#define VIDEO_CALL_CALL_WITNESS_H

#include "agora_notification.h"
#include "compiler.h"
#include "database.h"
#include "mentorship.h"
#include "uuid.h"

enum call_witness_error {
    CALL_WITNESS_OK = 0,
    CALL_WITNESS_E_CHANNEL,     /* the channel is no mentorship of ours */
    CALL_WITNESS_E_NO_CALL,     /* nobody has started a call that the event could be of */
    CALL_WITNESS_E_UNAVAILABLE, /* the database did not answer in time */
    CALL_WITNESS_E_DATABASE,    /* the database answered with an error; see the log */
};

struct call_witness_note {
    char call_id[UUID_TEXT_BYTES + 1];
    char mentorship_id[UUID_TEXT_BYTES + 1];
    enum mentorship_role role; /* whose event it was; NOBODY: Agora named none of the two */
    bool ended;                /* this event ended the call */
};

const char *call_witness_error_text(enum call_witness_error error);

/*
 * Notes one event of a kind other than UNKNOWN; fills note for OK only. One round trip; the
 * same event noted again changes nothing. Errors: all but OK.
 */
enum call_witness_error
call_witness_note(struct database *database, const struct agora_notification *event,
                  struct call_witness_note *note) MUST_CHECK NONNULL_ALL;

#endif
