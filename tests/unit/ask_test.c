#include "cmocka_all.h"

#include "postgres/ask.h"

#include <string.h>

static void parameters_are_copied_in_their_order(void **state) {
    const char *parameters[ASK_PARAMETERS_MAX];
    char text[] = "Ada";
    struct ask ask, moved;
    (void)state;
    ask_begin(&ask, "SELECT 1");
    ask_add_text(&ask, text);
    ask_add_text(&ask, NULL);
    ask_add_number(&ask, -9223372036854775807LL - 1);
    ask_add_boolean(&ask, true);
    ask_add_text(&ask, "");
    text[0] = 'x';
    moved = ask;
    memset(&ask, 'x', sizeof ask);
    assert_true(ask_parameters(&moved, parameters));
    assert_int_equal(moved.parameter_count, 5);
    assert_string_equal(parameters[0], "Ada");
    assert_null(parameters[1]);
    assert_string_equal(parameters[2], "-9223372036854775808");
    assert_string_equal(parameters[3], "t");
    assert_string_equal(parameters[4], "");
}

static void what_does_not_fit_is_not_sent(void **state) {
    const char *parameters[ASK_PARAMETERS_MAX];
    char text[ASK_TEXTS_BYTES + 1];
    struct ask ask;
    (void)state;
    memset(text, 'x', sizeof text);
    text[ASK_TEXTS_BYTES - 1] = '\0';
    ask_begin(&ask, "SELECT 1");
    ask_add_text(&ask, text);
    assert_true(ask_parameters(&ask, parameters));
    ask_add_text(&ask, "");
    assert_false(ask_parameters(&ask, parameters));

    ask_begin(&ask, "SELECT 1");
    for (int at = 0; at < ASK_PARAMETERS_MAX; at++)
        ask_add_boolean(&ask, false);
    assert_true(ask_parameters(&ask, parameters));
    ask_add_text(&ask, NULL);
    assert_false(ask_parameters(&ask, parameters));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_copied_in_their_order),
        cmocka_unit_test(what_does_not_fit_is_not_sent),
    };
    return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
