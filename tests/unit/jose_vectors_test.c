/*
 * The RFCs' own examples, from vectors/jose.json, which names each one's section;
 * tests/integration/readers.test.mjs checks the same file with Node's crypto.
 *
 * The module is compiled into this program, so that examples of content encryption alone,
 * without a compact form, can reach it too.
 */
#include "cmocka_all.h"

#include "identity/jose.c"

#define FILE_NAME VECTORS_FOLDER "/jose.json"

struct bytes {
    uint8_t data[2048];
    size_t length_bytes;
};

static struct span text_of(json_object *object, const char *name) {
    return json_reader_text(json_object_object_get(object, name));
}

static struct span decoded(struct span text, struct bytes *bytes) {
    assert_true(decode(text, bytes->data, sizeof bytes->data, &bytes->length_bytes));
    return (struct span){(const char *)bytes->data, bytes->length_bytes};
}

static struct span symmetric_key(json_object *vector, struct bytes *bytes) {
    json_object *key = json_object_object_get(vector, "key");

    bytes->length_bytes = 0;
    return decoded(text_of(key, "k"), bytes);
}

static const char *verdict_of(enum jose_error error) {
    static const char *const VERDICTS[] = {
        [JOSE_OK] = "ok",
        [JOSE_E_TOO_LARGE] = "too large",
        [JOSE_E_MALFORMED] = "malformed",
        [JOSE_E_ALGORITHM] = "algorithm",
        [JOSE_E_NOT_AUTHENTIC] = "not authentic",
        [JOSE_E_CRYPTO] = "crypto",
    };
    return VERDICTS[error];
}

static void expect(json_object *vector, const char *expected, enum jose_error error,
                   const struct jose_payload *payload) {
    struct bytes known;

    if (strcmp(verdict_of(error), expected) != 0)
        fail_msg("%s: %s instead of %s", text_of(vector, "section").data, verdict_of(error),
                 expected);
    if (error != JOSE_OK) {
        assert_int_equal(payload->length_bytes, 0);
        return;
    }
    struct span text = decoded(text_of(vector, "payload"), &known);
    assert_int_equal(payload->length_bytes, text.length_bytes);
    assert_memory_equal(payload->bytes, text.data, text.length_bytes);
}

/* The Ed25519 public key or the HMAC secret; some other key if it has neither. */
static struct span signature_key(json_object *vector, enum jose_signature signature,
                                 struct bytes *bytes) {
    json_object *key = json_object_object_get(vector, "key");
    struct span text = text_of(key, signature == JOSE_EDDSA ? "x" : "k");
    struct span given = decoded(text, bytes);

    return signature == JOSE_HS256 || given.length_bytes == crypto_sign_PUBLICKEYBYTES
               ? given
               : SPAN_OF("0123456789abcdef0123456789abcdef");
}

static void check_jws(json_object *vector) {
    static const char *const NAMES[] = {[JOSE_HS256] = "HS256", [JOSE_EDDSA] = "EdDSA"};
    struct jose_payload payload;
    struct bytes key;
    const char *verdict = text_of(vector, "verdict").data;

    for (enum jose_signature signature = JOSE_HS256; signature <= JOSE_EDDSA; signature++) {
        bool is_its_own = json_reader_is_text(json_object_object_get(vector, "alg"),
                                              span_of_text(NAMES[signature]));
        bool is_understood =
            strcmp(verdict, "ok") == 0 || strcmp(verdict, "not authentic") == 0;
        enum jose_error error =
            jose_jws_verify(text_of(vector, "compact"), signature,
                            signature_key(vector, signature, &key), &payload);
        expect(vector, is_understood && !is_its_own ? "algorithm" : verdict, error,
               &payload);
    }
}

/* Decrypts the content of a token with a wrapped key, which the module refuses as a
 * whole. */
