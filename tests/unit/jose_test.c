#include "cmocka_all.h"

#include "identity/jose.h"

#include <sodium.h>
#include <stdlib.h>

/* RFC 7515, appendix A.1: the key, and the token. */
static const char RFC7515_A1_KEY[] = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-"
                                     "1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
static const char RFC7515_A1_TOKEN[] = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
                                       "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh"
                                       "0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
                                       "cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/* RFC 8037, appendix A.2 (key) and A.4 (token). */
static const char RFC8037_KEY[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
static const char RFC8037_TOKEN[] =
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_"
    "MuM0KAg";

struct key {
    uint8_t bytes[128];
    size_t length_bytes;
};

static struct span decode(const char *text, struct key *key) {
    assert_int_equal(sodium_base642bin(key->bytes, sizeof key->bytes, text, strlen(text),
                                       NULL, &key->length_bytes, NULL,
                                       sodium_base64_VARIANT_URLSAFE_NO_PADDING),
                     0);
    return (struct span){(const char *)key->bytes, key->length_bytes};
}

static void rfc7515_a1_verifies_with_hs256(void **state) {
    struct jose_payload payload;
    struct key key;
    (void)state;
    assert_int_equal(jose_jws_verify(SPAN_OF(RFC7515_A1_TOKEN), JOSE_HS256,
                                     decode(RFC7515_A1_KEY, &key), &payload),
                     JOSE_OK);
    assert_memory_equal(payload.bytes, "{\"iss\":\"joe\"", 12);
}

static void rfc8037_a4_verifies_with_eddsa(void **state) {
    struct jose_payload payload;
    struct key key;
    (void)state;
    assert_int_equal(jose_jws_verify(SPAN_OF(RFC8037_TOKEN), JOSE_EDDSA,
                                     decode(RFC8037_KEY, &key), &payload),
                     JOSE_OK);
    assert_int_equal(payload.length_bytes, 26);
    assert_memory_equal(payload.bytes, "Example of Ed25519 signing", 26);
}

static void the_caller_chooses_the_algorithm(void **state) {
    struct jose_payload payload;
    struct key key;
    (void)state;
    assert_int_equal(jose_jws_verify(SPAN_OF(RFC7515_A1_TOKEN), JOSE_EDDSA,
                                     decode(RFC8037_KEY, &key), &payload),
                     JOSE_E_ALGORITHM);
    assert_int_equal(jose_jws_verify(SPAN_OF(RFC8037_TOKEN), JOSE_HS256,
                                     decode(RFC7515_A1_KEY, &key), &payload),
                     JOSE_E_ALGORITHM);
    assert_int_equal(payload.length_bytes, 0);
}

static void another_key_does_not_verify(void **state) {
    struct jose_payload payload;
    struct key key;
    (void)state;
    struct span wrong = decode(RFC7515_A1_KEY, &key);
    key.bytes[0] ^= 1;
    assert_int_equal(
        jose_jws_verify(SPAN_OF(RFC7515_A1_TOKEN), JOSE_HS256, wrong, &payload),
        JOSE_E_NOT_AUTHENTIC);
    wrong = decode(RFC8037_KEY, &key);
    key.bytes[0] ^= 1;
    assert_int_equal(jose_jws_verify(SPAN_OF(RFC8037_TOKEN), JOSE_EDDSA, wrong, &payload),
                     JOSE_E_NOT_AUTHENTIC);
    assert_int_equal(payload.length_bytes, 0);
}

static void every_changed_character_of_a_signature_is_detected(void **state) {
    struct jose_payload payload;
    struct key key;
    char token[sizeof RFC8037_TOKEN];
    struct span good = decode(RFC8037_KEY, &key);
    (void)state;
    memcpy(token, RFC8037_TOKEN, sizeof token);
    for (size_t at = 0; at < sizeof token - 1; at++) {
        char kept = token[at];
        token[at] = kept == 'A' ? 'B' : 'A';
        assert_int_not_equal(jose_jws_verify((struct span){token, sizeof token - 1},
                                             JOSE_EDDSA, good, &payload),
                             JOSE_OK);
        token[at] = kept;
    }
}

/* NextAuth v4's key for the secret "secret", computed with Node's crypto.hkdfSync. */
static void hkdf_with_an_empty_salt_gives_nextauths_key(void **state) {
    uint8_t key[32], expected[32];
    (void)state;
    assert_int_equal(jose_hkdf_sha256(SPAN_OF("secret"), SPAN_OF(""),
                                      SPAN_OF("NextAuth.js Generated Encryption Key"), key,
                                      sizeof key),
                     JOSE_OK);
    assert_int_equal(
        sodium_hex2bin(expected, sizeof expected,
                       "9ab5058ebf5be88f82f4aee99d22cf8be7a34a4af1836299d0668f4d83020f5a",
                       64, NULL, NULL, NULL),
        0);
    assert_memory_equal(key, expected, sizeof key);
}

static const struct span GCM_KEY = SPAN_OF("0123456789abcdef0123456789abcdef");

static void an_encrypted_token_decrypts(void **state) {
    struct jose_payload payload;
    char *compact;
    (void)state;
    assert_int_equal(jose_jwe_encrypt(SPAN_OF("{\"a\":1}"), GCM_KEY, &compact), JOSE_OK);
    assert_int_equal(
        jose_jwe_decrypt(span_of_text(compact), JOSE_A256GCM, GCM_KEY, &payload), JOSE_OK);
    assert_int_equal(payload.length_bytes, 7);
    assert_memory_equal(payload.bytes, "{\"a\":1}", 7);
    free(compact);
}

static void every_changed_character_of_an_encrypted_token_is_detected(void **state) {
    struct jose_payload payload;
    char *compact;
    (void)state;
    assert_int_equal(jose_jwe_encrypt(SPAN_OF("{\"a\":1}"), GCM_KEY, &compact), JOSE_OK);
    for (size_t at = 0; compact[at] != '\0'; at++) {
        char kept = compact[at];
        compact[at] = kept == 'A' ? 'B' : 'A';
        enum jose_error error =
            jose_jwe_decrypt(span_of_text(compact), JOSE_A256GCM, GCM_KEY, &payload);
        assert_int_not_equal(error, JOSE_OK);
        assert_int_equal(payload.length_bytes, 0);
        compact[at] = kept;
    }
    free(compact);
}

static void a_refused_token_leaves_nothing_of_its_plaintext(void **state) {
    static const char TEXT[] = "{\"a\":\"plaintext of a forged token\"}";
    struct jose_payload payload;
    char *compact;
    (void)state;
    assert_int_equal(jose_jwe_encrypt(SPAN_OF(TEXT), GCM_KEY, &compact), JOSE_OK);
    char *tag = strrchr(compact, '.') + 1;
    tag[0] = tag[0] == 'A' ? 'B' : 'A';
    assert_int_equal(
        jose_jwe_decrypt(span_of_text(compact), JOSE_A256GCM, GCM_KEY, &payload),
        JOSE_E_NOT_AUTHENTIC);
    assert_true(sodium_is_zero(payload.bytes, sizeof payload.bytes));
    free(compact);
}

static void anything_but_the_compact_form_is_malformed(void **state) {
    static const char *const BAD[] = {"",
                                      ".",
                                      "....",
                                      ".....",
                                      "a.b.c.d.e",
                                      "e30..a.a.a",
                                      "e30=..AAAA.AAAA.AAAA",
                                      "e30.AAAA.AAAA.AAAA.AAAA",
                                      "W10..AAAA.AAAA.AAAA"};
    struct jose_payload payload;
    (void)state;
    for (size_t at = 0; at < sizeof BAD / sizeof *BAD; at++) {
        enum jose_error error =
            jose_jwe_decrypt(span_of_text(BAD[at]), JOSE_A256GCM, GCM_KEY, &payload);
        assert_true(error == JOSE_E_MALFORMED || error == JOSE_E_ALGORITHM);
        assert_int_equal(jose_jws_verify(span_of_text(BAD[at]), JOSE_HS256, GCM_KEY,
                                         &payload) == JOSE_OK,
                         0);
    }
}

static void anything_over_the_cap_is_too_large(void **state) {
    static char text[JOSE_COMPACT_MAX_BYTES + 1];
    struct jose_payload payload;
    (void)state;
    memset(text, 'A', sizeof text);
    struct span token = {text, sizeof text};
    assert_int_equal(jose_jwe_decrypt(token, JOSE_A256GCM, GCM_KEY, &payload),
                     JOSE_E_TOO_LARGE);
    assert_int_equal(jose_jws_verify(token, JOSE_HS256, GCM_KEY, &payload),
                     JOSE_E_TOO_LARGE);
}

static void a_key_of_the_wrong_length_is_an_error(void **state) {
    struct jose_payload payload;
    char *compact;
    (void)state;
    assert_int_equal(
        jose_jwe_decrypt(SPAN_OF("a.b.c.d.e"), JOSE_A256CBC_HS512, GCM_KEY, &payload),
        JOSE_E_CRYPTO);
    assert_int_equal(jose_jwe_encrypt(SPAN_OF("{}"), SPAN_OF("short"), &compact),
                     JOSE_E_CRYPTO);
    assert_null(compact);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rfc7515_a1_verifies_with_hs256),
        cmocka_unit_test(rfc8037_a4_verifies_with_eddsa),
        cmocka_unit_test(the_caller_chooses_the_algorithm),
        cmocka_unit_test(another_key_does_not_verify),
        cmocka_unit_test(every_changed_character_of_a_signature_is_detected),
        cmocka_unit_test(hkdf_with_an_empty_salt_gives_nextauths_key),
        cmocka_unit_test(an_encrypted_token_decrypts),
        cmocka_unit_test(every_changed_character_of_an_encrypted_token_is_detected),
        cmocka_unit_test(a_refused_token_leaves_nothing_of_its_plaintext),
        cmocka_unit_test(anything_but_the_compact_form_is_malformed),
        cmocka_unit_test(anything_over_the_cap_is_too_large),
        cmocka_unit_test(a_key_of_the_wrong_length_is_an_error),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("jose", tests, NULL, NULL);
}
