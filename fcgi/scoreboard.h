/*
 * scoreboard: what the parent sees of its children, in memory shared with them.
 *
 * A child writes its own slot only, and the parent reads; each field is one atomic word,
 * so that a worker that dies in the middle leaves nothing half written.
 */
#ifndef VIDEO_CALL_SCOREBOARD_H
#define VIDEO_CALL_SCOREBOARD_H

#include "base/attributes.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define SCOREBOARD_SLOTS 128

struct scoreboard_slot {
    atomic_bool is_ready;         /* it accepts */
    atomic_bool has_database;     /* its connection would take a statement */
    _Atomic int64_t turned_at_ms; /* the loop, by clock_ms(); 0: it has not begun */
    atomic_int requests_in_flight;
    atomic_int asks_in_flight;       /* sent to the database, or waiting to be */
    _Atomic int64_t longest_turn_us; /* since it started */
};

struct scoreboard {
    struct scoreboard_slot slots[SCOREBOARD_SLOTS];
};

/* Anonymous shared memory, zeroed, kept over fork; NULL where there is none. */
struct scoreboard *scoreboard_new(void) MUST_CHECK;

/* Whether any worker's connection would take a statement. */
bool scoreboard_has_database(const struct scoreboard *scoreboard) NONNULL_ALL;

/* For a worker's loop, at the end of each turn. */
void scoreboard_note_turn(struct scoreboard_slot *slot, int requests_in_flight,
                          int asks_in_flight, int64_t took_us) NONNULL_ALL;

/* Of the workers that serve: how many there are, are busy, and have a database; and sums.
 */
struct scoreboard_census {
    int ready, busy, with_database;
    int requests_in_flight, asks_in_flight;
    int64_t longest_turn_us;
};

struct scoreboard_census
scoreboard_census(const struct scoreboard *scoreboard) MUST_CHECK NONNULL_ALL;

/* For a slot whose child has ended, or that gets a new one. */
void scoreboard_clear(struct scoreboard *scoreboard, int slot) NONNULL_ALL;

void scoreboard_free(struct scoreboard *scoreboard);

#endif
