#include "cmocka_all.h"

#include "base/uuid.h"

static const char CANONICAL[] = "0f48fe24-5d11-4b9b-b302-e7f9096305d6";

static void a_canonical_uuid_is_unchanged(void **state) {
    struct uuid uuid;
    (void)state;
    assert_true(uuid_parse(span_of_text(CANONICAL), &uuid));
    assert_string_equal(uuid.text, CANONICAL);
}

static void upper_case_becomes_lower_case(void **state) {
    struct uuid uuid;
    (void)state;
    assert_true(uuid_parse(SPAN_OF("0F48FE24-5D11-4B9B-B302-E7F9096305D6"), &uuid));
    assert_string_equal(uuid.text, CANONICAL);
}

static void other_spellings_are_refused(void **state) {
    static const char *const refused[] = {
        "",
        "0f48fe24-5d11-4b9b-b302-e7f9096305d",
        "0f48fe24-5d11-4b9b-b302-e7f9096305d66",
        "{0f48fe24-5d11-4b9b-b302-e7f9096305d6}",
        "0f48fe245d114b9bb302e7f9096305d6",
        "0f48fe24-5d11-4b9b-b302-e7f9096305dg",
        "0f48fe24_5d11_4b9b_b302_e7f9096305d6",
        "0f48fe2-45d11-4b9b-b302-e7f9096305d6",
        " f48fe24-5d11-4b9b-b302-e7f9096305d6",
        ("0f48fe24-5d11-4b9b-b302-e7f90963\xc3\xa4"
         "d6"),
    };
    (void)state;
    for (size_t at = 0; at < sizeof refused / sizeof *refused; at++) {
        struct uuid uuid = {.text = "untouched"};
        assert_false(uuid_parse(span_of_text(refused[at]), &uuid));
        assert_string_equal(uuid.text, "untouched");
    }
}

static void a_nul_inside_is_refused(void **state) {
    struct uuid uuid;
    char text[] = "0f48fe24-5d11-4b9b-b302-e7f9096305d6";
    (void)state;
    text[20] = '\0';
    assert_false(uuid_parse((struct span){text, UUID_TEXT_BYTES}, &uuid));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_canonical_uuid_is_unchanged),
        cmocka_unit_test(upper_case_becomes_lower_case),
        cmocka_unit_test(other_spellings_are_refused),
        cmocka_unit_test(a_nul_inside_is_refused),
    };
    return cmocka_run_group_tests_name("uuid", tests, NULL, NULL);
}
