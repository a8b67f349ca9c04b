#include "identity/identity_types.h"

const char *identity_error_text(enum identity_error error) {
    switch (error) {
    case IDENTITY_OK:
        return "ok";
    case IDENTITY_E_ABSENT:
        return "no assertion and no session cookie";
    case IDENTITY_E_SCHEME:
        return "the session cookie's name doesn't match the scheme of NEXTAUTH_URL";
    case IDENTITY_E_MALFORMED:
        return "malformed";
    case IDENTITY_E_TOO_LARGE:
        return "too large";
    case IDENTITY_E_AMBIGUOUS:
        return "given twice";
    case IDENTITY_E_ALGORITHM:
        return "wrong algorithm";
    case IDENTITY_E_NOT_AUTHENTIC:
        return "not authentic";
    case IDENTITY_E_EXPIRED:
        return "expired";
    case IDENTITY_E_NOT_YET_VALID:
        return "not yet valid";
    case IDENTITY_E_LIFETIME:
        return "no expiry, or too far away";
    case IDENTITY_E_AUDIENCE:
        return "wrong audience";
    case IDENTITY_E_NO_DISCORD_ID:
        return "no valid Discord id";
    case IDENTITY_E_CONFIGURATION:
        return "no key, or an invalid one";
    case IDENTITY_E_CRYPTO:
        return "out of memory, or a library failed";
    }
    return "unknown identity error";
}
