/*
 * identity_types: the caller, or why there is none: what the modules of identity share.
 */
#ifndef VIDEO_CALL_IDENTITY_TYPES_H
#define VIDEO_CALL_IDENTITY_TYPES_H

#include "base/attributes.h"

#define IDENTITY_DISCORD_ID_MAX_BYTES 20

enum identity_error {
    IDENTITY_OK = 0,
    IDENTITY_E_ABSENT,    /* neither an assertion nor a session cookie */
    IDENTITY_E_SCHEME,    /* only a session cookie of the other scheme, http or https */
    IDENTITY_E_MALFORMED, /* not compact form, or invalid base64url, JSON or claim type */
    IDENTITY_E_TOO_LARGE, /* over 16 KiB (jose.h, session_cookie.h) */
    IDENTITY_E_AMBIGUOUS, /* evidence given twice: headers, cookies, chunks */
    IDENTITY_E_ALGORITHM, /* alg or enc is not ours, or zip or crit in the header */
    IDENTITY_E_NOT_AUTHENTIC, /* signature or tag does not verify with any of our keys */
    IDENTITY_E_EXPIRED,       /* exp has passed */
    IDENTITY_E_NOT_YET_VALID, /* nbf, or an assertion's iat, is in the future */
    IDENTITY_E_LIFETIME,      /* exp (or, for assertions, iat) missing or too far away */
    IDENTITY_E_AUDIENCE,      /* aud is not ours */
    IDENTITY_E_NO_DISCORD_ID, /* authentic, but without a valid Discord id */
    IDENTITY_E_CONFIGURATION, /* creating: an invalid key, or no key at all */
    IDENTITY_E_CRYPTO, /* OpenSSL, libsodium or memory failed: not the caller's fault */
};

enum identity_source {
    IDENTITY_FROM_ASSERTION,
    IDENTITY_FROM_COOKIE,
};

struct identity_caller {
    char discord_id[IDENTITY_DISCORD_ID_MAX_BYTES + 1];
    enum identity_source source;
};

/* For the log, static, never NULL, never with content of the evidence. */
const char *identity_error_text(enum identity_error error);

#endif
