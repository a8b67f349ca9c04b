/*
 * base64: decodes base64 strictly (RFC 4648, sections 3.2, 3.3 and 3.5).
 *
 * Each sequence of bytes has exactly one valid text: characters outside the alphabet, white
 * space, missing or extra padding and leftover bits are refused. libsodium does the work;
 * its release 1.0.18 reads bytes from 0x80 up as the alphabet's last character, so those
 * are refused here first. To encode, call libsodium.
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
 * Decodes the whole text into bytes. An empty or absent text is valid and gives no bytes.
 * Returns false, with *length_bytes 0, if the text isn't strictly in that form or doesn't
 * fit in capacity_bytes; bytes may then hold part of it. Not for secrets: its time depends
 * on the text.
 */
bool base64_decode(struct span text, enum base64_form form, uint8_t *bytes,
                   size_t capacity_bytes, size_t *length_bytes) MUST_CHECK NONNULL_ALL;

#endif
