/*
 * token_maker: compact tokens with any header, for tests: what someone could send who has
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

/* Appends text unchanged, or the base64url of bytes. Aborts if it doesn't fit. */
void token_put(struct made_token *token, struct span text);
void token_put_base64url(struct made_token *token, struct span bytes);

/*
 * Makes a JWE or JWS of the payload with any header. The IV is fixed, so that the token is
 * the same each time: never use this in the product. EdDSA needs the secret key, of
 * crypto_sign_SECRETKEYBYTES.
 */
void token_encrypt(struct made_token *token, enum jose_encryption encryption,
                   struct span key, struct span header, struct span payload);
void token_sign(struct made_token *token, enum jose_signature signature, struct span key,
                struct span header, struct span payload);

/* The text so far. */
struct span token_span(const struct made_token *token);

#endif
