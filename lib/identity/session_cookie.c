#include "identity/session_cookie.h"

struct piece {
    struct span value;
    bool is_doubled;
};

struct found {
    struct piece whole;
    struct piece chunks[SESSION_COOKIE_CHUNKS_MAX];
};

#define BLANKS " \t"

/* The number after "name.", as a library writes it; false if it isn't one. */
static bool chunk_number(struct span suffix, size_t *number) {
    if (suffix.length_bytes == 0 || suffix.length_bytes > 4 ||
        (suffix.length_bytes > 1 && suffix.data[0] == '0'))
        return false;
    *number = 0;
    for (size_t at = 0; at < suffix.length_bytes; at++) {
        if (suffix.data[at] < '0' || suffix.data[at] > '9')
            return false;
        *number = *number * 10 + (size_t)(suffix.data[at] - '0');
    }
    return true;
}

static void keep(struct piece *piece, struct span value) {
    piece->is_doubled = piece->value.data != NULL;
    piece->value = value;
}

static void look_at_pair(struct found *found, struct span pair, struct span name) {
    struct span value = pair;
    struct span key = span_trim(span_cut(&value, '='), BLANKS);
    size_t number = 0;

    if (value.data == NULL)
        return;
    value = span_trim(value, BLANKS);
    if (span_equals(key, name)) {
        keep(&found->whole, value);
        return;
    }
    if (key.length_bytes > name.length_bytes + 1 && span_starts_with(key, name) &&
        key.data[name.length_bytes] == '.' &&
        chunk_number((struct span){key.data + name.length_bytes + 1,
                                   key.length_bytes - name.length_bytes - 1},
                     &number) &&
        number < SESSION_COOKIE_CHUNKS_MAX)
        keep(&found->chunks[number], value);
}

static void look_through(struct found *found, struct span header, struct span name) {
    while (header.length_bytes > 0)
        look_at_pair(found, span_cut(&header, ';'), name);
}

/* Up to the first chunk that is missing. */
static enum session_cookie_error join(const struct found *found, char *buffer,
                                      struct span *value) {
    size_t length_bytes = 0;

    for (size_t at = 0;
         at < SESSION_COOKIE_CHUNKS_MAX && found->chunks[at].value.data != NULL; at++) {
        struct span chunk = found->chunks[at].value;
        if (found->chunks[at].is_doubled)
            return SESSION_COOKIE_E_AMBIGUOUS;
        if (chunk.length_bytes > SESSION_COOKIE_MAX_BYTES - length_bytes)
            return SESSION_COOKIE_E_TOO_LARGE;
        memcpy(buffer + length_bytes, chunk.data, chunk.length_bytes);
        length_bytes += chunk.length_bytes;
    }
    *value = (struct span){buffer, length_bytes};
    return SESSION_COOKIE_OK;
}

enum session_cookie_error session_cookie_find(const struct span *headers,
                                              size_t header_count, const char *name,
                                              char buffer[static SESSION_COOKIE_MAX_BYTES],
                                              struct span *value) {
    struct found found = {.whole = {SPAN_ABSENT, false}};

    *value = SPAN_ABSENT;
    for (size_t at = 0; at < header_count; at++)
        look_through(&found, headers[at], span_of_text(name));
    bool is_whole = found.whole.value.data != NULL;
    bool is_chunked = found.chunks[0].value.data != NULL;
    if (!is_whole && !is_chunked)
        return SESSION_COOKIE_E_ABSENT;
    if ((is_whole && is_chunked) || found.whole.is_doubled)
        return SESSION_COOKIE_E_AMBIGUOUS;
    if (is_chunked)
        return join(&found, buffer, value);
    if (found.whole.value.length_bytes > SESSION_COOKIE_MAX_BYTES)
        return SESSION_COOKIE_E_TOO_LARGE;
    *value = found.whole.value;
    return SESSION_COOKIE_OK;
}
