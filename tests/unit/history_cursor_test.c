#include "cmocka_all.h"

#include "calls/history_cursor.h"

static const struct history_cursor KNOWN = {.start_time_us = 1790000000123456,
                                            .call_id = {"0f48fe24-5d11-4b9b-b302-"
                                                        "e7f9096305d6"}};

static void a_written_cursor_is_read_back(void **state) {
    char text[HISTORY_CURSOR_TEXT_BYTES];
    struct history_cursor read;
    (void)state;
    history_cursor_write(&KNOWN, text);
    assert_int_equal(strlen(text), HISTORY_CURSOR_TEXT_BYTES - 1);
    assert_true(history_cursor_read(span_of_text(text), &read));
    assert_int_equal(read.start_time_us, KNOWN.start_time_us);
    assert_string_equal(read.call_id.text, KNOWN.call_id.text);
}

static void a_time_the_api_cannot_show_is_refused(void **state) {
    struct history_cursor read;
    (void)state;
    assert_true(history_cursor_read(
        SPAN_OF("0384440ccc735fff0f48fe245d114b9bb302e7f9096305d6"), &read));
    assert_false(history_cursor_read(
        SPAN_OF("0384440ccc7360000f48fe245d114b9bb302e7f9096305d6"), &read));
    assert_false(history_cursor_read(
        SPAN_OF("7fffffffffffffff0f48fe245d114b9bb302e7f9096305d6"), &read));
    assert_false(history_cursor_read(
        SPAN_OF("ffffffffffffffff0f48fe245d114b9bb302e7f9096305d6"), &read));
}

static void every_truncation_is_refused(void **state) {
    char text[HISTORY_CURSOR_TEXT_BYTES];
    struct history_cursor read;
    (void)state;
    history_cursor_write(&KNOWN, text);
    for (size_t length = 0; length < strlen(text); length++)
        assert_false(history_cursor_read((struct span){text, length}, &read));
}

static void other_text_is_refused(void **state) {
    struct history_cursor read;
    (void)state;
    assert_false(history_cursor_read(SPAN_OF("'; DROP TABLE video_calls; --"), &read));
    assert_false(history_cursor_read(
        SPAN_OF("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"), &read));
    assert_false(history_cursor_read(
        SPAN_OF("00065BEEA97C4440 F48FE245D114B9BB302E7F9096305D6"), &read));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_written_cursor_is_read_back),
        cmocka_unit_test(a_time_the_api_cannot_show_is_refused),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(other_text_is_refused),
    };
    return cmocka_run_group_tests_name("history_cursor", tests, NULL, NULL);
}
