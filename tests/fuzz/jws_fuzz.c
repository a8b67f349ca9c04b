/*
 * Verifies any text, and tokens with any header or payload signed with the right key. Only
 * a token made with the key may be accepted, and of those exactly the ones whose header is
 * as jose.h says, as another JSON parser reads it.
 *
 * The first character of the input says what follows: '0' and '1' any text, '2' and '3' a
 * header, '4' and '5' a payload; even for HS256, odd for EdDSA.
 */
#include "fuzz.h"
#include "identity/jose.h"
#include "json_oracle.h"
#include "token_maker.h"

#include <sodium.h>

#define HEADER_MAX_BYTES  1024
#define HEADER_DEPTH      4
#define PAYLOAD_MAX_BYTES 8192

static const struct span SECRET = SPAN_OF("0123456789abcdef0123456789abcdef");
static const struct span PAYLOAD = SPAN_OF("{\"sub\":\"1\"}");
static uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
static uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

static const struct span NAMES[] = {
    [JOSE_HS256] = SPAN_OF("HS256"), [JOSE_EDDSA] = SPAN_OF("EdDSA")};
static const struct span GOOD_HEADERS[] = {[JOSE_HS256] = SPAN_OF("{\"alg\":\"HS256\"}"),
                                           [JOSE_EDDSA] = SPAN_OF("{\"alg\":\"EdDSA\"}")};

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    static const uint8_t SEED[crypto_sign_SEEDBYTES] = "a seed for tests, and only them";
    (void)argument_count;
    (void)arguments;
    return sodium_init() < 0 || crypto_sign_seed_keypair(public_key, secret_key, SEED) != 0;
}

static void sign(struct made_token *token, enum jose_signature signature,
                 struct span header, struct span payload) {
    struct span key =
        signature == JOSE_HS256 ? SECRET : fuzz_span(secret_key, sizeof secret_key);

    token_sign(token, signature, key, header, payload);
}

static enum jose_error verify(struct span text, enum jose_signature signature,
                              struct jose_payload *payload) {
    struct span key =
        signature == JOSE_HS256 ? SECRET : fuzz_span(public_key, sizeof public_key);
    enum jose_error error = jose_jws_verify(text, signature, key, payload);

    FUZZ_REQUIRE(error == JOSE_OK || payload->length_bytes == 0);
    return error;
}

/* A valid token can't be guessed, but the seeds contain the good ones. */
static void verify_text(enum jose_signature signature, struct span text) {
    static struct jose_payload payload;
    static struct made_token good;

    enum jose_error error = verify(text, signature, &payload);
    sign(&good, signature, GOOD_HEADERS[signature], PAYLOAD);
    FUZZ_REQUIRE((error == JOSE_OK) == span_equals(text, token_span(&good)));
}

static void verify_under_header(enum jose_signature signature, struct span header) {
    static struct jose_payload payload;
    static struct made_token token;
    struct oracle_value *expected;

    sign(&token, signature, header, PAYLOAD);
    enum jose_error error = verify(token_span(&token), signature, &payload);
    enum oracle_verdict verdict = oracle_read(header, HEADER_DEPTH, &expected);
    bool is_good =
        verdict == ORACLE_OBJECT && header.length_bytes <= HEADER_MAX_BYTES &&
        span_equals(oracle_text(oracle_member(expected, "alg")), NAMES[signature]) &&
        oracle_member(expected, "enc") == NULL && oracle_member(expected, "zip") == NULL &&
        oracle_member(expected, "crit") == NULL && oracle_member(expected, "b64") == NULL;
    if (verdict != ORACLE_OVERFLOW)
        FUZZ_REQUIRE((error == JOSE_OK) == is_good);
    FUZZ_REQUIRE(error != JOSE_E_NOT_AUTHENTIC && error != JOSE_E_CRYPTO);
    oracle_free(expected);
}

static void verify_payload(enum jose_signature signature, struct span text) {
    static struct jose_payload payload;
    static struct made_token token;

    sign(&token, signature, GOOD_HEADERS[signature], text);
    enum jose_error error = verify(token_span(&token), signature, &payload);
    FUZZ_REQUIRE(error == JOSE_OK);
    FUZZ_REQUIRE(span_equals(fuzz_span(payload.bytes, payload.length_bytes), text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > PAYLOAD_MAX_BYTES)
        return 0;
    enum jose_signature signature = (data[0] & 1) == 0 ? JOSE_HS256 : JOSE_EDDSA;
    struct span rest = fuzz_span(data + 1, size - 1);
    switch (data[0] >> 1 & 3) {
    case 0:
        verify_text(signature, rest);
        break;
    case 1:
        if (rest.length_bytes < 2 * HEADER_MAX_BYTES)
            verify_under_header(signature, rest);
        break;
    default:
        verify_payload(signature, rest);
    }
    return 0;
}
