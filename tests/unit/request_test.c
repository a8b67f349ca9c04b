#include "cmocka_all.h"

#include "query.h"
#include "request.h"

/* ── query ── */

static void a_parameter_is_found_and_decoded(void **state) {
    struct query_value value;
    (void)state;
    assert_int_equal(query_find(SPAN_OF("a=1&name=x%20y+z&b"), "name", &value),
                     PROBLEM_NONE);
    assert_true(value.is_present);
    assert_string_equal(value.text, "x y z");
}

static void an_absent_parameter_is_fine(void **state) {
    struct query_value value;
    (void)state;
    assert_int_equal(query_find(SPAN_OF("names=1&xname=2"), "name", &value), PROBLEM_NONE);
    assert_false(value.is_present);
    assert_int_equal(query_find(SPAN_ABSENT, "name", &value), PROBLEM_NONE);
    assert_false(value.is_present);
}

static void a_repeated_parameter_is_refused(void **state) {
    struct query_value value;
    (void)state;
    assert_int_equal(query_find(SPAN_OF("name=1&name"), "name", &value),
                     PROBLEM_DUPLICATE_PARAMETER);
}

static void broken_escapes_and_nul_are_refused(void **state) {
    static const char *const BAD[] = {"n=%", "n=%1", "n=%g0", "n=a%00b"};
    struct query_value value;
    (void)state;
    for (size_t at = 0; at < sizeof BAD / sizeof *BAD; at++)
        assert_int_equal(query_find(span_of_text(BAD[at]), "n", &value),
                         PROBLEM_MALFORMED_QUERY);
}

/* ── request ── */

static void every_header_of_a_name_is_kept(void **state) {
    char *const parameters[] = {"REQUEST_METHOD=POST", "HTTP_COOKIE=a", "HTTP_COOKIE=b",
                                "HTTP_AUTHORIZATION=x", NULL};
    struct request request = {.body_bytes = 0};
    (void)state;
    request_take_parameters(&request, parameters);
    assert_int_equal(request.cookies.count, 2);
    assert_int_equal(request.authorizations.count, 1);
    assert_true(span_equals(request.cookies.values[1], SPAN_OF("b")));
}

static void more_headers_than_fit_do_no_harm(void **state) {
    char *parameters[REQUEST_HEADERS_MAX + 9];
    struct request request = {.body_bytes = 0};
    (void)state;
    for (size_t at = 0; at < REQUEST_HEADERS_MAX + 8; at++)
        parameters[at] = "HTTP_COOKIE=a";
    parameters[REQUEST_HEADERS_MAX + 8] = NULL;
    request_take_parameters(&request, parameters);
    assert_int_equal(request.cookies.count, REQUEST_HEADERS_MAX);
}

static void a_request_id_with_other_characters_is_replaced(void **state) {
    char *const good[] = {"HTTP_X_REQUEST_ID=0123456789abcdef", NULL};
    char *const bad[] = {"HTTP_X_REQUEST_ID=a\r\nSet-Cookie: x", NULL};
    struct request request = {.body_bytes = 0};
    struct request other = {.body_bytes = 0};
    (void)state;
    request_take_parameters(&request, good);
    assert_string_equal(request.id, "0123456789abcdef");
    request_take_parameters(&other, bad);
    assert_int_equal(strlen(other.id), 32);
    assert_null(strchr(other.id, '\r'));
}

struct source {
    size_t left_bytes;
    bool breaks;
};

static bool read_from(void *source, char *buffer, size_t bytes, size_t *read_bytes) {
    struct source *from = source;
    *read_bytes = bytes < from->left_bytes ? bytes : from->left_bytes;
    memset(buffer, 'x', *read_bytes);
    from->left_bytes -= *read_bytes;
    return !from->breaks;
}

static void a_body_of_8_kib_is_accepted_and_one_byte_more_is_too_large(void **state) {
    struct source fits = {.left_bytes = REQUEST_BODY_MAX_BYTES};
    struct source over = {.left_bytes = REQUEST_BODY_MAX_BYTES + 1};
    struct request request = {.body_bytes = 0}, other = {.body_bytes = 0};
    (void)state;
    request_take_body(&request, read_from, &fits);
    assert_false(request.body_is_too_large);
    assert_int_equal(request.body_bytes, REQUEST_BODY_MAX_BYTES);
    request_take_body(&other, read_from, &over);
    assert_true(other.body_is_too_large);
}

static void a_body_cut_short_is_broken(void **state) {
    struct source source = {.left_bytes = 3};
    struct request request = {.content_length = SPAN_OF("10")};
    (void)state;
    request_take_body(&request, read_from, &source);
    assert_true(request.body_is_broken);
}

static enum problem origin_problem(const char *origin, const char *portal) {
    struct request request = {.origins = {.count = 1}};
    request.origins.values[0] = span_of_text(origin);
    return request_check_origin(&request, portal);
}

static void only_the_portals_own_origin_is_accepted(void **state) {
    (void)state;
    assert_int_equal(origin_problem("https://p.example", "https://p.example/x"),
                     PROBLEM_NONE);
    assert_int_equal(origin_problem("https://p.example", "https://p.example:443"),
                     PROBLEM_NONE);
    assert_int_equal(origin_problem("https://P.example", "https://p.example"),
                     PROBLEM_NONE);
    assert_int_equal(origin_problem("http://p.example", "https://p.example"),
                     PROBLEM_FOREIGN_ORIGIN);
    assert_int_equal(origin_problem("https://p.example.evil", "https://p.example"),
                     PROBLEM_FOREIGN_ORIGIN);
    assert_int_equal(origin_problem("https://p.example:8443", "https://p.example"),
                     PROBLEM_FOREIGN_ORIGIN);
    assert_int_equal(origin_problem("null", "https://p.example"), PROBLEM_FOREIGN_ORIGIN);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parameter_is_found_and_decoded),
        cmocka_unit_test(an_absent_parameter_is_fine),
        cmocka_unit_test(a_repeated_parameter_is_refused),
        cmocka_unit_test(broken_escapes_and_nul_are_refused),
        cmocka_unit_test(every_header_of_a_name_is_kept),
        cmocka_unit_test(more_headers_than_fit_do_no_harm),
        cmocka_unit_test(a_request_id_with_other_characters_is_replaced),
        cmocka_unit_test(a_body_of_8_kib_is_accepted_and_one_byte_more_is_too_large),
        cmocka_unit_test(a_body_cut_short_is_broken),
        cmocka_unit_test(only_the_portals_own_origin_is_accepted),
    };
    return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
