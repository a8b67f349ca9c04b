/*
 * scoreboard: the current state of each child, in memory that the pool's processes share.
 *
 * A child writes only its own slot, and the parent clears it; the parent and the workers
 * read them all. Each field is one atomic word, so a worker that dies leaves nothing
 * half-written.
 */
#ifndef VIDEO_CALL_SCOREBOARD_H
#define VIDEO_CALL_SCOREBOARD_H

#include "base/attributes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SCOREBOARD_SLOTS 128

struct scoreboard_slot {
    atomic_bool is_ready;         /* it accepts connections */
    atomic_bool has_database;     /* it has a connection that takes statements */
    _Atomic int64_t turned_at_ms; /* end of the last turn, by clock_ms(); 0: none yet */
    atomic_int requests_in_flight;
    atomic_int asks_in_flight;       /* sent to the database, or waiting to be */
    _Atomic int64_t longest_turn_us; /* since the worker started */
};

struct scoreboard {
    struct scoreboard_slot slots[SCOREBOARD_SLOTS];
};

/*
 * Allocates zeroed anonymous memory, shared across fork(). For scoreboard_free; NULL with
 * errno set on failure.
 */
struct scoreboard *scoreboard_new(void) MUST_CHECK;

/* Whether any worker has a connection that takes statements. */
bool scoreboard_has_database(const struct scoreboard *scoreboard) NONNULL_ALL;

/* A worker's loop calls this at the end of each turn; took_us is how long it took. */
void scoreboard_note_turn(struct scoreboard_slot *slot, int requests_in_flight,
                          int asks_in_flight, int64_t took_us) NONNULL_ALL;

/*
 * The workers that are serving: how many there are, how many are busy and how many have a
 * database; their requests and asks in flight in total, and the longest turn of any.
 */
struct scoreboard_census {
    int ready, busy, with_database;
    int requests_in_flight, asks_in_flight;
    int64_t longest_turn_us;
};

struct scoreboard_census
scoreboard_census(const struct scoreboard *scoreboard) MUST_CHECK NONNULL_ALL;

/* Clears the slot of a child that has ended or is about to start. */
void scoreboard_clear(struct scoreboard *scoreboard, int slot) NONNULL_ALL;

/* NULL is fine. */
void scoreboard_free(struct scoreboard *scoreboard);

#endif