static void check_content(json_object *vector, enum jose_encryption encryption,
                          struct span key) {
    const struct encryption *how = &ENCRYPTIONS[encryption];
    struct span parts[JWE_PARTS];
    struct jose_payload payload;
    struct bytes iv, tag, ciphertext;

    assert_true(split(text_of(vector, "compact"), parts, JWE_PARTS));
    (void)decoded(parts[JWE_IV], &iv);
    (void)decoded(parts[JWE_TAG], &tag);
    (void)decoded(parts[JWE_CIPHERTEXT], &ciphertext);
    assert_int_equal(iv.length_bytes, how->iv_bytes);
    assert_int_equal(tag.length_bytes, how->tag_bytes);
    assert_int_equal(how->open((const uint8_t *)key.data, iv.data, parts[JWE_HEADER],
                               ciphertext.data, ciphertext.length_bytes, tag.data,
                               &payload),
                     JOSE_OK);
    expect(vector, "ok", JOSE_OK, &payload);
}

static void check_jwe(json_object *vector) {
    static const char ZEROS[A256CBC_HS512_KEY_BYTES] = {0};
    struct jose_payload payload;
    struct bytes key;
    struct span given = symmetric_key(vector, &key);
    struct span enc = text_of(vector, "enc"), alg = text_of(vector, "alg");

    for (enum jose_encryption encryption = JOSE_A256GCM; encryption <= JOSE_A256CBC_HS512;
         encryption++) {
        size_t key_bytes = ENCRYPTIONS[encryption].key_bytes;
        struct span fitting =
            given.length_bytes == key_bytes ? given : (struct span){ZEROS, key_bytes};
        expect(vector, text_of(vector, "verdict").data,
               jose_jwe_decrypt(text_of(vector, "compact"), encryption, fitting, &payload),
               &payload);
        if (span_equals(enc, span_of_text(ENCRYPTIONS[encryption].name)) &&
            !span_equals(alg, SPAN_OF("JSON")))
            check_content(vector, encryption, given);
    }
}

/* Additional data other than a header: RFC 7518, appendix B. */
static void check_bare_content(json_object *vector) {
    const struct encryption *how = &ENCRYPTIONS[JOSE_A256CBC_HS512];
    struct jose_payload payload = {.length_bytes = 0};
    struct bytes key, aad, iv, ciphertext, tag;
    struct span given = symmetric_key(vector, &key);
    struct span data = decoded(text_of(vector, "aad"), &aad);

    (void)decoded(text_of(vector, "iv"), &iv);
    (void)decoded(text_of(vector, "ciphertext"), &ciphertext);
    (void)decoded(text_of(vector, "tag"), &tag);
    assert_int_equal(given.length_bytes, how->key_bytes);
    assert_int_equal(tag.length_bytes, how->tag_bytes);
    assert_int_equal(how->open((const uint8_t *)given.data, iv.data, data, ciphertext.data,
                               ciphertext.length_bytes, tag.data, &payload),
                     JOSE_OK);
    expect(vector, "ok", JOSE_OK, &payload);
    tag.data[0] ^= 1;
    assert_int_equal(how->open((const uint8_t *)given.data, iv.data, data, ciphertext.data,
                               ciphertext.length_bytes, tag.data, &payload),
                     JOSE_E_NOT_AUTHENTIC);
}

static size_t check_all(const char *form, void (*check)(json_object *vector)) {
    json_object *vectors = json_object_from_file(FILE_NAME);
    size_t checked = 0;

    assert_true(json_object_is_type(vectors, json_type_array));
    for (size_t at = 0; at < json_object_array_length(vectors); at++) {
        json_object *vector = json_object_array_get_idx(vectors, at);
        if (!json_reader_is_text(json_object_object_get(vector, "form"),
                                 span_of_text(form)))
            continue;
        check(vector);
        checked++;
    }
    json_object_put(vectors);
    return checked;
}

static void signed_examples_verify_or_are_refused_for_their_algorithm(void **state) {
    (void)state;
    assert_int_equal(check_all("jws", check_jws), 19);
}

static void encrypted_examples_are_refused_and_their_content_decrypts(void **state) {
    (void)state;
    assert_int_equal(check_all("jwe", check_jwe), 18);
}

static void content_encryption_of_rfc7518_b3_decrypts(void **state) {
    (void)state;
    assert_int_equal(check_all("content", check_bare_content), 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signed_examples_verify_or_are_refused_for_their_algorithm),
        cmocka_unit_test(encrypted_examples_are_refused_and_their_content_decrypts),
        cmocka_unit_test(content_encryption_of_rfc7518_b3_decrypts),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("jose_vectors", tests, NULL, NULL);
}
