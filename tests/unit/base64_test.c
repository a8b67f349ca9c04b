#include "cmocka_all.h"

#include "base/base64.h"

#include <sodium.h>

static bool decodes_as(enum base64_form form, struct span text, const char *expected) {
    uint8_t bytes[64];
    size_t length_bytes = 1;

    if (!base64_decode(text, form, bytes, sizeof bytes, &length_bytes)) {
        assert_int_equal(length_bytes, 0);
        return false;
    }
    assert_non_null(expected);
    assert_int_equal(length_bytes, strlen(expected));
    assert_memory_equal(bytes, expected, length_bytes);
    return true;
}

static bool decodes(enum base64_form form, const char *text) {
    uint8_t bytes[64];
    size_t length_bytes = 1;

    return base64_decode(span_of_text(text), form, bytes, sizeof bytes, &length_bytes);
}

/* RFC 4648, section 10. */
static void the_rfcs_vectors_decode(void **state) {
    static const char *const VECTORS[][3] = {
        {"", "", ""},
        {"f", "Zg==", "Zg"},
        {"fo", "Zm8=", "Zm8"},
        {"foo", "Zm9v", "Zm9v"},
        {"foob", "Zm9vYg==", "Zm9vYg"},
        {"fooba", "Zm9vYmE=", "Zm9vYmE"},
        {"foobar", "Zm9vYmFy", "Zm9vYmFy"},
    };
    (void)state;
    for (size_t at = 0; at < sizeof VECTORS / sizeof *VECTORS; at++) {
        struct span padded = span_of_text(VECTORS[at][1]);
        struct span unpadded = span_of_text(VECTORS[at][2]);
        bool is_both = span_equals(padded, unpadded);
        assert_true(decodes_as(BASE64_STANDARD, padded, VECTORS[at][0]));
        assert_true(decodes_as(BASE64_URL, padded, VECTORS[at][0]));
        assert_true(decodes_as(BASE64_STANDARD_UNPADDED, unpadded, VECTORS[at][0]));
        assert_true(decodes_as(BASE64_URL_UNPADDED, unpadded, VECTORS[at][0]));
        assert_int_equal(decodes(BASE64_URL, VECTORS[at][2]), is_both);
        assert_int_equal(decodes(BASE64_URL_UNPADDED, VECTORS[at][1]), is_both);
    }
}

static bool is_in_alphabet(int c, enum base64_form form) {
    bool is_url = form == BASE64_URL || form == BASE64_URL_UNPADDED;

    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           c == (is_url ? '-' : '+') || c == (is_url ? '_' : '/');
}

static void a_byte_outside_the_alphabet_is_refused(void **state) {
    (void)state;
    for (enum base64_form form = BASE64_STANDARD; form <= BASE64_URL_UNPADDED; form++)
        for (int c = 0; c < 256; c++)
            for (size_t at = 0; at < 4; at++) {
                char text[4] = {'A', 'A', 'A', 'A'};
                uint8_t bytes[3];
                size_t length_bytes;
                text[at] = (char)c;
                bool taken = base64_decode((struct span){text, sizeof text}, form, bytes,
                                           sizeof bytes, &length_bytes);
                bool pads =
                    c == '=' && at == 3 && (form == BASE64_STANDARD || form == BASE64_URL);
                assert_int_equal(taken, is_in_alphabet(c, form) || pads);
            }
}

static void leftover_bits_are_refused(void **state) {
    static const char ALPHABET[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    (void)state;
    for (size_t value = 0; value < 64; value++) {
        char two[] = {'A', ALPHABET[value], '\0'};
        char three[] = {'A', 'A', ALPHABET[value], '\0'};
        assert_int_equal(decodes(BASE64_URL_UNPADDED, two), value % 16 == 0);
        assert_int_equal(decodes(BASE64_URL_UNPADDED, three), value % 4 == 0);
    }
}

static void other_lengths_padding_and_blanks_are_refused(void **state) {
    static const char *const BAD[] = {"A",     "AAAAA", "AA=",  "AA==", "AA===", "=",
                                      "====",  "A=A=",  " AAA", "AAA ", "AA A",  "AAAA\n",
                                      "AA\tA", "AAA=",  "-",    "AAAA="};
    (void)state;
    for (size_t at = 0; at < sizeof BAD / sizeof *BAD; at++)
        assert_false(decodes(BASE64_URL_UNPADDED, BAD[at]));
    assert_false(decodes(BASE64_URL, "AA="));
    assert_false(decodes(BASE64_URL, "AA==="));
    assert_false(decodes(BASE64_URL, "AAAA===="));
    assert_false(decodes(BASE64_URL, "AA==AA=="));
}

static void a_text_whose_bytes_do_not_fit_is_refused(void **state) {
    uint8_t bytes[4] = {0, 0, 0, 0xEE};
    size_t length_bytes;
    (void)state;
    assert_true(
        base64_decode(SPAN_OF("Zm9v"), BASE64_URL_UNPADDED, bytes, 3, &length_bytes));
    assert_false(
        base64_decode(SPAN_OF("Zm9vYg"), BASE64_URL_UNPADDED, bytes, 3, &length_bytes));
    assert_int_equal(length_bytes, 0);
    assert_int_equal(bytes[3], 0xEE);
    assert_true(base64_decode(SPAN_ABSENT, BASE64_URL_UNPADDED, bytes, 0, &length_bytes));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rfcs_vectors_decode),
        cmocka_unit_test(a_byte_outside_the_alphabet_is_refused),
        cmocka_unit_test(leftover_bits_are_refused),
        cmocka_unit_test(other_lengths_padding_and_blanks_are_refused),
        cmocka_unit_test(a_text_whose_bytes_do_not_fit_is_refused),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
