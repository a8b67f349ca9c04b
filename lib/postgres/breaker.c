#include "postgres/breaker.h"

#include "base/log.h"

#define PATIENCE_MS 1000

void breaker_note_up(struct breaker *breaker) {
    if (breaker->was_reported_down)
        log_message(LOG_LEVEL_INFO, "database_up", "connected again");
    breaker->was_reported_down = false;
}

void breaker_note_loss(struct breaker *breaker, bool by_server, int64_t now_ms) {
    breaker->waiting_until_ms = now_ms + PATIENCE_MS;
    breaker->taking_until_ms = by_server ? now_ms + PATIENCE_MS : 0;
}

void breaker_note_failure(struct breaker *breaker, const char *fault) {
    breaker->taking_until_ms = 0;
    if (!breaker->was_reported_down)
        log_message(LOG_LEVEL_WARNING, "database_down", "%s", fault);
    breaker->was_reported_down = true;
}
