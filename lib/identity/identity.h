/*
 * identity: says who is calling, or why the caller isn't believed.
 *
 * Two kinds of evidence count. The first that is present decides; if it is invalid the
 * caller is refused, and the next is not tried:
 *
 *  1. Authorization: Bearer (other schemes, such as Basic, are ignored) with the portal's
 *     signed assertion, a compact JWS (see jose.h): EdDSA with a public key or HS256 with a
 *     secret, whichever is configured. `sub` is the Discord id, `aud` is "video-call" or a
 *     list that contains it, `exp` and `iat` are required, `exp` is at most 5 minutes after
 *     `iat`. The clock may differ by 15 s.
 *  2. The portal's session cookie, a compact JWE with a key derived from NEXTAUTH_SECRET:
 *     that of Auth.js v5 (@auth/core/src/jwt.ts: "dir", A256CBC-HS512, HKDF salted with the
 *     cookie's name) or, if there is none, of NextAuth v4 (next-auth/src/jwt/index.ts:
 *     "dir", A256GCM, HKDF with empty salt). Cookies may be chunked (see session_cookie.h).
 *     If the portal's URL is https only the `__Secure-` names count, otherwise only the
 *     plain ones. The Discord id is the claim `discordId`, of 1 to 20 digits. A session
 *     without that claim is identified by `sub`, of 17 to 20 digits: `sub` is the id at the
 *     provider the user signed in with, and shorter numbers are other providers'.
 *
 * It knows no HTTP but the text of these two headers: whether a request comes from the
 * portal's own pages (Origin) is for the server to check. It doesn't use the database.
 */
#ifndef VIDEO_CALL_IDENTITY_H
#define VIDEO_CALL_IDENTITY_H

#include "base/attributes.h"
#include "base/span.h"
#include "identity/identity_types.h"

#include <stdint.h>

#define IDENTITY_ASSERTION_SECRET_MIN_BYTES 32

struct identity_options {
    struct span session_secret;          /* NEXTAUTH_SECRET; absent: cookies are ignored */
    struct span session_secret_previous; /* absent outside a rotation */
    bool secure_cookies;                 /* the portal's URL is https */
    struct span assertion_public_key;    /* Ed25519: PEM, or base64/base64url of its 32 raw
                                            bytes or of its SubjectPublicKeyInfo */
    struct span assertion_secret; /* HS256, 32 bytes at least; not both of these two */
};

/* All of the request's headers of these names, in the order received. */
struct identity_evidence {
    const struct span *authorizations;
    size_t authorization_count;
    const struct span *cookies;
    size_t cookie_count;
};

struct identity; /* derived keys, in guarded memory */

/* Whether text is a usable public key for assertions. */
bool identity_is_public_key(struct span text);

/*
 * Derives all keys once. Options are copied and stay the caller's. On success *identity is
 * for identity_free; on failure it is NULL. Errors: CONFIGURATION, CRYPTO.
 */
enum identity_error identity_new(const struct identity_options *options,
                                 struct identity **identity) MUST_CHECK NONNULL_ALL;

/*
 * Decides who is calling at now_sec (seconds since 1970). Fills caller for OK only and
 * zeroes it otherwise. Copies of the evidence and decrypted claims are wiped before it
 * returns; the evidence itself is the caller's. Does not change identity. Errors: all but
 * CONFIGURATION.
 */
enum identity_error identity_of(const struct identity *identity,
                                const struct identity_evidence *evidence, int64_t now_sec,
                                struct identity_caller *caller) MUST_CHECK NONNULL_ALL;

/* Wipes and frees; NULL is fine. */
void identity_free(struct identity *identity);

/* The name of NextAuth v4's session cookie, as identity_mint_session makes it. Static. */
const char *identity_cookie_name(bool secure_cookies);

/*
 * Makes a NextAuth v4 session for testing a deployment: claims discordId, sub, name, iat,
 * exp, jti. session is malloc'ed, NUL-terminated, the caller's to wipe and free. Errors:
 * NO_DISCORD_ID, LIFETIME (0), CONFIGURATION (no session secret), CRYPTO.
 */
enum identity_error identity_mint_session(struct span session_secret,
                                          struct span discord_id, int64_t now_sec,
                                          int64_t lifetime_sec, char **session) MUST_CHECK;

#endif
