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

/* Without the characters of blanks at both ends; an absent text stays absent. */
static inline struct span span_trim(struct span text, const char *blanks) {
    while (text.length_bytes > 0 && *text.data != '\0' &&
           strchr(blanks, *text.data) != NULL) {
        text.data++;
        text.length_bytes--;
    }
    while (text.length_bytes > 0 && text.data[text.length_bytes - 1] != '\0' &&
           strchr(blanks, text.data[text.length_bytes - 1]) != NULL)
        text.length_bytes--;
    return text;
}

/*
 * Cuts off rest, and returns, what stands before the first separator, which goes with it.
 * Without one that is all of it, and rest is absent then: it is empty where a separator
 * ends it.
 */
static inline struct span span_cut(struct span *rest, char separator) {
    const char *end =
        rest->length_bytes == 0 ? NULL : memchr(rest->data, separator, rest->length_bytes);
    struct span part = *rest;

    if (end == NULL) {
        *rest = SPAN_ABSENT;
        return part;
    }
    part.length_bytes = (size_t)(end - rest->data);
    *rest = (struct span){end + 1, rest->length_bytes - part.length_bytes - 1};
    return part;
}

#endif
