/*
 * Reads any bytes as JSON. json_reader's verdict and values must be the same as
 * Jansson's.
 */
#include "base/json_reader.h"
#include "fuzz.h"
#include "json_oracle.h"

#define DEPTH_MAX 16
/* The lowest value that doesn't fit in a 64-bit integer. */
#define INT64_END 9223372036854775808.0

static bool is_same(json_object *value, const struct oracle_value *expected);

static bool is_same_number(json_object *value, double expected) {
    if (json_object_is_type(value, json_type_double))
        return json_object_get_double(value) == expected;
    return json_object_is_type(value, json_type_int) &&
           (expected >= INT64_END || expected <= -INT64_END ||
            (double)json_object_get_int64(value) == expected);
}

static bool is_same_object(json_object *value, const struct oracle_value *expected) {
    if (!json_object_is_type(value, json_type_object) ||
        (size_t)json_object_object_length(value) != oracle_size(expected))
        return false;
    json_object_object_foreach(value, name, member) {
        if (!is_same(member, oracle_member(expected, name)))
            return false;
    }
    return true;
}

static bool is_same_array(json_object *value, const struct oracle_value *expected) {
    if (!json_object_is_type(value, json_type_array) ||
        json_object_array_length(value) != oracle_size(expected))
        return false;
    for (size_t at = 0; at < oracle_size(expected); at++)
        if (!is_same(json_object_array_get_idx(value, at), oracle_element(expected, at)))
            return false;
    return true;
}

static bool is_same(json_object *value, const struct oracle_value *expected) {
    switch (oracle_kind(expected)) {
    case ORACLE_KIND_OBJECT:
        return is_same_object(value, expected);
    case ORACLE_KIND_ARRAY:
        return is_same_array(value, expected);
    case ORACLE_KIND_STRING:
        return json_reader_is_text(value, oracle_text(expected));
    case ORACLE_KIND_NUMBER:
        return is_same_number(value, oracle_number(expected));
    case ORACLE_KIND_TRUE:
        return json_object_is_type(value, json_type_boolean) &&
               json_object_get_boolean(value);
    case ORACLE_KIND_FALSE:
        return json_object_is_type(value, json_type_boolean) &&
               !json_object_get_boolean(value);
    case ORACLE_KIND_NULL:
        return value == NULL;
    case ORACLE_KIND_ABSENT:
        break;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    json_object *object;
    struct oracle_value *expected;
    struct span text = fuzz_span(data, size);
    enum json_reader_error error = json_reader_parse(text, DEPTH_MAX, &object);

    FUZZ_REQUIRE((error == JSON_READER_OK) == (object != NULL));
    switch (oracle_read(text, DEPTH_MAX, &expected)) {
    case ORACLE_OBJECT:
        FUZZ_REQUIRE(error == JSON_READER_OK);
        FUZZ_REQUIRE(is_same(object, expected));
        break;
    case ORACLE_DUPLICATE:
        FUZZ_REQUIRE(error != JSON_READER_OK);
        break;
    case ORACLE_OVERFLOW:
        break;
    case ORACLE_OTHER:
        FUZZ_REQUIRE(error == JSON_READER_E_MALFORMED);
        break;
    }
    json_object_put(object);
    oracle_free(expected);
    return 0;
}
