#include "cmocka_all.h"

#include "base/json_reader.h"

#define DEPTH_MAX 16

static void a_member_given_twice_is_refused(void **state) {
    json_object *object;
    (void)state;
    assert_int_equal(json_reader_parse(SPAN_OF("{\"a\":1,\"a\":1}"), DEPTH_MAX, &object),
                     JSON_READER_E_DUPLICATE);
    assert_null(object);
    assert_int_equal(
        json_reader_parse(SPAN_OF("{\"a\":1,\"\\u0061\":1}"), DEPTH_MAX, &object),
        JSON_READER_E_DUPLICATE);
    assert_int_equal(
        json_reader_parse(SPAN_OF("{\"a\":{\"a\":\"{\\\"a\\\":1}\"}}"), DEPTH_MAX, &object),
        JSON_READER_OK);
    json_object_put(object);
}

static void what_json_c_would_let_pass_is_refused(void **state) {
    static const char *const BAD[] = {"{'a':1}",    "{\"a\":NaN}",    "{\"a\":-Infinity}",
                                      "{\"a\":1.}", "{\"a\":\"\t\"}", "{}x",
                                      "/* */{}"};
    json_object *object;
    (void)state;
    for (size_t at = 0; at < sizeof BAD / sizeof *BAD; at++)
        assert_int_equal(json_reader_parse(span_of_text(BAD[at]), DEPTH_MAX, &object),
                         JSON_READER_E_MALFORMED);
}

static void blanks_around_an_object_are_fine(void **state) {
    json_object *object;
    (void)state;
    assert_int_equal(json_reader_parse(SPAN_OF(" \r\n\t{ \"a\" : [ 1.5e3 , true ] } \n"),
                                       DEPTH_MAX, &object),
                     JSON_READER_OK);
    json_object_put(object);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_member_given_twice_is_refused),
        cmocka_unit_test(what_json_c_would_let_pass_is_refused),
        cmocka_unit_test(blanks_around_an_object_are_fine),
    };
    return cmocka_run_group_tests_name("json_reader", tests, NULL, NULL);
}
