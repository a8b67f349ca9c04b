#include "scoreboard.h"

#include "base/clock.h"

#include <stddef.h>
#include <sys/mman.h>

struct scoreboard *scoreboard_new(void) {
    void *memory = mmap(NULL, sizeof(struct scoreboard), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? NULL : memory;
}

bool scoreboard_has_database(const struct scoreboard *scoreboard) {
    for (int slot = 0; slot < SCOREBOARD_SLOTS; slot++)
        if (atomic_load(&scoreboard->slots[slot].has_database))
            return true;
    return false;
}

struct scoreboard_census scoreboard_census(const struct scoreboard *scoreboard) {
    struct scoreboard_census census = {0};

    for (int at = 0; at < SCOREBOARD_SLOTS; at++) {
        const struct scoreboard_slot *slot = &scoreboard->slots[at];
        if (!atomic_load(&slot->is_ready))
            continue;
        census.ready++;
        int requests = atomic_load(&slot->requests_in_flight);
        int64_t longest_us = atomic_load(&slot->longest_turn_us);
        census.busy += requests > 0;
        census.with_database += atomic_load(&slot->has_database);
        census.requests_in_flight += requests;
        census.asks_in_flight += atomic_load(&slot->asks_in_flight);
        if (longest_us > census.longest_turn_us)
            census.longest_turn_us = longest_us;
    }
    return census;
}

void scoreboard_note_turn(struct scoreboard_slot *slot, int requests_in_flight,
                          int asks_in_flight, int64_t took_us) {
    atomic_store(&slot->requests_in_flight, requests_in_flight);
    atomic_store(&slot->asks_in_flight, asks_in_flight);
    if (took_us > atomic_load(&slot->longest_turn_us))
        atomic_store(&slot->longest_turn_us, took_us);
    atomic_store(&slot->turned_at_ms, clock_ms());
}

void scoreboard_clear(struct scoreboard *scoreboard, int slot) {
    atomic_store(&scoreboard->slots[slot].is_ready, false);
    atomic_store(&scoreboard->slots[slot].has_database, false);
    scoreboard->slots[slot].longest_turn_us = 0;
    scoreboard_note_turn(&scoreboard->slots[slot], 0, 0, 0);
    atomic_store(&scoreboard->slots[slot].turned_at_ms, 0);
}

void scoreboard_free(struct scoreboard *scoreboard) {
    if (scoreboard != NULL)
        (void)munmap(scoreboard, sizeof *scoreboard);
}
