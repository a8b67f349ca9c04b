/*
 * span: bytes that somebody else owns, pointer and length travelling together.
 *
 * A span never owns, is not NUL-terminated, and lives no longer than what it points into.
 * {NULL, 0} means "absent"; a non-NULL pointer with length 0 means "present and empty".
 */
#ifndef VIDEO_CALL_SPAN_H
#define VIDEO_CALL_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
    const char *data;
    size_t length_bytes;
};

#define SPAN_ABSENT ((struct span){NULL, 0})
/* For string literals only. */
#define SPAN_OF(literal) ((struct span){(literal), sizeof(literal) - 1})

/* The text without its terminating NUL; text may be NULL and gives an absent span. */
static inline struct span span_of_text(const char *text) {
    return (struct span){text, text == NULL ? 0 : strlen(text)};
}

/* Byte for byte; two absent spans are equal. Not constant in time: never for secrets. */
static inline bool span_equals(struct span a, struct span b) {
    return a.length_bytes == b.length_bytes &&
           (a.length_bytes == 0 || memcmp(a.data, b.data, a.length_bytes) == 0);
}

/* Whether text begins with a prefix; an absent text does not. */
static inline bool span_starts_with(struct span text, struct span prefix) {
    return text.length_bytes >= prefix.length_bytes &&
           (prefix.length_bytes == 0 ||
            memcmp(text.data, prefix.data, prefix.length_bytes) == 0);
}

#endif
