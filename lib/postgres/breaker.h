/*
 * breaker: what happens to asks while no connection is up.
 *
 * They are refused immediately, so callers don't wait. The exception: if the server itself
 * closed the last connection, as it does on a restart, asks are accepted until the first
 * reconnect fails. Accepted asks wait at most a second for the next connection. Each outage
 * is logged once, and so is its end.
 */
#ifndef VIDEO_CALL_BREAKER_H
#define VIDEO_CALL_BREAKER_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

/* Zeroed, it refuses asks: the state before the first connection. */
struct breaker {
    int64_t taking_until_ms;  /* while down, asks are accepted until then */
    int64_t waiting_until_ms; /* and wait until then at most */
    bool was_reported_down;
};

/* Call when a connection is up. */
void breaker_note_up(struct breaker *breaker) NONNULL_ALL;

/* Call when the last connection is lost: closed by the server (by_server), or dropped here
 * because it was silent or unfit. */
void breaker_note_loss(struct breaker *breaker, bool by_server, int64_t now_ms) NONNULL_ALL;

/* Call when no connection is up and an attempt to connect has failed. */
void breaker_note_failure(struct breaker *breaker, const char *fault) NONNULL_ALL;

#endif
