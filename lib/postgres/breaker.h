/*
 * breaker: what becomes of asks while no connection is up.
 *
 * Refused at once: that spares their askers the wait. Only where the server itself ended
 * the last connection, as it does when it restarts, are asks taken until the first attempt
 * to connect again has failed. What was taken waits for the next connection for a second
 * at most. And what is said of it in the log, once each time.
 */
#ifndef VIDEO_CALL_BREAKER_H
#define VIDEO_CALL_BREAKER_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

/* A zeroed one refuses, as before the first connection. */
struct breaker {
    int64_t taking_until_ms;  /* without a connection, asks are taken until then, */
    int64_t waiting_until_ms; /* and wait until then */
    bool was_reported_down;
};

/* A connection is up. */
void breaker_note_up(struct breaker *breaker) NONNULL_ALL;

/* The last connection is lost, by the server's doing or because it was silent or unfit. */
void breaker_note_loss(struct breaker *breaker, bool by_server, int64_t now_ms) NONNULL_ALL;

/* None is up, and an attempt has failed. */
void breaker_note_failure(struct breaker *breaker, const char *fault) NONNULL_ALL;

#endif
