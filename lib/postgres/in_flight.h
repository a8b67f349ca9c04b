/*
 * in_flight: the asks sent on one connection, in order.
 *
 * Results arrive in that order, so this FIFO says whose the next one is. A slot stays even
 * if its ask was forgotten, because its result will still arrive.
 */
#ifndef VIDEO_CALL_IN_FLIGHT_H
#define VIDEO_CALL_IN_FLIGHT_H

#include "base/attributes.h"
#include "postgres/pending.h"

#include <stdint.h>

#define IN_FLIGHT_MAX 256 /* as many as a worker's slots, by default */

struct in_flight_slot {
    struct pending *pending; /* NULL: forgotten */
    const char *sql;
    int64_t deadline_ms;
    int64_t patience_ms; /* how long it may stay at the head */
};

/* Zeroed, it is empty. */
struct in_flight {
    int count;

    /* private */
    int head;
    int64_t head_from_ms;                       /* when the current head became it */
    struct in_flight_slot slots[IN_FLIGHT_MAX]; /* a ring */
};

/* Adds one at the end; there must be room. */
void in_flight_add(struct in_flight *in_flight, struct pending *pending,
                   int64_t now_ms) NONNULL_ALL;

/* Removes the head, which must exist. NULL if its ask was forgotten. */
struct pending *in_flight_take(struct in_flight *in_flight, int64_t now_ms) NONNULL_ALL;

/* Marks the slot of a sent ask as forgotten. */
void in_flight_disown(struct pending *pending) NONNULL_ALL;

/* The ask at that position, counted from the head; NULL if it was forgotten. */
struct pending *in_flight_at(const struct in_flight *in_flight, int at) NONNULL_ALL;

/* The head's SQL; there must be a head; static. */
const char *in_flight_head_sql(const struct in_flight *in_flight) NONNULL_ALL;

/*
 * When to give up the connection because of its head; INT64_MAX if there is none. That is
 * once the head's deadline has passed and it has been at the head for as long as its whole
 * timeout. So an ask that reaches the head late doesn't take the connection down with it:
 * the server's own timeouts may end it, and the asks behind it need not be sent again.
 */
int64_t in_flight_stuck_at_ms(const struct in_flight *in_flight) NONNULL_ALL;

#endif
