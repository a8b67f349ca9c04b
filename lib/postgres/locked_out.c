#include "postgres/locked_out.h"

#include <stddef.h>

static bool is_locked_out(const struct pending_list *waiting, const struct in_flight *sent,
                          const struct ask *ask) {
    for (const struct pending *other = waiting->first; other != NULL; other = other->next)
        if (ask_shares_row(&other->ask, ask))
            return true;
    for (int at = 0; at < sent->count; at++) {
        const struct pending *other = in_flight_at(sent, at);
        if (other != NULL && ask_shares_row(&other->ask, ask))
            return true;
    }
    return false;
}

void locked_out_join(struct pending_list *waiting, const struct in_flight *sent,
                     struct pending_list *queue) {
    struct pending *pending, *next;

    for (pending = queue->first; pending != NULL; pending = next) {
        next = pending->next;
        if (!is_locked_out(waiting, sent, &pending->ask))
            continue;
        pending_list_remove(queue, pending);
        pending->state = PENDING_IS_LOCKED_OUT;
        pending_list_append(waiting, pending);
    }
}
