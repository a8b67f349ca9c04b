/*
 * span: a view of bytes owned by someone else: pointer and length.
 *
 * A span never owns memory, isn't NUL-terminated, and is valid as long as what it points
 * into. {NULL, 0} means "absent"; a non-NULL pointer with length 0 means "present and
 * empty".
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

/* The text without its NUL; a NULL text gives an absent span. */
static inline struct span span_of_text(const char *text) {
    return (struct span){text, text == NULL ? 0 : strlen(text)};
}

/* Compares bytes; an absent span equals an empty one. Not constant-time: never for
 * secrets. */
static inline bool span_equals(struct span a, struct span b) {
    return a.length_bytes == b.length_bytes &&
           (a.length_bytes == 0 || memcmp(a.data, b.data, a.length_bytes) == 0);
}

/* Whether text starts with prefix; every text starts with an empty one. */
static inline bool span_starts_with(struct span text, struct span prefix) {
    return text.length_bytes >= prefix.length_bytes &&
           (prefix.length_bytes == 0 ||
            memcmp(text.data, prefix.data, prefix.length_bytes) == 0);
}

/* Strips the characters in blanks from both ends; an absent text stays absent. */
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
 * Removes from rest, and returns, the part before the first separator; the separator is
 * dropped. If there is none, the part is all of rest, and rest becomes absent. After a
 * separator at its very end, rest is empty, not absent.
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
