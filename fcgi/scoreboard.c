#include "scoreboard.h"

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
        census.busy += atomic_load(&slot->busy_since_ms) != 0;
        census.with_database += atomic_load(&slot->has_database);
    }
    return census;
}

void scoreboard_clear(struct scoreboard *scoreboard, int slot) {
    atomic_store(&scoreboard->slots[slot].is_ready, false);
    atomic_store(&scoreboard->slots[slot].has_database, false);
    atomic_store(&scoreboard->slots[slot].busy_since_ms, 0);
}

void scoreboard_free(struct scoreboard *scoreboard) {
    if (scoreboard != NULL)
        (void)munmap(scoreboard, sizeof *scoreboard);
}
