#include "cmocka_all.h"

#include "base/json_reader.h"

#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MAX      16
#define LINE_MAX_BYTES 4096

/* The cases of vectors/json.txt, which other parsers read too. */
#define CASES VECTORS_FOLDER "/json.txt"

static enum json_reader_error error_of(const char *text) {
    json_object *object;
    enum json_reader_error error =
        json_reader_parse(span_of_text(text), DEPTH_MAX, &object);

    assert_true((error == JSON_READER_OK) == (object != NULL));
    json_object_put(object);
    return error;
}

/* Turns %XX into bytes, in place. */
static struct span decode_percent(char *text) {
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        char hex[3] = {0};
        if (*from == '%') {
            memcpy(hex, from + 1, 2);
            from += 2;
            *to++ = (char)strtoul(hex, NULL, 16);
        } else {
            *to++ = *from;
        }
    }
    return (struct span){text, (size_t)(to - text)};
}

/* In a buffer of exactly its size, so that a sanitizer detects a read past it. */
static enum json_reader_error parse_copy(struct span text) {
    json_object *object;
    char *copy = malloc(text.length_bytes + (text.length_bytes == 0));

    assert_non_null(copy);
    memcpy(copy, text.data, text.length_bytes);
    enum json_reader_error error =
        json_reader_parse((struct span){copy, text.length_bytes}, DEPTH_MAX, &object);
    json_object_put(object);
    free(copy);
    return error;
}

static bool case_holds(char *line) {
    static const enum json_reader_error EXPECTED[] = {['y'] = JSON_READER_OK,
                                                      ['n'] = JSON_READER_E_MALFORMED,
                                                      ['l'] = JSON_READER_E_MALFORMED,
                                                      ['d'] = JSON_READER_E_DUPLICATE};
    char *name = line + 2;
    char *text = name + strcspn(name, " ");

    assert_non_null(strchr("ynld", line[0]));
    if (*text == ' ')
        *text++ = '\0';
    enum json_reader_error error = parse_copy(decode_percent(text));
    if (error == EXPECTED[(unsigned char)line[0]])
        return true;
    print_error("%s: %d\n", name, (int)error);
    return false;
}

static void every_case_of_the_table_is_read_as_expected(void **state) {
    static char line[LINE_MAX_BYTES];
    size_t cases = 0, wrong = 0;
    FILE *file = fopen(CASES, "r");
    (void)state;

    assert_non_null(file);
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '\0' || line[0] == '#')
            continue;
        cases++;
        wrong += !case_holds(line);
    }
    (void)fclose(file);
    assert_true(cases > 200);
    assert_int_equal(wrong, 0);
}

static void every_byte_outside_a_string_is_checked(void **state) {
    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[] = {'{', (char)c, '}'};
        bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
        assert_int_equal(parse_copy((struct span){text, sizeof text}),
                         is_blank ? JSON_READER_OK : JSON_READER_E_MALFORMED);
    }
}

static void every_truncation_is_malformed(void **state) {
    static const char TEXT[] =
        "{\"a\":[1.5e3,true,null,\"\\ud83d\\ude00\xc3\xa9\"],\"b\":{}}";
    (void)state;
    for (size_t length = 0; length < sizeof TEXT - 1; length++)
        assert_int_equal(parse_copy((struct span){TEXT, length}), JSON_READER_E_MALFORMED);
    assert_int_equal(parse_copy(SPAN_OF(TEXT)), JSON_READER_OK);
}

static void a_name_with_a_nul_does_not_pass_for_a_shorter_one(void **state) {
    (void)state;
    assert_int_equal(error_of("{\"alg\\u0000x\":\"dir\"}"), JSON_READER_E_MALFORMED);
    assert_int_equal(error_of("{\"alg\":\"dir\\u0000x\"}"), JSON_READER_OK);
}

static void only_objects_and_arrays_count_as_depth(void **state) {
    json_object *object;
    (void)state;
    assert_int_equal(json_reader_parse(SPAN_OF("{}"), 1, &object), JSON_READER_OK);
    json_object_put(object);
    assert_int_equal(json_reader_parse(SPAN_OF("{\"a\":1}"), 1, &object), JSON_READER_OK);
    json_object_put(object);
    assert_int_equal(json_reader_parse(SPAN_OF("{\"a\":[]}"), 1, &object),
                     JSON_READER_E_MALFORMED);
    assert_int_equal(json_reader_parse(SPAN_OF("{\"a\":[]}"), 2, &object), JSON_READER_OK);
    json_object_put(object);
}

static void values_match_the_text(void **state) {
    json_object *object;
    (void)state;
    assert_int_equal(
        json_reader_parse(SPAN_OF("{\"i\":-12,\"d\":0.5,\"t\":\"a\\u0000\\ud83d\\ude00\"}"),
                          DEPTH_MAX, &object),
        JSON_READER_OK);
    assert_int_equal(json_object_get_int64(json_object_object_get(object, "i")), -12);
    assert_true(json_object_get_double(json_object_object_get(object, "d")) == 0.5);
    struct span text = json_reader_text(json_object_object_get(object, "t"));
    assert_int_equal(text.length_bytes, 6);
    assert_memory_equal(text.data, "a\0\xf0\x9f\x98\x80", 6);
    assert_null(json_reader_text(json_object_object_get(object, "i")).data);
    assert_null(json_reader_text(NULL).data);
    assert_true(json_reader_is_text(json_object_object_get(object, "t"), text));
    assert_false(json_reader_is_text(NULL, SPAN_ABSENT));
    json_object_put(object);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_of_the_table_is_read_as_expected),
        cmocka_unit_test(every_byte_outside_a_string_is_checked),
        cmocka_unit_test(every_truncation_is_malformed),
        cmocka_unit_test(a_name_with_a_nul_does_not_pass_for_a_shorter_one),
        cmocka_unit_test(only_objects_and_arrays_count_as_depth),
        cmocka_unit_test(values_match_the_text),
    };
    return cmocka_run_group_tests_name("json_reader", tests, NULL, NULL);
}
