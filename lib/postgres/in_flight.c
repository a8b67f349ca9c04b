#include "postgres/in_flight.h"

#include <stddef.h>

#define PATIENCE_MIN_MS 100

void in_flight_add(struct in_flight *in_flight, struct pending *pending, int64_t now_ms) {
    int at = (in_flight->head + in_flight->count) % IN_FLIGHT_MAX;
    int64_t given_ms = pending->deadline_ms - pending->submitted_at_ms;

    in_flight->slots[at] = (struct in_flight_slot){
        .pending = pending,
        .sql = pending->ask.sql,
        .deadline_ms = pending->deadline_ms,
        .patience_ms = given_ms > PATIENCE_MIN_MS ? given_ms : PATIENCE_MIN_MS,
    };
    if (in_flight->count++ == 0)
        in_flight->head_from_ms = now_ms;
    pending->slot = &in_flight->slots[at];
    pending->state = PENDING_IS_SENT;
    pending->sent_count++;
}

struct pending *in_flight_take(struct in_flight *in_flight, int64_t now_ms) {
    struct pending *pending = in_flight->slots[in_flight->head].pending;

    in_flight->head = (in_flight->head + 1) % IN_FLIGHT_MAX;
    in_flight->count--;
    in_flight->head_from_ms = now_ms;
    if (pending != NULL)
        pending->slot = NULL;
    return pending;
}

void in_flight_disown(struct pending *pending) {
    pending->slot->pending = NULL;
    pending->slot = NULL;
}

struct pending *in_flight_at(const struct in_flight *in_flight, int at) {
    return in_flight->slots[(in_flight->head + at) % IN_FLIGHT_MAX].pending;
}

const char *in_flight_head_sql(const struct in_flight *in_flight) {
    return in_flight->slots[in_flight->head].sql;
}

int64_t in_flight_stuck_at_ms(const struct in_flight *in_flight) {
    const struct in_flight_slot *head = &in_flight->slots[in_flight->head];
    int64_t patience_ends_ms = in_flight->head_from_ms + head->patience_ms;

    if (in_flight->count == 0)
        return INT64_MAX;
    return head->deadline_ms > patience_ends_ms ? head->deadline_ms : patience_ends_ms;
}
