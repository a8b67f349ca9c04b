#include "cmocka_all.h"

#include "base/span.h"

static void assert_cut(struct span *rest, const char *part, const char *left) {
    assert_true(span_equals(span_cut(rest, ';'), span_of_text(part)));
    assert_true(span_equals(*rest, span_of_text(left)));
    assert_int_equal(rest->data == NULL, left == NULL);
}

static void a_text_is_cut_at_each_separator(void **state) {
    struct span rest = SPAN_OF("a;bc;;d");
    (void)state;
    assert_cut(&rest, "a", "bc;;d");
    assert_cut(&rest, "bc", ";d");
    assert_cut(&rest, "", "d");
    assert_cut(&rest, "d", NULL);
    assert_cut(&rest, "", NULL);
}

static void a_separator_at_the_end_leaves_an_empty_part(void **state) {
    struct span rest = SPAN_OF("a;");
    (void)state;
    assert_cut(&rest, "a", "");
    assert_cut(&rest, "", NULL);
}

static void blanks_are_trimmed_from_both_ends_only(void **state) {
    (void)state;
    assert_true(span_equals(span_trim(SPAN_OF(" \ta b\t "), " \t"), SPAN_OF("a b")));
    assert_true(span_equals(span_trim(SPAN_OF("\na"), " \t"), SPAN_OF("\na")));
    assert_int_equal(span_trim(SPAN_OF("  "), " ").length_bytes, 0);
    assert_null(span_trim(SPAN_ABSENT, " ").data);
    /* A NUL isn't a blank, though strchr() would find one. */
    assert_int_equal(span_trim((struct span){"\0a\0", 3}, " ").length_bytes, 3);
}

static void a_prefix_is_recognised(void **state) {
    (void)state;
    assert_true(span_starts_with(SPAN_OF("abc"), SPAN_OF("ab")));
    assert_true(span_starts_with(SPAN_OF("ab"), SPAN_OF("ab")));
    assert_false(span_starts_with(SPAN_OF("a"), SPAN_OF("ab")));
    assert_false(span_starts_with(SPAN_ABSENT, SPAN_OF("ab")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_cut_at_each_separator),
        cmocka_unit_test(a_separator_at_the_end_leaves_an_empty_part),
        cmocka_unit_test(blanks_are_trimmed_from_both_ends_only),
        cmocka_unit_test(a_prefix_is_recognised),
    };
    return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
