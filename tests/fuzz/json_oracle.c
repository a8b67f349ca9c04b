#include "json_oracle.h"

#include <jansson.h>

/* oracle_value is Jansson's json_t under another name. */
static const json_t *inside(const struct oracle_value *value) {
    return (const json_t *)value;
}

static size_t depth_of(json_t *value) {
    size_t deepest = 0, at;
    const char *name;
    json_t *child;

    if (!json_is_object(value) && !json_is_array(value))
        return 0;
    json_object_foreach(value, name, child) {
        size_t depth = depth_of(child);
        deepest = depth > deepest ? depth : deepest;
    }
    json_array_foreach(value, at, child) {
        size_t depth = depth_of(child);
        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}

enum oracle_verdict oracle_read(struct span text, size_t depth_max,
                                struct oracle_value **value) {
    const size_t flags =
        JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL;
    json_error_t error;

    *value = NULL;
    /* Jansson 2.14 ignores a NUL after a number or literal; JSON allows none anywhere. */
    if (text.length_bytes > 0 && memchr(text.data, '\0', text.length_bytes) != NULL)
        return ORACLE_OTHER;
    json_t *read = json_loadb(text.length_bytes == 0 ? "" : text.data, text.length_bytes,
                              flags, &error);
    if (read == NULL) {
        enum json_error_code code = json_error_code(&error);
        return code == json_error_duplicate_key      ? ORACLE_DUPLICATE
               : code == json_error_numeric_overflow ? ORACLE_OVERFLOW
                                                     : ORACLE_OTHER;
    }
    if (json_is_object(read) && depth_of(read) <= depth_max) {
        *value = (struct oracle_value *)read;
        return ORACLE_OBJECT;
    }
    json_decref(read);
    return ORACLE_OTHER;
}

void oracle_free(struct oracle_value *value) {
    json_decref((json_t *)value);
}

const struct oracle_value *oracle_member(const struct oracle_value *value,
                                         const char *name) {
    return (const struct oracle_value *)json_object_get(inside(value), name);
}

const struct oracle_value *oracle_element(const struct oracle_value *value, size_t at) {
    return (const struct oracle_value *)json_array_get(inside(value), at);
}

enum oracle_kind oracle_kind(const struct oracle_value *value) {
    static const enum oracle_kind KINDS[] = {
        [JSON_OBJECT] = ORACLE_KIND_OBJECT, [JSON_ARRAY] = ORACLE_KIND_ARRAY,
        [JSON_STRING] = ORACLE_KIND_STRING, [JSON_INTEGER] = ORACLE_KIND_NUMBER,
        [JSON_REAL] = ORACLE_KIND_NUMBER,   [JSON_TRUE] = ORACLE_KIND_TRUE,
        [JSON_FALSE] = ORACLE_KIND_FALSE,   [JSON_NULL] = ORACLE_KIND_NULL,
    };
    return value == NULL ? ORACLE_KIND_ABSENT : KINDS[json_typeof(inside(value))];
}

size_t oracle_size(const struct oracle_value *value) {
    return oracle_kind(value) == ORACLE_KIND_ARRAY ? json_array_size(inside(value))
                                                   : json_object_size(inside(value));
}

struct span oracle_text(const struct oracle_value *value) {
    return (struct span){json_string_value(inside(value)),
                         json_string_length(inside(value))};
}

double oracle_number(const struct oracle_value *value) {
    return json_number_value(inside(value));
}
