/*
 * Decrypts any text, and tokens with any header or payload made with the right key. Only a
 * token made with the key may be accepted, and of those exactly the ones whose header is as
 * jose.h says, as another JSON parser reads it.
 *
 * The first character of the input says what follows: '0' and '1' any text, '2' and '3' a
 * header, '4' and '5' a payload; even for A256GCM, odd for A256CBC-HS512.
 */
#include "fuzz.h"
#include "identity/jose.h"
#include "json_oracle.h"
#include "token_maker.h"

#include <sodium.h>

#define HEADER_MAX_BYTES  1024
#define HEADER_DEPTH      4
#define PAYLOAD_MAX_BYTES 8192

static const char KEY[] =
    "0123456789abcdef0123456789abcdefFEDCBA9876543210FEDCBA9876543210";
static const struct span PAYLOAD = SPAN_OF("{\"sub\":\"1\"}");

static const struct algorithm {
    struct span name, key, good_header;
} ALGORITHMS[] = {
    [JOSE_A256GCM] = {SPAN_OF("A256GCM"),
                      {KEY, 32},
                      SPAN_OF("{\"alg\":\"dir\",\"enc\":\"A256GCM\"}")},
    [JOSE_A256CBC_HS512] = {SPAN_OF("A256CBC-HS512"),
                            {KEY, 64},
                            SPAN_OF("{\"alg\":\"dir\",\"enc\":\"A256CBC-HS512\"}")},
};

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    return sodium_init() < 0;
}

/* A valid token can't be guessed, but the seeds contain the good ones. */
static void decrypt_text(enum jose_encryption encryption, struct span text) {
    static struct jose_payload payload;
    static struct made_token good;
    const struct algorithm *algorithm = &ALGORITHMS[encryption];
    enum jose_error error = jose_jwe_decrypt(text, encryption, algorithm->key, &payload);

    token_encrypt(&good, encryption, algorithm->key, algorithm->good_header, PAYLOAD);
    FUZZ_REQUIRE((error == JOSE_OK) == span_equals(text, token_span(&good)));
    FUZZ_REQUIRE(error == JOSE_OK || payload.length_bytes == 0);
}

static bool is_good_header(const struct oracle_value *header, struct span enc) {
    return span_equals(oracle_text(oracle_member(header, "alg")), SPAN_OF("dir")) &&
           span_equals(oracle_text(oracle_member(header, "enc")), enc) &&
           oracle_member(header, "zip") == NULL && oracle_member(header, "crit") == NULL &&
           oracle_member(header, "b64") == NULL;
}

static void decrypt_under_header(enum jose_encryption encryption, struct span header) {
    static struct jose_payload payload;
    static struct made_token token;
    const struct algorithm *algorithm = &ALGORITHMS[encryption];
    struct oracle_value *expected;

    token_encrypt(&token, encryption, algorithm->key, header, PAYLOAD);
    enum jose_error error =
        jose_jwe_decrypt(token_span(&token), encryption, algorithm->key, &payload);
    enum oracle_verdict verdict = oracle_read(header, HEADER_DEPTH, &expected);
    bool is_good = verdict == ORACLE_OBJECT && header.length_bytes <= HEADER_MAX_BYTES &&
                   is_good_header(expected, algorithm->name);
    if (verdict != ORACLE_OVERFLOW)
        FUZZ_REQUIRE((error == JOSE_OK) == is_good);
    FUZZ_REQUIRE(error != JOSE_E_NOT_AUTHENTIC && error != JOSE_E_CRYPTO);
    oracle_free(expected);
}

static void decrypt_payload(enum jose_encryption encryption, struct span text) {
    static struct jose_payload payload;
    static struct made_token token;
    const struct algorithm *algorithm = &ALGORITHMS[encryption];

    token_encrypt(&token, encryption, algorithm->key, algorithm->good_header, text);
    enum jose_error error =
        jose_jwe_decrypt(token_span(&token), encryption, algorithm->key, &payload);
    FUZZ_REQUIRE(
        error ==
        (token.length_bytes <= JOSE_COMPACT_MAX_BYTES ? JOSE_OK : JOSE_E_TOO_LARGE));
    if (error == JOSE_OK)
        FUZZ_REQUIRE(span_equals(fuzz_span(payload.bytes, payload.length_bytes), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > PAYLOAD_MAX_BYTES)
        return 0;
    enum jose_encryption encryption =
        (data[0] & 1) == 0 ? JOSE_A256GCM : JOSE_A256CBC_HS512;
    struct span rest = fuzz_span(data + 1, size - 1);
    switch (data[0] >> 1 & 3) {
    case 0:
        decrypt_text(encryption, rest);
        break;
    case 1:
        if (rest.length_bytes < 2 * HEADER_MAX_BYTES)
            decrypt_under_header(encryption, rest);
        break;
    default:
        decrypt_payload(encryption, rest);
    }
    return 0;
}
