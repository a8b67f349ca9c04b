/*
 * claims: checks the claims of an authentic payload, and takes the Discord id from them.
 *
 * For payloads whose signature or tag has been verified: it checks times, audience and the
 * Discord id by the rules at the top of identity.h, and uses identity's errors.
 */
#ifndef VIDEO_CALL_CLAIMS_H
#define VIDEO_CALL_CLAIMS_H

#include "base/span.h"
#include "identity/identity_types.h"

#include <stdint.h>

/* 1 to 20 decimal digits. */
bool claims_is_discord_id(struct span text);

/*
 * Check the claims of a session cookie, or of the portal's assertion, at now_sec (seconds
 * since 1970). For OK caller is filled; otherwise its content is undefined. The parsed
 * claims are wiped; payload is the caller's to wipe. Errors: MALFORMED, LIFETIME, EXPIRED,
 * NOT_YET_VALID, NO_DISCORD_ID, CRYPTO (memory); assertions also AUDIENCE.
 */
enum identity_error
claims_of_session(struct span payload, int64_t now_sec,
                  struct identity_caller *caller) MUST_CHECK NONNULL_ALL;
enum identity_error
claims_of_assertion(struct span payload, int64_t now_sec,
                    struct identity_caller *caller) MUST_CHECK NONNULL_ALL;

#endif
