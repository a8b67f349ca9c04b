#include "base/json_reader.h"

#include "base/json_wipe.h"

/* Outside of strings: structure, blanks, numbers, and the letters of true, false, null. */
static const char OUTSIDE[] = "{}[]:, \t\r\n0123456789+-.eEtrufalsn";

/* Whether RFC 8259 lets this character stand here; json-c lets pass more, strict or not. */
static bool is_allowed(char c, char next, bool in_string) {
    if (in_string)
        return (unsigned char)c >= 0x20;
    if (c == '.')
        return next >= '0' && next <= '9';
    return c == '"' || (c != '\0' && strchr(OUTSIDE, c) != NULL);
}

/*
 * The number of members of the outermost object, or -1 for what json-c should not have let
 * pass. Counted because json-c keeps the last of two members of one name without a word.
 */
static int scan(struct span text) {
    int depth = 0, members = 0;
    bool in_string = false;

    for (size_t at = 0; at < text.length_bytes; at++) {
        char c = text.data[at];
        char next = at + 1 < text.length_bytes ? text.data[at + 1] : '\0';
        if (!is_allowed(c, next, in_string))
            return -1;
        if (in_string && c == '\\')
            at++;
        else if (c == '"')
            in_string = !in_string;
        else if (!in_string && (c == '{' || c == '['))
            depth++;
        else if (!in_string && (c == '}' || c == ']'))
            depth--;
        else if (!in_string && c == ':' && depth == 1)
            members++;
    }
    return members;
}

static bool is_blank(struct span text) {
    for (size_t at = 0; at < text.length_bytes; at++)
        if (strchr(" \t\r\n", text.data[at]) == NULL || text.data[at] == '\0')
            return false;
    return true;
}

enum json_reader_error json_reader_parse(struct span text, int depth_max,
                                         json_object **object) {
    enum json_reader_error error = JSON_READER_E_MALFORMED;
    json_object *parsed = NULL;

    *object = NULL;
    json_tokener *tokener = json_tokener_new_ex(depth_max);
    if (tokener == NULL)
        return JSON_READER_E_MEMORY;
    if (!json_wipe_reserve(tokener, text.length_bytes)) {
        error = JSON_READER_E_MEMORY;
        goto out;
    }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8 |
                                        JSON_TOKENER_ALLOW_TRAILING_CHARS);
    parsed = json_tokener_parse_ex(tokener, text.data, (int)text.length_bytes);
    if (json_tokener_get_error(tokener) != json_tokener_success ||
        !json_object_is_type(parsed, json_type_object))
        goto out;
    size_t end = json_tokener_get_parse_end(tokener);
    int members = scan(text);
    if (members < 0 || !is_blank((struct span){text.data + end, text.length_bytes - end}))
        goto out;
    error = JSON_READER_E_DUPLICATE;
    if (members != json_object_object_length(parsed))
        goto out;
    *object = parsed;
    parsed = NULL;
    error = JSON_READER_OK;
out:
    json_wipe(parsed);
    json_wipe_tokener(tokener);
    return error;
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
