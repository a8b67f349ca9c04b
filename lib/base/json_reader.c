#include "base/json_reader.h"

#include "base/json_wipe.h"

#include <json-c/json_visit.h>
#include <limits.h>

/* What is left to read, and what has been seen. */
struct scan {
    struct span rest;
    size_t members;
    int depth, depth_max;
};

/* The byte at that distance; past the end, NUL, which is valid nowhere. */
static char peek(const struct scan *scan, size_t ahead) {
    return ahead < scan->rest.length_bytes ? scan->rest.data[ahead] : '\0';
}

static void skip(struct scan *scan, size_t byte_count) {
    scan->rest.data += byte_count;
    scan->rest.length_bytes -= byte_count;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static void skip_blanks(struct scan *scan) {
    while (is_blank(peek(scan, 0)))
        skip(scan, 1);
}

static bool skip_digits(struct scan *scan) {
    bool are_there = is_digit(peek(scan, 0));

    while (is_digit(peek(scan, 0)))
        skip(scan, 1);
    return are_there;
}

/* RFC 8259, 6. */
static bool skip_number(struct scan *scan) {
    if (peek(scan, 0) == '-')
        skip(scan, 1);
    if (peek(scan, 0) == '0')
        skip(scan, 1);
    else if (!skip_digits(scan))
        return false;
    if (peek(scan, 0) == '.') {
        skip(scan, 1);
        if (!skip_digits(scan))
            return false;
    }
    if (peek(scan, 0) == 'e' || peek(scan, 0) == 'E') {
        skip(scan, 1);
        if (peek(scan, 0) == '+' || peek(scan, 0) == '-')
            skip(scan, 1);
        if (!skip_digits(scan))
            return false;
    }
    return !is_digit(peek(scan, 0));
}

/* The code unit of the \uXXXX at that distance; UINT_MAX if there is none. */
static unsigned code_unit(const struct scan *scan, size_t ahead) {
    static const char DIGITS[] = "0123456789abcdef0123456789ABCDEF";
    unsigned unit = 0;

    if (peek(scan, ahead) != '\\' || peek(scan, ahead + 1) != 'u')
        return UINT_MAX;
    for (size_t at = ahead + 2; at < ahead + 6; at++) {
        const char *digit = memchr(DIGITS, peek(scan, at), sizeof DIGITS - 1);
        if (digit == NULL)
            return UINT_MAX;
        unit = unit << 4 | ((unsigned)(digit - DIGITS) & 15);
    }
    return unit;
}

/* json-c checks the form of an escape, and turns half of a surrogate pair into U+FFFD. */
static bool skip_escape(struct scan *scan, bool *holds_nul) {
    unsigned unit = code_unit(scan, 0);
    bool is_high = unit >= 0xD800 && unit <= 0xDBFF;

    if (unit >= 0xDC00 && unit <= 0xDFFF)
        return false;
    if (is_high && (code_unit(scan, 6) < 0xDC00 || code_unit(scan, 6) > 0xDFFF))
        return false;
    *holds_nul |= unit == 0;
    if (scan->rest.length_bytes < 2)
        return false;
    skip(scan, is_high ? 12 : 2);
    return true;
}

/*
 * Whether a UTF-8 sequence may start with these two bytes (RFC 3629, 4); json-c checks only
 * that the right number of continuation bytes follows.
 */
static bool is_utf8_start(unsigned char first, unsigned char second) {
    switch (first) {
    case 0xC0:
    case 0xC1:
        return false;
    case 0xE0:
        return second >= 0xA0;
    case 0xED:
        return second < 0xA0;
    case 0xF0:
        return second >= 0x90;
    case 0xF4:
        return second < 0x90;
    default:
        return first < 0xF5;
    }
}

/* RFC 8259, 7. A string before a colon is a member's name. */
static bool skip_string(struct scan *scan) {
    bool holds_nul = false;

    skip(scan, 1);
    while (peek(scan, 0) != '"') {
        unsigned char c = (unsigned char)peek(scan, 0);
        if (c < 0x20 || !is_utf8_start(c, (unsigned char)peek(scan, 1)))
            return false;
        if (c != '\\')
            skip(scan, 1);
        else if (!skip_escape(scan, &holds_nul))
            return false;
    }
    skip(scan, 1);
    skip_blanks(scan);
    if (peek(scan, 0) != ':')
        return true;
    scan->members++;
    return !holds_nul;
}

static bool skip_token(struct scan *scan) {
    /* Structure, and the letters of true, false and null, whose order json-c checks. */
    static const char OTHERS[] = "{}[]:,truefalsn";
    char c = peek(scan, 0);

    if (c == '"')
        return skip_string(scan);
    if (c == '-' || is_digit(c))
        return skip_number(scan);
    if (memchr(OTHERS, c, sizeof OTHERS - 1) == NULL)
        return false;
    if (c == '{' || c == '[')
        scan->depth++;
    else if (c == '}' || c == ']')
        scan->depth--;
    skip(scan, 1);
    return scan->depth <= scan->depth_max;
}

/* Checks the tokens where json-c doesn't; json-c checks their order. */
static bool scan_tokens(struct span text, int depth_max, size_t *members) {
    struct scan scan = {.rest = text, .depth_max = depth_max};

    for (skip_blanks(&scan); scan.rest.length_bytes > 0; skip_blanks(&scan))
        if (!skip_token(&scan))
            return false;
    *members = scan.members;
    return true;
}

static int count_member(json_object *value, int flags, json_object *parent,
                        const char *name, size_t *index, void *members) {
    (void)value;
    (void)parent;
    (void)index;
    if (name != NULL && (flags & JSON_C_VISIT_SECOND) == 0)
        ++*(size_t *)members;
    return JSON_C_VISIT_RETURN_CONTINUE;
}

static enum json_reader_error parse_tokens(struct span text, int depth_max,
                                           json_object **object) {
    /* json-c counts a number or string as a level, too. */
    json_tokener *tokener = json_tokener_new_ex(depth_max + 1);
    if (tokener == NULL)
        return JSON_READER_E_MEMORY;
    enum json_reader_error error = JSON_READER_E_MEMORY;
    if (json_wipe_reserve(tokener, text.length_bytes)) {
        json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
        *object = json_tokener_parse_ex(tokener, text.data, (int)text.length_bytes);
        bool is_whole = json_tokener_get_error(tokener) == json_tokener_success &&
                        json_tokener_get_parse_end(tokener) == text.length_bytes;
        error = is_whole && json_object_is_type(*object, json_type_object)
                    ? JSON_READER_OK
                    : JSON_READER_E_MALFORMED;
    }
    json_wipe_tokener(tokener);
    return error;
}

enum json_reader_error json_reader_parse(struct span text, int depth_max,
                                         json_object **object) {
    json_object *parsed = NULL;
    size_t members = 0, kept = 0;

    *object = NULL;
    if (text.length_bytes > INT_MAX || !scan_tokens(text, depth_max, &members))
        return JSON_READER_E_MALFORMED;
    enum json_reader_error error = parse_tokens(text, depth_max, &parsed);
    if (error == JSON_READER_OK) {
        (void)json_c_visit(parsed, 0, count_member, &kept);
        /* Of two members with the same name, json-c keeps the last. */
        if (kept != members)
            error = JSON_READER_E_DUPLICATE;
    }
    if (error != JSON_READER_OK) {
        json_wipe(parsed);
        return error;
    }
    *object = parsed;
    return JSON_READER_OK;
}

struct span json_reader_text(json_object *value) {
    if (!json_object_is_type(value, json_type_string))
        return SPAN_ABSENT;
    return (struct span){json_object_get_string(value),
                         (size_t)json_object_get_string_len(value)};
}

bool json_reader_is_text(json_object *value, struct span text) {
    struct span found = json_reader_text(value);

    return found.data != NULL && span_equals(found, text);
}
