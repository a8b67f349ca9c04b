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
    atomic_bool is_ready;          /* it accepts */
    atomic_bool has_database;      /* its connection would take a statement */
    _Atomic int64_t busy_since_ms; /* monotonic; 0: idle */
};

struct scoreboard {
    struct scoreboard_slot slots[SCOREBOARD_SLOTS];
};

/* Anonymous shared memory, zeroed, kept over fork; NULL where there is none. */
struct scoreboard *scoreboard_new(void) MUST_CHECK;

/* Whether any worker's connection would take a statement. */
bool scoreboard_has_database(const struct scoreboard *scoreboard) NONNULL_ALL;

/* Of the workers that accept: how many there are, are busy, and have a database. */
struct scoreboard_census {
    int ready, busy, with_database;
};

struct scoreboard_census
scoreboard_census(const struct scoreboard *scoreboard) MUST_CHECK NONNULL_ALL;

/* For a slot whose child has ended, or that gets a new one. */
void scoreboard_clear(struct scoreboard *scoreboard, int slot) NONNULL_ALL;

void scoreboard_free(struct scoreboard *scoreboard);

#endif
