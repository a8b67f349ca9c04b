#include "identity/jose.h"

#include "base/base64.h"
#include "base/json_reader.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define JWE_PARTS        5
#define JWS_PARTS        3
#define HEADER_MAX_BYTES 1024
#define HEADER_DEPTH     4

#define A256GCM_KEY_BYTES        32
#define A256GCM_IV_BYTES         12
#define A256GCM_TAG_BYTES        16
#define A256CBC_HS512_KEY_BYTES  64
#define A256CBC_HS512_HALF_BYTES 32
#define A256CBC_IV_BYTES         16
#define A256CBC_HS512_TAG_BYTES  32

static const char DIR_A256GCM_HEADER[] = "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}";

/* Splits at the dots; false unless there are exactly count parts. */
static bool split(struct span compact, struct span *parts, size_t count) {
    for (size_t at = 0; at < count; at++) {
        const char *dot = memchr(compact.data, '.', compact.length_bytes);
        if ((dot == NULL) != (at == count - 1))
            return false;
        size_t part_bytes =
            dot == NULL ? compact.length_bytes : (size_t)(dot - compact.data);
        parts[at] = (struct span){compact.data, part_bytes};
        if (dot != NULL)
            compact = (struct span){dot + 1, compact.length_bytes - part_bytes - 1};
    }
    return true;
}

static bool decode(struct span text, uint8_t *bytes, size_t capacity_bytes,
                   size_t *length_bytes) {
    return base64_decode(text, BASE64_URL_UNPADDED, bytes, capacity_bytes, length_bytes);
}

static bool decode_exactly(struct span text, uint8_t *bytes, size_t length_bytes) {
    size_t decoded_bytes = 0;

    return decode(text, bytes, length_bytes, &decoded_bytes) &&
           decoded_bytes == length_bytes;
}

/* value is NULL for a member that must be absent. */
static bool member_is(json_object *header, const char *name, const char *value) {
    json_object *member = NULL;
    bool is_there = json_object_object_get_ex(header, name, &member);

    return value == NULL ? !is_there : json_reader_is_text(member, span_of_text(value));
}

/* enc is NULL for a JWS, which must not have one. */
static enum jose_error check_header(struct span encoded, const char *alg, const char *enc) {
    uint8_t text[HEADER_MAX_BYTES];
    size_t text_bytes = 0;
    json_object *header = NULL;

    if (!decode(encoded, text, sizeof text, &text_bytes))
        return JOSE_E_MALFORMED;
    enum json_reader_error read = json_reader_parse(
        (struct span){(const char *)text, text_bytes}, HEADER_DEPTH, &header);
    if (read != JSON_READER_OK)
        return read == JSON_READER_E_MEMORY ? JOSE_E_CRYPTO : JOSE_E_MALFORMED;
    bool fits = member_is(header, "alg", alg) && member_is(header, "enc", enc) &&
                member_is(header, "zip", NULL) && member_is(header, "crit", NULL) &&
                member_is(header, "b64", NULL);
    json_object_put(header);
    return fits ? JOSE_OK : JOSE_E_ALGORITHM;
}

/* ── JWE ─────────────────────────────────────────────────────────────────────────────── */

enum jwe_part { JWE_HEADER, JWE_ENCRYPTED_KEY, JWE_IV, JWE_CIPHERTEXT, JWE_TAG };

/* NULL: OpenSSL lacks it. Fetched once: that costs more than decrypting a session. */
static const EVP_CIPHER *cipher(enum jose_encryption encryption) {
    static EVP_CIPHER *fetched[2];
    static const char *const NAMES[] = {
        [JOSE_A256GCM] = "AES-256-GCM", [JOSE_A256CBC_HS512] = "AES-256-CBC"};

    if (fetched[encryption] == NULL)
        fetched[encryption] = EVP_CIPHER_fetch(NULL, NAMES[encryption], NULL);
    return fetched[encryption];
}

