#include "cmocka_all.h"

#include "secret_strength.h"

static void assert_strength(const char *secret, int min_bits,
                            enum secret_strength expected) {
    assert_int_equal(secret_strength(span_of_text(secret), min_bits), expected);
}

static void a_secret_from_openssl_is_strong(void **state) {
    (void)state;
    assert_strength("qKcxy5Zs0Ty2vCwnYjZ3lqz9LgYvE4nO1Xk2yB7dW8E=", 96, SECRET_STRONG);
    assert_strength("b3f1c09d7e5a48261f0d9c3b7a5e8421", 96, SECRET_STRONG);
    assert_strength("a secret of the portal's, long enough to be one", 96, SECRET_STRONG);
}

static void short_secrets_are_short(void **state) {
    (void)state;
    assert_strength("", 1, SECRET_SHORT);
    assert_strength("x", 96, SECRET_SHORT);
    assert_strength("changeme", 96, SECRET_SHORT);
    assert_strength("b3f1c09d7e5a4826", 96, SECRET_SHORT);
}

/* 24 hex digits hold 96 bits; letters that only look like hex don't count as another
 * alphabet. */
static void the_limit_is_exact(void **state) {
    (void)state;
    assert_strength("b3f1c09d7e5a48261f0d9c3b", 96, SECRET_STRONG);
    assert_strength("b3f1c09d7e5a48261f0d9c3", 96, SECRET_SHORT);
    assert_strength("Qm7x2Lp9", 40, SECRET_STRONG);
    assert_strength("Qm7x2L", 40, SECRET_SHORT);
}

static void long_and_repetitive_is_not_strong(void **state) {
    (void)state;
    assert_strength("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 96, SECRET_REPETITIVE);
    assert_strength("abcabcabcabcabcabcabcabcabcabcabcabcabcabc", 96, SECRET_REPETITIVE);
    assert_strength("aB1!aB1!", 40, SECRET_STRONG);
    assert_strength("aaaaaB1!", 40, SECRET_STRONG);
    assert_strength("zzzzzzzY", 40, SECRET_REPETITIVE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_from_openssl_is_strong),
        cmocka_unit_test(short_secrets_are_short),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(long_and_repetitive_is_not_strong),
    };
    return cmocka_run_group_tests_name("secret_strength", tests, NULL, NULL);
}
