/*
 * Makes a valid token for each algorithm, and from it many invalid ones. Each must be
 * refused without revealing any of its payload.
 */
#include "cmocka_all.h"

#include "base/base64.h"
#include "token_maker.h"

#include <sodium.h>
#include <stdio.h>

#define PARTS_MAX      5
#define PART_MAX_BYTES 512

static const struct span PAYLOAD =
    SPAN_OF("{\"sub\":\"100000000000000001\",\"exp\":1790000000}");

static char symmetric_key[65] =
    "0123456789abcdef0123456789abcdefFEDCBA9876543210FEDCBA9876543210";
static uint8_t public_key[crypto_sign_PUBLICKEYBYTES];
static uint8_t secret_key[crypto_sign_SECRETKEYBYTES];

/* An algorithm under test. */
struct subject {
    const char *name, *header;
    struct span read_key, make_key;
    size_t parts;
    bool is_jwe;
    enum jose_encryption encryption;
    enum jose_signature signature;
    size_t refused;
};

static struct subject subjects[] = {
    {.name = "A256GCM",
     .header = "{\"alg\":\"dir\",\"enc\":\"A256GCM\"}",
     .read_key = {symmetric_key, 32},
     .make_key = {symmetric_key, 32},
     .parts = 5,
     .is_jwe = true,
     .encryption = JOSE_A256GCM},
    {.name = "A256CBC-HS512",
     .header = "{\"alg\":\"dir\",\"enc\":\"A256CBC-HS512\"}",
     .read_key = {symmetric_key, 64},
     .make_key = {symmetric_key, 64},
     .parts = 5,
     .is_jwe = true,
     .encryption = JOSE_A256CBC_HS512},
    {.name = "HS256",
     .header = "{\"alg\":\"HS256\"}",
     .read_key = {symmetric_key, 32},
     .make_key = {symmetric_key, 32},
     .parts = 3,
     .signature = JOSE_HS256},
    {.name = "EdDSA",
     .header = "{\"alg\":\"EdDSA\"}",
     .read_key = {(const char *)public_key, sizeof public_key},
     .make_key = {(const char *)secret_key, sizeof secret_key},
     .parts = 3,
     .signature = JOSE_EDDSA},
};
#define SUBJECTS (sizeof subjects / sizeof *subjects)

static void make(const struct subject *subject, struct span header,
                 struct made_token *token) {
    if (subject->is_jwe)
        token_encrypt(token, subject->encryption, subject->make_key, header, PAYLOAD);
    else
        token_sign(token, subject->signature, subject->make_key, header, PAYLOAD);
}

static enum jose_error read_token(const struct subject *subject, struct span token,
                                  struct jose_payload *payload) {
    return subject->is_jwe
               ? jose_jwe_decrypt(token, subject->encryption, subject->read_key, payload)
               : jose_jws_verify(token, subject->signature, subject->read_key, payload);
}

static void refuse(struct subject *subject, struct span token, const char *mutation) {
    struct jose_payload payload;

    payload.length_bytes = 1;
    memset(payload.bytes, 0, PAYLOAD.length_bytes);
    if (read_token(subject, token, &payload) == JOSE_OK)
        fail_msg("%s accepted, %s: %.*s", subject->name, mutation, (int)token.length_bytes,
                 token.data);
    assert_int_equal(payload.length_bytes, 0);
    assert_memory_not_equal(payload.bytes, PAYLOAD.data, 8);
    subject->refused++;
}

static void make_good(const struct subject *subject, struct made_token *token) {
    struct jose_payload payload;

    make(subject, span_of_text(subject->header), token);
    assert_int_equal(read_token(subject, token_span(token), &payload), JOSE_OK);
    assert_int_equal(payload.length_bytes, PAYLOAD.length_bytes);
    assert_memory_equal(payload.bytes, PAYLOAD.data, PAYLOAD.length_bytes);
}

/* ── parts ───────────────────────────────────────────────────────────────────────────── */

struct parts {
    struct span part[PARTS_MAX + 1];
    size_t count;
};

static struct parts split(const struct made_token *token) {
    struct parts parts = {.count = 0};
    struct span rest = token_span(token);

    for (const char *dot = rest.data; dot != NULL;) {
        dot = memchr(rest.data, '.', rest.length_bytes);
        size_t part_bytes = dot == NULL ? rest.length_bytes : (size_t)(dot - rest.data);
        parts.part[parts.count++] = (struct span){rest.data, part_bytes};
        if (dot != NULL)
            rest = (struct span){dot + 1, rest.length_bytes - part_bytes - 1};
    }
    return parts;
}

