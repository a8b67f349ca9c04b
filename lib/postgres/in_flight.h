/*
 * in_flight: the asks that were sent on one connection, in their order.
 *
 * Results come in that order, so this FIFO says whose the next one is. A place stays when
 * its asker does not wait any more: its result has to come all the same.
 */
#ifndef VIDEO_CALL_IN_FLIGHT_H
#define VIDEO_CALL_IN_FLIGHT_H

#include "base/attributes.h"
#include "postgres/pending.h"

#include <stdint.h>

#define IN_FLIGHT_MOST 256 /* as many as a worker serves, by default */

struct in_flight_slot {
    struct pending *pending; /* NULL: nobody's */
    const char *sql;
    int64_t deadline_ms;
    int64_t patience_ms; /* how long it may stand at the head */
};

/* A zeroed one is empty. */
struct in_flight {
    int count;

    /* the rest is this module's */
    int head;
    int64_t head_from_ms;                        /* since when the head is the head */
    struct in_flight_slot slots[IN_FLIGHT_MOST]; /* a ring */
};

/* Adds one behind the others; there must be room. */
void in_flight_add(struct in_flight *in_flight, struct pending *pending,
                   int64_t now_ms) NONNULL_ALL;

/* Takes the head off, which must be there. NULL where it was nobody's. */
struct pending *in_flight_take(struct in_flight *in_flight, int64_t now_ms) NONNULL_ALL;

/* Makes the place of one that is in a FIFO nobody's. */
void in_flight_disown(struct pending *pending) NONNULL_ALL;

/* The one at that place, counted from the head; NULL where it is nobody's. */
struct pending *in_flight_at(const struct in_flight *in_flight, int at) NONNULL_ALL;

/* Of the head, which must be there; static. */
const char *in_flight_head_sql(const struct in_flight *in_flight) NONNULL_ALL;

/*
 * When the connection is to be given up because of its head; INT64_MAX where there is none.
 * That is when the head's deadline has passed and it has been at the head for as long as it
 * was given in all. So one that came there late takes nothing down at once: the server's
 * own timeouts may end it, and those behind it need not be sent again.
 */
int64_t in_flight_stuck_at_ms(const struct in_flight *in_flight) NONNULL_ALL;

#endif
