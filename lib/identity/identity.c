#include "identity/identity.h"

#include "base/base64.h"
#include "base/secret.h"
#include "base/uuid.h"
#include "identity/claims.h"
#include "identity/jose.h"
#include "identity/session_cookie.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define V4_KEY_BYTES     32
#define V5_KEY_BYTES     64
#define PUBLIC_KEY_BYTES crypto_sign_PUBLICKEYBYTES

/* What precedes the 32 bytes in an Ed25519 SubjectPublicKeyInfo (RFC 8410, 4). */
static const uint8_t SPKI_PREFIX[] = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                      0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

/* The current secret's keys, then the previous one's. */
#define SECRETS_MAX 2

struct identity {
    bool secure_cookies;
    struct secret *v4_keys[SECRETS_MAX]; /* NULL: no such secret */
    struct secret *v5_keys[SECRETS_MAX];
    struct secret *assertion_key; /* NULL: assertions are refused */
    enum jose_signature assertion_signature;
};

static enum identity_error error_of_jose(enum jose_error error) {
    switch (error) {
    case JOSE_OK:
        return IDENTITY_OK;
    case JOSE_E_TOO_LARGE:
        return IDENTITY_E_TOO_LARGE;
    case JOSE_E_MALFORMED:
        return IDENTITY_E_MALFORMED;
    case JOSE_E_ALGORITHM:
        return IDENTITY_E_ALGORITHM;
    case JOSE_E_NOT_AUTHENTIC:
        return IDENTITY_E_NOT_AUTHENTIC;
    case JOSE_E_CRYPTO:
        break;
    }
    return IDENTITY_E_CRYPTO;
}

static enum identity_error error_of_cookie(enum session_cookie_error error) {
    switch (error) {
    case SESSION_COOKIE_OK:
        return IDENTITY_OK;
    case SESSION_COOKIE_E_ABSENT:
        return IDENTITY_E_ABSENT;
    case SESSION_COOKIE_E_AMBIGUOUS:
        return IDENTITY_E_AMBIGUOUS;
    case SESSION_COOKIE_E_TOO_LARGE:
        break;
    }
    return IDENTITY_E_TOO_LARGE;
}

/* ── keys ────────────────────────────────────────────────────────────────────────────── */

/* Drops PEM armour, blanks and the \n that environment files have for a newline. */
static size_t strip_pem(struct span text, char *out, size_t out_bytes) {
    size_t length = 0;

    for (size_t at = 0; at < text.length_bytes && length < out_bytes; at++) {
        char c = text.data[at];
        if (c == '-' && at + 4 < text.length_bytes &&
            memcmp(text.data + at, "-----", 5) == 0) {
            const char *end = NULL;
            for (size_t to = at + 5; to + 4 < text.length_bytes && end == NULL; to++)
                if (memcmp(text.data + to, "-----", 5) == 0)
                    end = text.data + to + 5;
            if (end == NULL)
                return 0;
            at = (size_t)(end - text.data) - 1;
        } else if (c == '\\' && at + 1 < text.length_bytes && text.data[at + 1] == 'n') {
            at++;
        } else if (c != '\n' && c != '\r' && c != ' ') {
            out[length++] = c;
        }
    }
    return length;
}

static bool parse_public_key(struct span text, uint8_t key[static PUBLIC_KEY_BYTES]) {
    static const enum base64_form FORMS[] = {BASE64_STANDARD, BASE64_STANDARD_UNPADDED,
                                             BASE64_URL, BASE64_URL_UNPADDED};
    char stripped[128];
    uint8_t bytes[sizeof SPKI_PREFIX + PUBLIC_KEY_BYTES];
    size_t stripped_bytes = strip_pem(text, stripped, sizeof stripped);

    for (size_t at = 0; at < sizeof FORMS / sizeof *FORMS; at++) {
        size_t length_bytes = 0;
        if (!base64_decode((struct span){stripped, stripped_bytes}, FORMS[at], bytes,
                           sizeof bytes, &length_bytes))
            continue;
        bool is_raw = length_bytes == PUBLIC_KEY_BYTES;
        bool is_spki = length_bytes == sizeof bytes &&
                       memcmp(bytes, SPKI_PREFIX, sizeof SPKI_PREFIX) == 0;
        if (!is_raw && !is_spki)
            continue;
        memcpy(key, bytes + (is_spki ? sizeof SPKI_PREFIX : 0), PUBLIC_KEY_BYTES);
        return true;
    }
    return false;
}

bool identity_is_public_key(struct span text) {
    uint8_t key[PUBLIC_KEY_BYTES];

    return parse_public_key(text, key);
}

const char *identity_cookie_name(bool secure_cookies) {
    return secure_cookies ? "__Secure-next-auth.session-token" : "next-auth.session-token";
}

static const char *v5_cookie_name(bool secure_cookies) {
    return secure_cookies ? "__Secure-authjs.session-token" : "authjs.session-token";
}