static enum jose_error open_gcm(const uint8_t *key, const uint8_t *iv, struct span aad,
                                const uint8_t *ciphertext, size_t ciphertext_bytes,
                                const uint8_t *tag, struct jose_payload *payload) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *gcm = cipher(JOSE_A256GCM);
    uint8_t tag_copy[A256GCM_TAG_BYTES];
    enum jose_error error = JOSE_E_CRYPTO;
    int bytes = 0, last_bytes = 0;

    memcpy(tag_copy, tag, sizeof tag_copy);
    if (context == NULL || gcm == NULL ||
        EVP_DecryptInit_ex(context, gcm, NULL, key, iv) != 1 ||
        EVP_DecryptUpdate(context, NULL, &bytes, (const uint8_t *)aad.data,
                          (int)aad.length_bytes) != 1 ||
        EVP_DecryptUpdate(context, payload->bytes, &bytes, ciphertext,
                          (int)ciphertext_bytes) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_SET_TAG, sizeof tag_copy, tag_copy) != 1)
        goto out;
    error = JOSE_E_NOT_AUTHENTIC;
    if (EVP_DecryptFinal_ex(context, payload->bytes + bytes, &last_bytes) != 1)
        goto out;
    payload->length_bytes = (size_t)bytes + (size_t)last_bytes;
    error = JOSE_OK;
out:
    EVP_CIPHER_CTX_free(context);
    return error;
}

/* RFC 7518, 5.2.2.1: HMAC over AAD, IV, ciphertext and the bit length of the AAD. */
static bool cbc_tag_holds(const uint8_t *mac_key, const uint8_t *iv, struct span aad,
                          const uint8_t *ciphertext, size_t ciphertext_bytes,
                          const uint8_t *tag) {
    crypto_auth_hmacsha512_state state;
    uint8_t mac[crypto_auth_hmacsha512_BYTES];
    uint8_t aad_bits[8];
    uint64_t bits = (uint64_t)aad.length_bytes * CHAR_BIT;

    for (size_t at = sizeof aad_bits; at > 0; at--, bits >>= CHAR_BIT)
        aad_bits[at - 1] = (uint8_t)bits;
    crypto_auth_hmacsha512_init(&state, mac_key, A256CBC_HS512_HALF_BYTES);
    crypto_auth_hmacsha512_update(&state, (const uint8_t *)aad.data, aad.length_bytes);
    crypto_auth_hmacsha512_update(&state, iv, A256CBC_IV_BYTES);
    crypto_auth_hmacsha512_update(&state, ciphertext, ciphertext_bytes);
    crypto_auth_hmacsha512_update(&state, aad_bits, sizeof aad_bits);
    crypto_auth_hmacsha512_final(&state, mac);
    bool held = sodium_memcmp(mac, tag, A256CBC_HS512_TAG_BYTES) == 0;
    sodium_memzero(&state, sizeof state);
    sodium_memzero(mac, sizeof mac);
    return held;
}

static enum jose_error open_cbc(const uint8_t *key, const uint8_t *iv, struct span aad,
                                const uint8_t *ciphertext, size_t ciphertext_bytes,
                                const uint8_t *tag, struct jose_payload *payload) {
    EVP_CIPHER_CTX *context = NULL;
    const EVP_CIPHER *cbc = cipher(JOSE_A256CBC_HS512);
    enum jose_error error = JOSE_E_NOT_AUTHENTIC;
    int bytes = 0, last_bytes = 0;

    if (!cbc_tag_holds(key, iv, aad, ciphertext, ciphertext_bytes, tag))
        return JOSE_E_NOT_AUTHENTIC;
    context = EVP_CIPHER_CTX_new();
    if (context == NULL || cbc == NULL ||
        EVP_DecryptInit_ex(context, cbc, NULL, key + A256CBC_HS512_HALF_BYTES, iv) != 1) {
        error = JOSE_E_CRYPTO;
        goto out;
    }
    if (EVP_DecryptUpdate(context, payload->bytes, &bytes, ciphertext,
                          (int)ciphertext_bytes) != 1 ||
        EVP_DecryptFinal_ex(context, payload->bytes + bytes, &last_bytes) != 1)
        goto out;
    payload->length_bytes = (size_t)bytes + (size_t)last_bytes;
    error = JOSE_OK;
out:
    EVP_CIPHER_CTX_free(context);
    return error;
}

typedef enum jose_error open_function(const uint8_t *key, const uint8_t *iv,
                                      struct span aad, const uint8_t *ciphertext,
                                      size_t ciphertext_bytes, const uint8_t *tag,
                                      struct jose_payload *payload);