static void refuse_parts(struct subject *subject, const struct parts *parts,
                         const char *mutation) {
    static struct made_token token;

    token.length_bytes = 0;
    for (size_t at = 0; at < parts->count; at++) {
        if (at > 0)
            token_put(&token, SPAN_OF("."));
        token_put(&token, parts->part[at]);
    }
    refuse(subject, token_span(&token), mutation);
}

static void refuse_with_part(struct subject *subject, const struct parts *good, size_t at,
                             struct span part, const char *mutation) {
    struct parts parts = *good;

    parts.part[at] = part;
    refuse_parts(subject, &parts, mutation);
}

/* ── mutations ───────────────────────────────────────────────────────────────────────── */

static void flip_every_bit(struct subject *subject, const struct parts *good, size_t at) {
    static struct made_token encoded;
    uint8_t bytes[PART_MAX_BYTES];
    size_t length_bytes = 0;

    assert_true(base64_decode(good->part[at], BASE64_URL_UNPADDED, bytes, sizeof bytes,
                              &length_bytes));
    for (size_t bit = 0; bit < length_bytes * 8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        encoded.length_bytes = 0;
        token_put_base64url(&encoded, (struct span){(const char *)bytes, length_bytes});
        refuse_with_part(subject, good, at, token_span(&encoded), "a bit flipped");
        bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void cut_and_lengthen_bytes(struct subject *subject, const struct parts *good,
                                   size_t at) {
    static struct made_token encoded;
    uint8_t bytes[PART_MAX_BYTES] = {0};
    size_t length_bytes = 0;

    assert_true(base64_decode(good->part[at], BASE64_URL_UNPADDED, bytes, sizeof bytes - 32,
                              &length_bytes));
    for (size_t length = 0; length <= length_bytes + 32; length++) {
        encoded.length_bytes = 0;
        token_put_base64url(&encoded, (struct span){(const char *)bytes, length});
        if (length != length_bytes)
            refuse_with_part(subject, good, at, token_span(&encoded), "another length");
    }
}

/* Including what a lax decoder accepts as equal: padding, blanks, leftover bits. */
static void respell(struct subject *subject, const struct parts *good, size_t at) {
    static const char *const ADDED[] = {"=", "==", "===", " ",    "\n",  "\t",  "\r\n",
                                        "A", "AA", "AAA", "AAAA", "%3D", "\x80"};
    static struct made_token text;

    for (size_t added = 0; added < sizeof ADDED / sizeof *ADDED; added++)
        for (size_t cut = 0; cut <= good->part[at].length_bytes; cut++) {
            struct span part = good->part[at];
            text.length_bytes = 0;
            token_put(&text, (struct span){part.data, cut});
            token_put(&text, span_of_text(ADDED[added]));
            token_put(&text, (struct span){part.data + cut, part.length_bytes - cut});
            refuse_with_part(subject, good, at, token_span(&text), "text put in");
        }
    for (size_t length = 0; length < good->part[at].length_bytes; length++)
        refuse_with_part(subject, good, at, (struct span){good->part[at].data, length},
                         "text cut");
}

static void replace_last_character(struct subject *subject, const struct parts *good,
                                   size_t at) {
    char text[PART_MAX_BYTES];
    struct span part = good->part[at];

    memcpy(text, part.data, part.length_bytes);
    for (int c = 0; c < 256; c++) {
        text[part.length_bytes - 1] = (char)c;
        if ((char)c != part.data[part.length_bytes - 1])
            refuse_with_part(subject, good, at, (struct span){text, part.length_bytes},
                             "another last character");
    }
}

static void replace_every_character(struct subject *subject,
                                    const struct made_token *good) {
    static struct made_token token;
    static const char OTHERS[] = {'A', '_', '-', '+', '/', '=', '.', ' ', '\0', '\n'};

    token = *good;
    for (size_t at = 0; at < good->length_bytes; at++) {
        for (size_t other = 0; other < sizeof OTHERS + 8; other++) {
            unsigned bit = 1U << other % 8;
            char flipped = (char)((unsigned char)good->text[at] ^ bit);
            token.text[at] = other < sizeof OTHERS ? OTHERS[other] : flipped;
            if (token.text[at] != good->text[at])
                refuse(subject, token_span(&token), "a character replaced");
        }
        token.text[at] = good->text[at];
    }
}

static void cut_and_lengthen_the_whole(struct subject *subject,
                                       const struct made_token *good) {
    static struct made_token token;
    static const char *const ADDED[] = {".", "..", ".A", ".AAAA", "A", "=", " ", "\n"};

    for (size_t length = 0; length < good->length_bytes; length++) {
        refuse(subject, (struct span){good->text, length}, "cut at the end");
        refuse(subject,
               (struct span){good->text + length + 1, good->length_bytes - length - 1},
               "cut at the beginning");
    }
    for (size_t at = 0; at < sizeof ADDED / sizeof *ADDED; at++) {
        token = *good;
        token_put(&token, span_of_text(ADDED[at]));
        refuse(subject, token_span(&token), "text after it");
        token.length_bytes = 0;
        token_put(&token, span_of_text(ADDED[at]));
        token_put(&token, token_span(good));
        refuse(subject, token_span(&token), "text before it");
    }
}

static void rearrange(struct subject *subject, const struct parts *good) {
    for (size_t at = 0; at < good->count; at++) {
        struct parts without = *good, twice = *good;
        memmove(without.part + at, without.part + at + 1,
                (good->count - at - 1) * sizeof *without.part);
        without.count--;
        refuse_parts(subject, &without, "a part less");
        memmove(twice.part + at + 1, twice.part + at,
                (good->count - at) * sizeof *twice.part);
        twice.count++;
        refuse_parts(subject, &twice, "a part twice");
        if (good->part[at].length_bytes > 0)
            refuse_with_part(subject, good, at, SPAN_OF(""), "an empty part");
        for (size_t other = 0; other < good->count; other++) {
            struct parts swapped = *good;
            swapped.part[at] = good->part[other];
            if (!span_equals(swapped.part[at], good->part[at]))
                refuse_parts(subject, &swapped, "a part in place of another");
            swapped.part[other] = good->part[at];
            if (!span_equals(swapped.part[at], good->part[at]))
                refuse_parts(subject, &swapped, "two parts swapped");
        }
    }
}

static void mutate(struct subject *subject) {
    static struct made_token good;

    make_good(subject, &good);
    struct parts parts = split(&good);
    assert_int_equal(parts.count, subject->parts);
    for (size_t at = 0; at < parts.count; at++) {
        if (parts.part[at].length_bytes > 0) {
            flip_every_bit(subject, &parts, at);
            replace_last_character(subject, &parts, at);
        }
        cut_and_lengthen_bytes(subject, &parts, at);
        respell(subject, &parts, at);
    }
    rearrange(subject, &parts);
    replace_every_character(subject, &good);
    cut_and_lengthen_the_whole(subject, &good);
}

static void every_mutation_is_refused(void **state) {
    (void)state;
    for (size_t at = 0; at < SUBJECTS; at++)
        mutate(&subjects[at]);
}

/* ── headers ─────────────────────────────────────────────────────────────────────────── */

static const char *const VALUES[] = {
    "\"dir\"",
    "\"none\"",
    "\"None\"",
    "\"NONE\"",
    "\"HS256\"",
    "\"hs256\"",
    "\"HS384\"",
    "\"HS512\"",
    "\"RS256\"",
    "\"RS512\"",
    "\"PS256\"",
    "\"ES256\"",
    "\"ES512\"",
    "\"EdDSA\"",
    "\"eddsa\"",
    "\"Ed25519\"",
    "\"Ed448\"",
    "\"RSA1_5\"",
    "\"RSA-OAEP\"",
    "\"RSA-OAEP-256\"",
    "\"A128KW\"",
    "\"A256KW\"",
    "\"ECDH-ES\"",
    "\"ECDH-ES+A256KW\"",
    "\"A256GCMKW\"",
    "\"PBES2-HS512+A256KW\"",
    "\"A128GCM\"",
    "\"A192GCM\"",
    "\"A256GCM\"",
    "\"a256gcm\"",
    "\"A256GCM \"",
    "\"A128CBC-HS256\"",
    "\"A192CBC-HS384\"",
    "\"A256CBC-HS512\"",
    "\"A256CBC_HS512\"",
    "\"\"",
    "\"dir\\u0000\"",
    "\"HS256\\u0000x\"",
    "\"EdDSA\\u0000\"",
    "\"A256GCM\\u0000\"",
    "\"A256CBC-HS512\\u0000\"",
    "\" dir\"",
    "null",
    "true",
    "0",
    "[]",
    "{}",
    "[\"dir\"]",
    "[\"HS256\"]",
    "[\"EdDSA\"]",
    "{\"alg\":\"dir\"}",
};
#define VALUE_COUNT (sizeof VALUES / sizeof *VALUES)

/* Refused with the right key, and in place of a valid token's header. */
static void refuse_header(struct subject *subject, const char *header) {
    static struct made_token token, good, encoded;

    make(subject, span_of_text(header), &token);
    refuse(subject, token_span(&token), header);
    make_good(subject, &good);
    struct parts parts = split(&good);
    encoded.length_bytes = 0;
    token_put_base64url(&encoded, span_of_text(header));
    refuse_with_part(subject, &parts, 0, token_span(&encoded), header);
}

static bool is_value(const char *json, const char *text) {
    size_t bytes = strlen(text);

    return strlen(json) == bytes + 2 && memcmp(json + 1, text, bytes) == 0;
}

static void every_other_algorithm_is_refused(void **state) {
    char header[256];
    (void)state;

    for (size_t at = 0; at < SUBJECTS; at++) {
        struct subject *subject = &subjects[at];
        for (size_t alg = 0; alg < VALUE_COUNT; alg++) {
            (void)snprintf(header, sizeof header, "{\"alg\":%s}", VALUES[alg]);
            if (subject->is_jwe || !is_value(VALUES[alg], subject->name))
                refuse_header(subject, header);
            for (size_t enc = 0; enc < VALUE_COUNT; enc++) {
                (void)snprintf(header, sizeof header, "{\"alg\":%s,\"enc\":%s}",
                               VALUES[alg], VALUES[enc]);
                bool is_good = subject->is_jwe && is_value(VALUES[alg], "dir") &&
                               is_value(VALUES[enc], subject->name);
                if (!is_good && (enc % 5 == alg % 5 || is_value(VALUES[alg], "dir") ||
                                 is_value(VALUES[alg], subject->name)))
                    refuse_header(subject, header);
            }
        }
    }
}

static void every_critical_member_and_disguise_is_refused(void **state) {
    static const char *const ADDED[] = {
        "\"zip\":\"DEF\"",
        "\"zip\":null",
        "\"zip\":\"\"",
        "\"crit\":[]",
        "\"crit\":null",
        "\"crit\":[\"exp\"]",
        "\"crit\":[\"b64\"],\"b64\":true",
        "\"b64\":false",
        "\"b64\":true",
        "\"b64\":null",
        "\"alg\":\"dir\"",
        "\"alg\":\"HS256\"",
        "\"alg\":\"EdDSA\"",
        "\"enc\":\"A256GCM\"",
        "\"enc\":\"A256CBC-HS512\"",
        "\"\\u0061lg\":\"none\"",
        "\"\\u0065nc\":\"none\"",
        "\"\\u007aip\":\"DEF\"",
        "\"a\\u0000\":1",
        "\"crit\\u0000\":1",
        "\"x\":{\"y\":1,\"y\":2}",
        "\"x\":00",
        "\"x\":\"\xff\"",
        "\"x\":\"\xc0\x80\"",
        "\"x\":\"\\ud800\"",
        "\"x\":'y'",
        "\"x\":[[[[[[1]]]]]]",
        "\"x\":NaN",
        "\"x\":1.",
        "/**/\"x\":1",
        "\"x\":1,",
        "\"x\"",
    };
    char header[256];
    (void)state;
    for (size_t at = 0; at < SUBJECTS; at++)
        for (size_t added = 0; added < sizeof ADDED / sizeof *ADDED; added++) {
            const char *good = subjects[at].header;
            (void)snprintf(header, sizeof header, "{%s,%s", ADDED[added], good + 1);
            refuse_header(&subjects[at], header);
            (void)snprintf(header, sizeof header, "%.*s,%s}", (int)strlen(good) - 1, good,
                           ADDED[added]);
            refuse_header(&subjects[at], header);
        }
}

static void a_header_spelled_differently_is_refused(void **state) {
    static const char *const FORMS[] = {
        "%s%s",       "%s,", "[%s]", "\xef\xbb\xbf%s", "%s\x01", "null",       "\"%s\"",
        "{\"x\":%s}", "",    "%s//", "(%s)",           "{}",     "\xff\xfe%s", "%s]",
        "{%s}",       "%s}", "0",    "\x0b%s",
    };
    char header[256], upper[128];
    (void)state;
    for (size_t at = 0; at < SUBJECTS; at++) {
        const char *good = subjects[at].header;
        for (size_t form = 0; form < sizeof FORMS / sizeof *FORMS; form++) {
            char *to = header;
            for (const char *from = FORMS[form]; *from != '\0'; from++) {
                if (from[0] == '%')
                    to += snprintf(to, 128, "%s", good), from++;
                else
                    *to++ = *from;
            }
            *to = '\0';
            refuse_header(&subjects[at], header);
        }
        for (size_t c = 0; good[c] != '\0'; c++) {
            bool is_small = good[c] >= 'a' && good[c] <= 'z';
            (void)snprintf(upper, sizeof upper, "%s", good);
            upper[c] = is_small ? (char)(good[c] - 32) : '\'';
            refuse_header(&subjects[at], upper);
        }
    }
}

/* ── keys and other tokens ───────────────────────────────────────────────────────────── */

static void no_algorithm_accepts_anothers_token(void **state) {
    static struct made_token token;
    (void)state;
    for (size_t maker = 0; maker < SUBJECTS; maker++)
        for (size_t reader = 0; reader < SUBJECTS; reader++)
            for (size_t header = 0; header < SUBJECTS; header++) {
                make(&subjects[maker], span_of_text(subjects[header].header), &token);
                if (maker != reader || reader != header)
                    refuse(&subjects[reader], token_span(&token), "another algorithm's");
            }
}

static void a_public_key_is_not_accepted_as_an_hmac_secret(void **state) {
    static struct made_token token;
    (void)state;
    token_sign(&token, JOSE_HS256, subjects[3].read_key, SPAN_OF("{\"alg\":\"EdDSA\"}"),
               PAYLOAD);
    refuse(&subjects[3], token_span(&token), "signed with the public key");
    token_sign(&token, JOSE_HS256, subjects[3].read_key, SPAN_OF("{\"alg\":\"HS256\"}"),
               PAYLOAD);
    refuse(&subjects[3], token_span(&token), "signed with the public key");
}

static void every_other_key_is_refused(void **state) {
    static struct made_token good;
    char key[64];
    (void)state;
    for (size_t at = 0; at < SUBJECTS; at++) {
        struct subject *subject = &subjects[at];
        struct span right = subject->read_key;
        make_good(subject, &good);
        memcpy(key, right.data, right.length_bytes);
        /* The tag doesn't cover the half of the key that decrypts. */
        size_t bits = right.length_bytes * (right.length_bytes == 64 ? 4 : 8);
        for (size_t bit = 0; bit < bits; bit++) {
            key[bit / 8] = (char)(key[bit / 8] ^ (1 << bit % 8));
            subject->read_key = (struct span){key, right.length_bytes};
            refuse(subject, token_span(&good), "a bit of the key flipped");
            key[bit / 8] = (char)(key[bit / 8] ^ (1 << bit % 8));
        }
        for (size_t length = 0; length < right.length_bytes; length++) {
            subject->read_key = (struct span){key, length};
            refuse(subject, token_span(&good), "a shorter key");
        }
        subject->read_key = right;
    }
}

/* Not a test case: prints how many there were. */
static int report(void **state) {
    size_t all = 0;
    (void)state;
    for (size_t at = 0; at < SUBJECTS; at++) {
        print_message("%s: %zu mutations refused\n", subjects[at].name,
                      subjects[at].refused);
        all += subjects[at].refused;
    }
    print_message("all: %zu mutations refused\n", all);
    return 0;
}

int main(void) {
    static const uint8_t SEED[crypto_sign_SEEDBYTES] = "a seed for tests, and only them";
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mutation_is_refused),
        cmocka_unit_test(every_other_algorithm_is_refused),
        cmocka_unit_test(every_critical_member_and_disguise_is_refused),
        cmocka_unit_test(a_header_spelled_differently_is_refused),
        cmocka_unit_test(no_algorithm_accepts_anothers_token),
        cmocka_unit_test(a_public_key_is_not_accepted_as_an_hmac_secret),
        cmocka_unit_test(every_other_key_is_refused),
    };
    if (sodium_init() < 0 || crypto_sign_seed_keypair(public_key, secret_key, SEED) != 0)
        return 1;
    return cmocka_run_group_tests_name("jose_mutations", tests, NULL, report);
}
