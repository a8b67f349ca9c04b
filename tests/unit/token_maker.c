#include "token_maker.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <stdlib.h>

#define GCM_TAG_BYTES 16
#define CBC_TAG_BYTES 32
#define CBC_KEY_BYTES 32
#define BLOCK_BYTES   16

static const uint8_t IV[BLOCK_BYTES] = "fixed, for tests";

struct sealed {
    uint8_t ciphertext[TOKEN_MAKER_TEXT_BYTES];
    size_t ciphertext_bytes;
    uint8_t tag[CBC_TAG_BYTES];
};

static void require(bool condition) {
    if (!condition)
        abort();
}

void token_put(struct made_token *token, struct span text) {
    require(text.length_bytes < sizeof token->text - token->length_bytes);
    if (text.length_bytes > 0)
        memcpy(token->text + token->length_bytes, text.data, text.length_bytes);
    token->length_bytes += text.length_bytes;
}

void token_put_base64url(struct made_token *token, struct span bytes) {
    int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    size_t encoded_bytes = sodium_base64_encoded_len(bytes.length_bytes, variant);

    require(encoded_bytes <= sizeof token->text - token->length_bytes);
    (void)sodium_bin2base64(token->text + token->length_bytes, encoded_bytes,
                            (const uint8_t *)bytes.data, bytes.length_bytes, variant);
    token->length_bytes += encoded_bytes - 1;
}

static void encrypt(const EVP_CIPHER *cipher, const char *key, struct span aad,
                    struct span payload, struct sealed *sealed) {
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int bytes = 0, last_bytes = 0;
    bool authenticates = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_GCM_MODE;

    require(payload.length_bytes < sizeof sealed->ciphertext - BLOCK_BYTES);
    require(context != NULL &&
            EVP_EncryptInit_ex(context, cipher, NULL, (const uint8_t *)key, IV) == 1);
    if (authenticates)
        require(EVP_EncryptUpdate(context, NULL, &bytes, (const uint8_t *)aad.data,
                                  (int)aad.length_bytes) == 1);
    require(EVP_EncryptUpdate(context, sealed->ciphertext, &bytes,
                              (const uint8_t *)payload.data,
                              (int)payload.length_bytes) == 1);
    require(EVP_EncryptFinal_ex(context, sealed->ciphertext + bytes, &last_bytes) == 1);
    sealed->ciphertext_bytes = (size_t)bytes + (size_t)last_bytes;
    if (authenticates)
        require(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, GCM_TAG_BYTES,
                                    sealed->tag) == 1);
    EVP_CIPHER_CTX_free(context);
}

/* RFC 7518, 5.2.2.1, written independently: an oracle that shared jose.c's code would prove
 * nothing. */
static void authenticate_cbc(const char *key, struct span aad, struct sealed *sealed) {
    crypto_auth_hmacsha512_state state;
    uint8_t mac[crypto_auth_hmacsha512_BYTES];
    uint8_t aad_bits[8] = {0};

    aad_bits[6] = (uint8_t)(aad.length_bytes * 8 >> 8);
    aad_bits[7] = (uint8_t)(aad.length_bytes * 8);
    require(aad.length_bytes < 8192);
    crypto_auth_hmacsha512_init(&state, (const uint8_t *)key, CBC_KEY_BYTES);
    crypto_auth_hmacsha512_update(&state, (const uint8_t *)aad.data, aad.length_bytes);
    crypto_auth_hmacsha512_update(&state, IV, sizeof IV);
    crypto_auth_hmacsha512_update(&state, sealed->ciphertext, sealed->ciphertext_bytes);
    crypto_auth_hmacsha512_update(&state, aad_bits, sizeof aad_bits);
    crypto_auth_hmacsha512_final(&state, mac);
    memcpy(sealed->tag, mac, CBC_TAG_BYTES);
}

static void put_bytes(struct made_token *token, const uint8_t *bytes, size_t byte_count) {
    token_put_base64url(token, (struct span){(const char *)bytes, byte_count});
}

void token_encrypt(struct made_token *token, enum jose_encryption encryption,
                   struct span key, struct span header, struct span payload) {
    static struct sealed sealed;
    bool is_gcm = encryption == JOSE_A256GCM;

    token->length_bytes = 0;
    token_put_base64url(token, header);
    struct span aad = token_span(token);
    if (is_gcm) {
        encrypt(EVP_aes_256_gcm(), key.data, aad, payload, &sealed);
    } else {
        encrypt(EVP_aes_256_cbc(), key.data + CBC_KEY_BYTES, aad, payload, &sealed);
        authenticate_cbc(key.data, aad, &sealed);
    }
    token_put(token, SPAN_OF(".."));
    put_bytes(token, IV, is_gcm ? 12 : sizeof IV);
    token_put(token, SPAN_OF("."));
    put_bytes(token, sealed.ciphertext, sealed.ciphertext_bytes);
    token_put(token, SPAN_OF("."));
    put_bytes(token, sealed.tag, is_gcm ? GCM_TAG_BYTES : CBC_TAG_BYTES);
}

void token_sign(struct made_token *token, enum jose_signature signature, struct span key,
                struct span header, struct span payload) {
    crypto_auth_hmacsha256_state state;
    uint8_t mac[crypto_sign_BYTES];
    size_t mac_bytes = signature == JOSE_HS256 ? crypto_auth_hmacsha256_BYTES : sizeof mac;

    token->length_bytes = 0;
    token_put_base64url(token, header);
    token_put(token, SPAN_OF("."));
    token_put_base64url(token, payload);
    if (signature == JOSE_EDDSA) {
        (void)crypto_sign_detached(mac, NULL, (const uint8_t *)token->text,
                                   token->length_bytes, (const uint8_t *)key.data);
    } else {
        crypto_auth_hmacsha256_init(&state, (const uint8_t *)key.data, key.length_bytes);
        crypto_auth_hmacsha256_update(&state, (const uint8_t *)token->text,
                                      token->length_bytes);
        crypto_auth_hmacsha256_final(&state, mac);
    }
    token_put(token, SPAN_OF("."));
    put_bytes(token, mac, mac_bytes);
}

struct span token_span(const struct made_token *token) {
    return (struct span){token->text, token->length_bytes};
}