static const struct encryption {
    const char *name;
    size_t key_bytes, iv_bytes, tag_bytes;
    open_function *open;
} ENCRYPTIONS[] = {
    [JOSE_A256GCM] = {"A256GCM", A256GCM_KEY_BYTES, A256GCM_IV_BYTES, A256GCM_TAG_BYTES,
                      open_gcm},
    [JOSE_A256CBC_HS512] = {"A256CBC-HS512", A256CBC_HS512_KEY_BYTES, A256CBC_IV_BYTES,
                            A256CBC_HS512_TAG_BYTES, open_cbc},
};

enum jose_error jose_jwe_decrypt(struct span compact, enum jose_encryption encryption,
                                 struct span key, struct jose_payload *payload) {
    const struct encryption *how = &ENCRYPTIONS[encryption];
    struct span parts[JWE_PARTS];
    uint8_t iv[A256CBC_IV_BYTES], tag[A256CBC_HS512_TAG_BYTES];
    uint8_t ciphertext[JOSE_COMPACT_MAX_BYTES];
    size_t ciphertext_bytes = 0;

    payload->length_bytes = 0;
    if (key.length_bytes != how->key_bytes)
        return JOSE_E_CRYPTO;
    if (compact.length_bytes > JOSE_COMPACT_MAX_BYTES)
        return JOSE_E_TOO_LARGE;
    if (!split(compact, parts, JWE_PARTS) || parts[JWE_ENCRYPTED_KEY].length_bytes != 0)
        return JOSE_E_MALFORMED;
    enum jose_error error = check_header(parts[JWE_HEADER], "dir", how->name);
    if (error != JOSE_OK)
        return error;
    if (!decode_exactly(parts[JWE_IV], iv, how->iv_bytes) ||
        !decode_exactly(parts[JWE_TAG], tag, how->tag_bytes) ||
        !decode(parts[JWE_CIPHERTEXT], ciphertext, sizeof ciphertext, &ciphertext_bytes))
        return JOSE_E_MALFORMED;
    error = how->open((const uint8_t *)key.data, iv, parts[JWE_HEADER], ciphertext,
                      ciphertext_bytes, tag, payload);
    /* GCM writes plaintext before the tag has been checked. */
    if (error != JOSE_OK)
        sodium_memzero(payload, sizeof *payload);
    return error;
}

struct sealed {
    uint8_t iv[A256GCM_IV_BYTES];
    uint8_t tag[A256GCM_TAG_BYTES];
    uint8_t ciphertext[JOSE_COMPACT_MAX_BYTES];
    size_t ciphertext_bytes;
};

static bool seal_gcm(struct span payload, struct span key, struct span aad,
                     struct sealed *sealed) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    const EVP_CIPHER *gcm = cipher(JOSE_A256GCM);
    int bytes = 0, last_bytes = 0;

    randombytes_buf(sealed->iv, sizeof sealed->iv);
    bool done =
        context != NULL && gcm != NULL &&
        EVP_EncryptInit_ex(context, gcm, NULL, (const uint8_t *)key.data, sealed->iv) ==
            1 &&
        EVP_EncryptUpdate(context, NULL, &bytes, (const uint8_t *)aad.data,
                          (int)aad.length_bytes) == 1 &&
        EVP_EncryptUpdate(context, sealed->ciphertext, &bytes,
                          (const uint8_t *)payload.data, (int)payload.length_bytes) == 1 &&
        EVP_EncryptFinal_ex(context, sealed->ciphertext + bytes, &last_bytes) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, sizeof sealed->tag,
                            sealed->tag) == 1;
    sealed->ciphertext_bytes = (size_t)bytes + (size_t)last_bytes;
    EVP_CIPHER_CTX_free(context);
    return done;
}