static enum identity_error derive(struct span secret, struct span salt, struct span info,
                                  size_t key_bytes, struct secret **key) {
    struct secret *derived = secret_new(key_bytes);

    if (derived == NULL)
        return IDENTITY_E_CRYPTO;
    if (jose_hkdf_sha256(secret, salt, info, derived->bytes, key_bytes) != JOSE_OK) {
        secret_free(derived);
        return IDENTITY_E_CRYPTO;
    }
    secret_seal(derived);
    *key = derived;
    return IDENTITY_OK;
}

static enum identity_error derive_v4(struct span secret, struct secret **key) {
    return derive(secret, SPAN_OF(""), SPAN_OF("NextAuth.js Generated Encryption Key"),
                  V4_KEY_BYTES, key);
}

static enum identity_error derive_v5(struct span secret, const char *cookie_name,
                                     struct secret **key) {
    char info[128];

    (void)snprintf(info, sizeof info, "Auth.js Generated Encryption Key (%s)", cookie_name);
    return derive(secret, span_of_text(cookie_name), span_of_text(info), V5_KEY_BYTES, key);
}

static enum identity_error derive_session_keys(struct identity *identity,
                                               const struct identity_options *options) {
    const struct span secrets[SECRETS_MAX] = {options->session_secret,
                                              options->session_secret_previous};
    enum identity_error error = IDENTITY_OK;

    for (size_t at = 0; at < SECRETS_MAX && error == IDENTITY_OK; at++) {
        if (secrets[at].data == NULL)
            continue;
        error = derive_v4(secrets[at], &identity->v4_keys[at]);
        if (error == IDENTITY_OK)
            error = derive_v5(secrets[at], v5_cookie_name(options->secure_cookies),
                              &identity->v5_keys[at]);
    }
    return error;
}

static enum identity_error take_assertion_key(struct identity *identity,
                                              const struct identity_options *options) {
    uint8_t public_key[PUBLIC_KEY_BYTES];
    struct span key = options->assertion_secret;

    if (key.data == NULL && options->assertion_public_key.data == NULL)
        return IDENTITY_OK;
    if (key.data != NULL && options->assertion_public_key.data != NULL)
        return IDENTITY_E_CONFIGURATION;
    identity->assertion_signature = JOSE_HS256;
    if (key.data == NULL) {
        if (!parse_public_key(options->assertion_public_key, public_key))
            return IDENTITY_E_CONFIGURATION;
        identity->assertion_signature = JOSE_EDDSA;
        key = (struct span){(const char *)public_key, sizeof public_key};
    } else if (key.length_bytes < IDENTITY_ASSERTION_SECRET_MIN_BYTES) {
        return IDENTITY_E_CONFIGURATION;
    }
    identity->assertion_key = secret_copy(key);
    return identity->assertion_key == NULL ? IDENTITY_E_CRYPTO : IDENTITY_OK;
}

enum identity_error identity_new(const struct identity_options *options,
                                 struct identity **identity) {
    enum identity_error error = IDENTITY_E_CRYPTO;
    struct identity *made = NULL;

    *identity = NULL;
    if (sodium_init() < 0)
        goto out;
    made = calloc(1, sizeof *made);
    if (made == NULL)
        goto out;
    made->secure_cookies = options->secure_cookies;
    error = derive_session_keys(made, options);
    if (error == IDENTITY_OK)
        error = take_assertion_key(made, options);
    if (error == IDENTITY_OK && made->v4_keys[0] == NULL && made->assertion_key == NULL)
        error = IDENTITY_E_CONFIGURATION;
    if (error != IDENTITY_OK)
        goto out;
    *identity = made;
    made = NULL;
out:
    identity_free(made);
    return error;
}

void identity_free(struct identity *identity) {
    if (identity == NULL)
        return;
    for (size_t at = 0; at < SECRETS_MAX; at++) {
        secret_free(identity->v4_keys[at]);
        secret_free(identity->v5_keys[at]);
    }
    secret_free(identity->assertion_key);
    free(identity);
}

/* ── evidence ────────────────────────────────────────────────────────────────────────── */

static struct span payload_span(const struct jose_payload *payload) {
    return (struct span){(const char *)payload->bytes, payload->length_bytes};
}

/* False for any scheme but Bearer. */
static bool take_bearer(struct span header, struct span *token) {
    static const struct span SCHEME = SPAN_OF("Bearer ");

    if (header.length_bytes < SCHEME.length_bytes ||
        strncasecmp(header.data, SCHEME.data, SCHEME.length_bytes) != 0)
        return false;
    *token = (struct span){header.data + SCHEME.length_bytes,
                           header.length_bytes - SCHEME.length_bytes};
    return true;
}

static enum identity_error of_assertion(const struct identity *identity, struct span token,
                                        int64_t now_sec, struct identity_caller *caller) {
    struct jose_payload payload;

    if (identity->assertion_key == NULL)
        return IDENTITY_E_NOT_AUTHENTIC;
    enum identity_error error =
        error_of_jose(jose_jws_verify(token, identity->assertion_signature,
                                      secret_span(identity->assertion_key), &payload));
    if (error == IDENTITY_OK)
        error = claims_of_assertion(payload_span(&payload), now_sec, caller);
    sodium_memzero(payload.bytes, payload.length_bytes);
    return error;
}

