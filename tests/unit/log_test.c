#include "cmocka_all.h"

#include "base/log.h"

#include <json-c/json.h>

static json_object *parse(struct log_line *line) {
    json_object *object;
    line->text[line->length_bytes] = '}';
    line->text[line->length_bytes + 1] = '\0';
    object = json_tokener_parse(line->text);
    assert_non_null(object);
    return object;
}

static const char *member(json_object *object, const char *name) {
    return json_object_get_string(json_object_object_get(object, name));
}

static void a_line_is_json_with_time_level_and_event(void **state) {
    struct log_line line;
    (void)state;
    log_begin(&line, LOG_LEVEL_ERROR, "something");
    log_number(&line, "status", -5);
    log_milliseconds(&line, "ms", 1.25);
    json_object *object = parse(&line);
    assert_int_equal(strlen(member(object, "time")), 24);
    assert_string_equal(member(object, "level"), "error");
    assert_string_equal(member(object, "event"), "something");
    assert_string_equal(member(object, "status"), "-5");
    assert_string_equal(member(object, "ms"), "1.250");
    json_object_put(object);
}

static void control_characters_and_quotes_are_escaped(void **state) {
    struct log_line line;
    (void)state;
    log_begin(&line, LOG_LEVEL_INFO, "x");
    log_text(&line, "text", "a\"b\\c\nd\x1b\x7f");
    assert_null(memchr(line.text, '\n', line.length_bytes));
    assert_null(memchr(line.text, 0x1b, line.length_bytes));
    json_object *object = parse(&line);
    assert_string_equal(member(object, "text"), "a\"b\\c\nd\x1b\x7f");
    json_object_put(object);
}

static void invalid_utf8_is_replaced_and_valid_kept(void **state) {
    struct log_line line;
    (void)state;
    log_begin(&line, LOG_LEVEL_INFO, "x");
    log_text(&line, "good", "\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80");
    log_text(&line, "bad", "a\xff\xc0\x80\xed\xa0\x80z");
    json_object *object = parse(&line);
    assert_string_equal(member(object, "good"), "\xc3\xa4\xe6\x97\xa5\xf0\x9f\x98\x80");
    assert_non_null(strstr(member(object, "bad"), "\xef\xbf\xbd"));
    json_object_put(object);
}

static void a_field_that_does_not_fit_is_left_out_entirely(void **state) {
    static char big[LOG_LINE_BYTES];
    struct log_line line;
    (void)state;
    memset(big, 'x', sizeof big - 1);
    log_begin(&line, LOG_LEVEL_INFO, "x");
    log_text(&line, "big", big);
    log_text(&line, "small", "y");
    json_object *object = parse(&line);
    assert_null(json_object_object_get(object, "big"));
    assert_string_equal(member(object, "small"), "y");
    json_object_put(object);
}

static void a_line_below_the_threshold_is_dropped(void **state) {
    struct log_line line;
    (void)state;
    log_set_threshold(LOG_LEVEL_WARNING);
    log_begin(&line, LOG_LEVEL_INFO, "x");
    log_text(&line, "a", "b");
    assert_true(line.dropped);
    assert_int_equal(line.length_bytes, 0);
    log_set_threshold(LOG_LEVEL_INFO);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_json_with_time_level_and_event),
        cmocka_unit_test(control_characters_and_quotes_are_escaped),
        cmocka_unit_test(invalid_utf8_is_replaced_and_valid_kept),
        cmocka_unit_test(a_field_that_does_not_fit_is_left_out_entirely),
        cmocka_unit_test(a_line_below_the_threshold_is_dropped),
    };
    return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
