#include "query.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

static bool decode(struct span encoded, struct query_value *value) {
    size_t length = 0;

    for (size_t at = 0; at < encoded.length_bytes; at++) {
        char c = encoded.data[at];
        if (c == '%') {
            if (encoded.length_bytes - at < 3)
                return false;
            int high = hex_digit(encoded.data[at + 1]),
                low = hex_digit(encoded.data[at + 2]);
            if (high < 0 || low < 0)
                return false;
            c = (char)(high << 4 | low);
            at += 2;
        } else if (c == '+') {
            c = ' ';
        }
        if (c == '\0' || length == QUERY_VALUE_MAX_BYTES)
            return false;
        value->text[length++] = c;
    }
    value->text[length] = '\0';
    return true;
}

enum problem query_find(struct span query, const char *name, struct query_value *value) {
    struct span wanted = span_of_text(name);

    value->is_present = false;
    value->text[0] = '\0';
    while (query.length_bytes > 0) {
        const char *end = memchr(query.data, '&', query.length_bytes);
        size_t pair_bytes = end == NULL ? query.length_bytes : (size_t)(end - query.data);
        const char *equals = memchr(query.data, '=', pair_bytes);
        size_t key_bytes = equals == NULL ? pair_bytes : (size_t)(equals - query.data);
        if (span_equals((struct span){query.data, key_bytes}, wanted)) {
            if (value->is_present)
                return PROBLEM_DUPLICATE_PARAMETER;
            value->is_present = true;
            struct span encoded = {query.data + key_bytes, 0};
            if (equals != NULL)
                encoded = (struct span){equals + 1, pair_bytes - key_bytes - 1};
            if (!decode(encoded, value))
                return PROBLEM_MALFORMED_QUERY;
        }
        size_t taken_bytes = end == NULL ? pair_bytes : pair_bytes + 1;
        query = (struct span){query.data + taken_bytes, query.length_bytes - taken_bytes};
    }
    return PROBLEM_NONE;
}