static enum identity_error of_session(struct secret *const keys[static SECRETS_MAX],
                                      enum jose_encryption encryption, struct span session,
                                      int64_t now_sec, struct identity_caller *caller) {
    struct jose_payload payload = {.length_bytes = 0};
    enum identity_error error = IDENTITY_E_NOT_AUTHENTIC;

    for (size_t at = 0; at < SECRETS_MAX && error == IDENTITY_E_NOT_AUTHENTIC; at++)
        if (keys[at] != NULL)
            error = error_of_jose(
                jose_jwe_decrypt(session, encryption, secret_span(keys[at]), &payload));
    if (error == IDENTITY_OK)
        error = claims_of_session(payload_span(&payload), now_sec, caller);
    sodium_memzero(payload.bytes, payload.length_bytes);
    return error;
}

/* The cookie that decides; its chunks are joined in buffer. */
struct session {
    bool is_v5;
    struct span text;
    char buffer[SESSION_COOKIE_MAX_BYTES];
};

/* A portal that moved to v5 leaves v4 cookies behind, never the other way round. */
static enum session_cookie_error find_session(const struct identity_evidence *evidence,
                                              bool secure_cookies,
                                              struct session *session) {
    session->is_v5 = true;
    enum session_cookie_error found = session_cookie_find(
        evidence->cookies, evidence->cookie_count, v5_cookie_name(secure_cookies),
        session->buffer, &session->text);
    if (found != SESSION_COOKIE_E_ABSENT)
        return found;
    session->is_v5 = false;
    return session_cookie_find(evidence->cookies, evidence->cookie_count,
                               identity_cookie_name(secure_cookies), session->buffer,
                               &session->text);
}

static enum identity_error of_cookies(const struct identity *identity,
                                      const struct identity_evidence *evidence,
                                      int64_t now_sec, struct identity_caller *caller) {
    struct session session;

    if (identity->v4_keys[0] == NULL)
        return IDENTITY_E_ABSENT;
    enum session_cookie_error found =
        find_session(evidence, identity->secure_cookies, &session);
    enum identity_error error = error_of_cookie(found);
    if (found == SESSION_COOKIE_OK)
        error = of_session(session.is_v5 ? identity->v5_keys : identity->v4_keys,
                           session.is_v5 ? JOSE_A256CBC_HS512 : JOSE_A256GCM, session.text,
                           now_sec, caller);
    else if (found == SESSION_COOKIE_E_ABSENT &&
             find_session(evidence, !identity->secure_cookies, &session) !=
                 SESSION_COOKIE_E_ABSENT)
        error = IDENTITY_E_SCHEME;
    sodium_memzero(session.buffer, sizeof session.buffer);
    return error;
}

enum identity_error identity_of(const struct identity *identity,
                                const struct identity_evidence *evidence, int64_t now_sec,
                                struct identity_caller *caller) {
    enum identity_error error;
    struct span token;

    memset(caller, 0, sizeof *caller);
    if (evidence->authorization_count > 1)
        return IDENTITY_E_AMBIGUOUS;
    if (evidence->authorization_count == 1 &&
        take_bearer(evidence->authorizations[0], &token))
        error = of_assertion(identity, token, now_sec, caller);
    else
        error = of_cookies(identity, evidence, now_sec, caller);
    if (error != IDENTITY_OK)
        memset(caller, 0, sizeof *caller);
    return error;
}

/* ── minting ─────────────────────────────────────────────────────────────────────────── */

enum identity_error identity_mint_session(struct span session_secret,
                                          struct span discord_id, int64_t now_sec,
                                          int64_t lifetime_sec, char **session) {
    struct secret *key = NULL;
    struct uuid token_id;
    char claims[512];

    *session = NULL;
    if (!claims_is_discord_id(discord_id))
        return IDENTITY_E_NO_DISCORD_ID;
    if (lifetime_sec <= 0)
        return IDENTITY_E_LIFETIME;
    if (session_secret.data == NULL)
        return IDENTITY_E_CONFIGURATION;
    enum identity_error error = derive_v4(session_secret, &key);
    if (error != IDENTITY_OK)
        return error;
    uuid_make(&token_id);
    int id_bytes = (int)discord_id.length_bytes;
    int length = snprintf(claims, sizeof claims,
                          "{\"name\":\"%.*s\",\"sub\":\"%.*s\",\"discordId\":\"%.*s\","
                          "\"iat\":%lld,\"exp\":%lld,\"jti\":\"%s\"}",
                          id_bytes, discord_id.data, id_bytes, discord_id.data, id_bytes,
                          discord_id.data, (long long)now_sec,
                          (long long)(now_sec + lifetime_sec), token_id.text);
    error = error_of_jose(
        jose_jwe_encrypt((struct span){claims, (size_t)length}, secret_span(key), session));
    secret_free(key);
    return error;
}
