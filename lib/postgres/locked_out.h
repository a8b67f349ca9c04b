/*
 * locked_out: asks that wait for a row which another session has locked.
 *
 * Each has been refused once (SQLSTATE 55P03), after it held up what was behind it. Others
 * like it would do the same, so they join those that wait before they are sent.
 */
#ifndef VIDEO_CALL_LOCKED_OUT_H
#define VIDEO_CALL_LOCKED_OUT_H

#include "base/attributes.h"
#include "postgres/in_flight.h"
#include "postgres/pending.h"

/*
 * Moves from queue to the end of waiting, as PENDING_IS_LOCKED_OUT, what shares a row with
 * one of those that wait or have been sent again (ask_shares_row). Their order stays.
 */
void locked_out_join(struct pending_list *waiting, const struct in_flight *sent,
                     struct pending_list *queue) NONNULL_ALL;

#endif
