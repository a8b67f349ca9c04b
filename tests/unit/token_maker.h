/*
 * token_maker: compact tokens with any header, for tests: what somebody could send who has
 * the key and breaks the rules.
 *
 * Not for the product, which makes only what identity.h says.
 */
#ifndef VIDEO_CALL_TOKEN_MAKER_H
#define VIDEO_CALL_TOKEN_MAKER_H

#include "base/span.h"
#include "identity/jose.h"

#define TOKEN_MAKER_TEXT_BYTES 32768

struct made_token {
    char text[TOKEN_MAKER_TEXT_BYTES];
    size_t length_bytes;
};

/* Appends text as it is, or the base64url of bytes. What doesn't fit ends the process. */
void token_put(struct made_token *token, struct span text);
void token_put_base64url(struct made_token *token, struct span bytes);

/*
 * A JWE or JWS of that payload under header, whatever it says. The IV is fixed, so that the
 * same is made each time: never for the product. The key of EdDSA is the secret one, of
 * crypto_sign_SECRETKEYBYTES.
 */
void token_encrypt(struct made_token *token, enum jose_encryption encryption,
                   struct span key, struct span header, struct span payload);
void token_sign(struct made_token *token, enum jose_signature signature, struct span key,
                struct span header, struct span payload);

/* What has been put so far. */
struct span token_span(const struct made_token *token);

#endif
