/*
 * uuid: UUIDs in one canonical spelling.
 *
 * Accepts only the 8-4-4-4-12 form of RFC 9562 section 4, in either case and any version:
 * no braces, no "urn:uuid:", no blanks. The canonical form is lower case.
 */
#ifndef VIDEO_CALL_UUID_H
#define VIDEO_CALL_UUID_H

#include "base/attributes.h"
#include "base/span.h"

#define UUID_TEXT_BYTES 36

struct uuid {
    char text[UUID_TEXT_BYTES + 1]; /* canonical, NUL-terminated */
};

/* Fills uuid and returns true, or returns false and leaves uuid unchanged. */
bool uuid_parse(struct span text, struct uuid *uuid) MUST_CHECK NONNULL_ALL;

/* Makes a random UUID: version 4, RFC 9562 section 5.4. */
void uuid_make(struct uuid *uuid) NONNULL_ALL;

#endif