static void encode(const void *bytes, size_t length_bytes, char *text, size_t text_bytes) {
    (void)sodium_bin2base64(text, text_bytes, bytes, length_bytes,
                            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

enum jose_error jose_jwe_encrypt(struct span payload, struct span key, char **compact) {
    struct sealed sealed;
    char header[64], iv[32], tag[32];
    char *text = NULL;

    *compact = NULL;
    if (key.length_bytes != A256GCM_KEY_BYTES)
        return JOSE_E_CRYPTO;
    if (payload.length_bytes > JOSE_COMPACT_MAX_BYTES / 2)
        return JOSE_E_TOO_LARGE;
    encode(DIR_A256GCM_HEADER, sizeof DIR_A256GCM_HEADER - 1, header, sizeof header);
    if (!seal_gcm(payload, key, span_of_text(header), &sealed))
        return JOSE_E_CRYPTO;
    encode(sealed.iv, sizeof sealed.iv, iv, sizeof iv);
    encode(sealed.tag, sizeof sealed.tag, tag, sizeof tag);
    text = malloc(JOSE_COMPACT_MAX_BYTES);
    if (text == NULL)
        return JOSE_E_CRYPTO;
    int before = snprintf(text, JOSE_COMPACT_MAX_BYTES, "%s..%s.", header, iv);
    encode(sealed.ciphertext, sealed.ciphertext_bytes, text + before,
           JOSE_COMPACT_MAX_BYTES - (size_t)before);
    size_t so_far = strlen(text);
    (void)snprintf(text + so_far, JOSE_COMPACT_MAX_BYTES - so_far, ".%s", tag);
    *compact = text;
    return JOSE_OK;
}

/* ── JWS ─────────────────────────────────────────────────────────────────────────────── */

enum jws_part { JWS_HEADER, JWS_PAYLOAD, JWS_SIGNATURE };

static bool hs256_holds(struct span key, struct span message, struct span signature) {
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_auth_hmacsha256_BYTES], given[crypto_auth_hmacsha256_BYTES];

    if (!decode_exactly(signature, given, sizeof given))
        return false;
    crypto_auth_hmacsha256_init(&state, (const uint8_t *)key.data, key.length_bytes);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)message.data,
                                  message.length_bytes);
    crypto_auth_hmacsha256_final(&state, mac);
    bool held = sodium_memcmp(mac, given, sizeof mac) == 0;
    sodium_memzero(&state, sizeof state);
    sodium_memzero(mac, sizeof mac);
    return held;
}

static bool eddsa_holds(struct span key, struct span message, struct span signature) {
    uint8_t given[crypto_sign_BYTES];

    return key.length_bytes == crypto_sign_PUBLICKEYBYTES &&
           decode_exactly(signature, given, sizeof given) &&
           crypto_sign_verify_detached(given, (const uint8_t *)message.data,
                                       message.length_bytes,
                                       (const uint8_t *)key.data) == 0;
}

enum jose_error jose_jws_verify(struct span compact, enum jose_signature signature,
                                struct span key, struct jose_payload *payload) {
    struct span parts[JWS_PARTS];

    payload->length_bytes = 0;
    if (compact.length_bytes > JOSE_COMPACT_MAX_BYTES)
        return JOSE_E_TOO_LARGE;
    if (!split(compact, parts, JWS_PARTS))
        return JOSE_E_MALFORMED;
    enum jose_error error =
        check_header(parts[JWS_HEADER], signature == JOSE_HS256 ? "HS256" : "EdDSA", NULL);
    if (error != JOSE_OK)
        return error;
    struct span message = {compact.data, parts[JWS_HEADER].length_bytes + 1 +
                                             parts[JWS_PAYLOAD].length_bytes};
    bool held = signature == JOSE_HS256 ? hs256_holds(key, message, parts[JWS_SIGNATURE])
                                        : eddsa_holds(key, message, parts[JWS_SIGNATURE]);
    if (!held)
        return JOSE_E_NOT_AUTHENTIC;
    if (!decode(parts[JWS_PAYLOAD], payload->bytes, sizeof payload->bytes,
                &payload->length_bytes)) {
        sodium_memzero(payload, sizeof *payload);
        return JOSE_E_MALFORMED;
    }
    return JOSE_OK;
}

/* ── keys ────────────────────────────────────────────────────────────────────────────── */

enum jose_error jose_hkdf_sha256(struct span input_key, struct span salt, struct span info,
                                 uint8_t *key, size_t key_bytes) {
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = kdf == NULL ? NULL : EVP_KDF_CTX_new(kdf);
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)input_key.data,
                                          input_key.length_bytes),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt.data,
                                          salt.length_bytes),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)info.data,
                                          info.length_bytes),
        OSSL_PARAM_construct_end()};

    bool derived =
        context != NULL && EVP_KDF_derive(context, key, key_bytes, parameters) == 1;
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(kdf);
    return derived ? JOSE_OK : JOSE_E_CRYPTO;
}
