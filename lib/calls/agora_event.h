/*
 * agora_event: records in the ledger what Agora saw of a call, alongside what the pages
 * reported.
 *
 * The same events leave the same rows, in any order and any number of times.
 */
#ifndef VIDEO_CALL_AGORA_EVENT_H
#define VIDEO_CALL_AGORA_EVENT_H

#include "agora/agora_notification.h"
#include "base/attributes.h"
#include "calls/call_error.h"
#include "calls/call_types.h"
#include "postgres/ask.h"

struct agora_event {
    char call_id[CALL_ID_BYTES];
    enum call_role role; /* whose event; NONE: Agora named neither participant */
    bool has_ended;      /* it ended the call */
};

/* notification's kind must not be UNKNOWN; mentorship_id is its channel. */
void agora_event_ask(struct ask *ask, const struct agora_notification *notification,
                     const struct uuid *mentorship_id, const struct call_patience *patience,
                     const char *label) NONNULL_ALL;

/*
 * Fills event on OK only. Errors: MENTORSHIP_NOT_FOUND, NO_CALL, UNAVAILABLE, SCHEMA,
 * DATABASE.
 */
enum call_error agora_event_read(const struct result *result,
                                 struct agora_event *event) MUST_CHECK NONNULL_ALL;

#endif
