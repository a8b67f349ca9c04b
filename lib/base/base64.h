/*
 * base64: decodes base64 strictly (RFC 4648, sections 3.2, 3.3 and 3.5).
 *
 * One text stands for one sequence of bytes, and no other text does: characters outside the
 * alphabet, white space, missing or unwanted padding and bits left over are refused.
 * libsodium does the work; its release 1.0.18 takes bytes from 0x80 as the alphabet's last
 * character, so those are refused here first. For encoding, call libsodium.
 */
#ifndef VIDEO_CALL_BASE64_H
#define VIDEO_CALL_BASE64_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

enum base64_form {
    BASE64_STANDARD,          /* '+' and '/', padded with '=' (section 4) */
    BASE64_STANDARD_UNPADDED, /* the same, padding refused */
    BASE64_URL,               /* '-' and '_', padded with '=' (section 5) */
    BASE64_URL_UNPADDED,      /* the same, padding refused: JOSE's (RFC 7515, 2) */
};

/*
 * Decodes the whole text into bytes. An empty or absent text gives no bytes and is fine.
 * Returns false, with *length_bytes 0, where the text is not strictly of that form or does
 * not fit in capacity_bytes; bytes may then hold a part of it. Takes no secret: its time
 * depends on the text.
 */
bool base64_decode(struct span text, enum base64_form form, uint8_t *bytes,
                   size_t capacity_bytes, size_t *length_bytes) MUST_CHECK NONNULL_ALL;

#endif
