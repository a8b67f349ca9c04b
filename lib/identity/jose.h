/*
 * jose: the small part of JOSE that this project accepts. A token can't choose anything.
 *
 * Compact JWE (RFC 7516) with "dir" and A256GCM or A256CBC-HS512 (RFC 7518, 5.2 and 5.3),
 * compact JWS (RFC 7515) with HS256 (RFC 7518, 3.2) or EdDSA over Ed25519 (RFC 8037), and
 * HKDF-SHA256 (RFC 5869), which derives the keys of session cookies.
 *
 * The caller decides on the algorithm. A token whose header names another, or carries `zip`
 * or `crit`, is refused, so nothing is inflated or negotiated. No part of the payload is
 * released before all of it is authenticated. claims.h checks its claims.
 */
#ifndef VIDEO_CALL_JOSE_H
#define VIDEO_CALL_JOSE_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

#define JOSE_COMPACT_MAX_BYTES 16384

enum jose_error {
    JOSE_OK = 0,
    JOSE_E_TOO_LARGE,     /* over JOSE_COMPACT_MAX_BYTES */
    JOSE_E_MALFORMED,     /* not the compact form, not strict base64url, header not JSON */
    JOSE_E_ALGORITHM,     /* alg or enc is not the one asked for, or zip or crit is there */
    JOSE_E_NOT_AUTHENTIC, /* tag or signature doesn't verify with this key */
    JOSE_E_CRYPTO,        /* a library or memory failed, or the key has the wrong length */
};

enum jose_encryption {
    JOSE_A256GCM,       /* key of 32 bytes */
    JOSE_A256CBC_HS512, /* key of 64 bytes: for the MAC, then for the cipher */
};

enum jose_signature {
    JOSE_HS256, /* key of any length */
    JOSE_EDDSA, /* Ed25519 public key of 32 bytes */
};

/* For the caller to wipe. 16 KiB: have only one on the stack at a time. */
struct jose_payload {
    uint8_t bytes[JOSE_COMPACT_MAX_BYTES];
    size_t length_bytes;
};

/* Decrypts. Fills payload for OK only; it is wiped otherwise. Errors: all. */
enum jose_error jose_jwe_decrypt(struct span compact, enum jose_encryption encryption,
                                 struct span key,
                                 struct jose_payload *payload) MUST_CHECK NONNULL_ALL;

/*
 * Encrypts with A256GCM under a fresh IV. compact is malloc'ed, NUL-terminated, the
 * caller's to free. Errors: TOO_LARGE, CRYPTO.
 */
enum jose_error jose_jwe_encrypt(struct span payload, struct span key,
                                 char **compact) MUST_CHECK NONNULL_ALL;

/* Checks the signature. Fills payload for OK only; it is wiped otherwise. Errors: all. */
enum jose_error jose_jws_verify(struct span compact, enum jose_signature signature,
                                struct span key,
                                struct jose_payload *payload) MUST_CHECK NONNULL_ALL;

/* HKDF-SHA256 into key_bytes bytes; salt may be empty. Errors: CRYPTO. */
enum jose_error jose_hkdf_sha256(struct span input_key, struct span salt, struct span info,
                                 uint8_t *key, size_t key_bytes) MUST_CHECK NONNULL_ALL;

#endif
