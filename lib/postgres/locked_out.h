/*
 * locked_out: asks that wait for a row another session has locked.
 *
 * Each has failed once with a lock timeout (SQLSTATE 55P03), after holding up the asks
 * behind it. Others on the same row would do the same, so they join the waiting ones
 * instead of being sent.
 */
#ifndef VIDEO_CALL_LOCKED_OUT_H
#define VIDEO_CALL_LOCKED_OUT_H

#include "base/attributes.h"
#include "postgres/in_flight.h"
#include "postgres/pending.h"

/*
 * Moves from queue to the end of waiting, as PENDING_IS_LOCKED_OUT, every ask that shares a
 * row (ask_shares_row) with one that is waiting or was sent again. Keeps their order.
 */
void locked_out_join(struct pending_list *waiting, const struct in_flight *sent,
                     struct pending_list *queue) NONNULL_ALL;

#endif
