/*
 * claims: what an authentic payload says, and whether it says enough.
 *
 * Works on bytes whose signature or tag has been checked already: it decides on times,
 * audience and the Discord id, by the rules at the top of identity.h. Its errors are
 * identity's, whose second half it is.
 */
#ifndef VIDEO_CALL_CLAIMS_H
#define VIDEO_CALL_CLAIMS_H

#include "base/span.h"
#include "identity/identity_types.h"

#include <stdint.h>

/* 1 to 20 decimal digits. */
bool claims_is_discord_id(struct span text);

/*
 * Judge the claims of a session cookie, or of the portal's assertion, at now_sec. Fill
 * caller for OK only; otherwise its content means nothing.
 * Errors: MALFORMED, LIFETIME, EXPIRED, NOT_YET_VALID, NO_DISCORD_ID; assertions also
 * AUDIENCE.
 */
enum identity_error
claims_of_session(struct span payload, int64_t now_sec,
                  struct identity_caller *caller) MUST_CHECK NONNULL_ALL;
enum identity_error
claims_of_assertion(struct span payload, int64_t now_sec,
                    struct identity_caller *caller) MUST_CHECK NONNULL_ALL;

#endif
