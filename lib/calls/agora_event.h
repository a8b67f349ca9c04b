/*
 * agora_event: what Agora saw of a call goes into the ledger, beside what the pages said.
 *
 * Whatever the order, and however often, the same events leave the same rows.
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
    enum call_role role; /* whose event it was; NONE: Agora named neither side */
    bool has_ended;      /* it ended the call */
};

/* notification is of a kind other than UNKNOWN; mentorship_id is its channel. */
void agora_event_ask(struct ask *ask, const struct agora_notification *notification,
                     const struct uuid *mentorship_id, const struct call_patience *patience,
                     const char *label) NONNULL_ALL;

/*
 * Fills event for OK only. Errors: MENTORSHIP_NOT_FOUND, NO_CALL, UNAVAILABLE, SCHEMA,
 * DATABASE.
 */
enum call_error agora_event_read(const struct result *result,
                                 struct agora_event *event) MUST_CHECK NONNULL_ALL;

#endif
