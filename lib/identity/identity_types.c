#include "identity/identity_types.h"

const char *identity_error_text(enum identity_error error) {
    switch (error) {
    case IDENTITY_OK:
        return "ok";
    case IDENTITY_E_ABSENT:
        return "neither an assertion nor a session";
    case IDENTITY_E_MALFORMED:
        return "malformed";
    case IDENTITY_E_TOO_LARGE:
        return "too large";
    case IDENTITY_E_AMBIGUOUS:
        return "given twice";
    case IDENTITY_E_ALGORITHM:
        return "another algorithm than configured";
    case IDENTITY_E_NOT_AUTHENTIC:
        return "not authentic";
    case IDENTITY_E_EXPIRED:
        return "expired";
    case IDENTITY_E_NOT_YET_VALID:
        return "not yet valid";
    case IDENTITY_E_LIFETIME:
        return "no expiry, or one too far away";
    case IDENTITY_E_AUDIENCE:
        return "for another audience";
    case IDENTITY_E_NO_DISCORD_ID:
        return "no Discord id";
    case IDENTITY_E_CONFIGURATION:
        return "no key, or one of the wrong form";
    case IDENTITY_E_CRYPTO:
        return "a cryptographic library failed";
    }
    return "unknown identity error";
}
