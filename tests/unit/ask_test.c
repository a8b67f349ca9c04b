#include "cmocka_all.h"

#include "postgres/ask.h"

#include <string.h>

static void parameters_are_copied_in_order(void **state) {
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

static void an_ask_whose_parameters_do_not_fit_is_not_sent(void **state) {
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

static void asks_with_the_same_sql_and_row_share_it(void **state) {
    static const char sql[] = "SELECT 1", other_sql[] = "SELECT 2";
    const char *const texts[] = {sql, sql, sql, other_sql, sql};
    const char *const rows[] = {"a", "a", "b", "a", NULL};
    struct ask asks[5];
    (void)state;
    for (int at = 0; at < 5; at++) {
        ask_begin(&asks[at], texts[at]);
        ask_add_number(&asks[at], at);
        ask_add_text(&asks[at], rows[at]);
        ask_mark_row(&asks[at]);
        ask_add_number(&asks[at], at);
    }
    for (int at = 0; at < 5; at++)
        assert_int_equal(ask_shares_row(&asks[0], &asks[at]), at < 2);
    assert_false(ask_shares_row(&asks[4], &asks[4]));
    ask_begin(&asks[0], sql);
    assert_false(ask_shares_row(&asks[0], &asks[1]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_are_copied_in_order),
        cmocka_unit_test(an_ask_whose_parameters_do_not_fit_is_not_sent),
        cmocka_unit_test(asks_with_the_same_sql_and_row_share_it),
    };
    return cmocka_run_group_tests_name("ask", tests, NULL, NULL);
}
