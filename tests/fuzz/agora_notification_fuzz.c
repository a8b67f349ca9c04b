/*
 * Checks and reads any notification. A signature is valid exactly if OpenSSL computes the
 * same one, and the body is read as another JSON parser reads it.
 *
 * The first line of the input is the signature, the rest is the body.
 */
#include "agora/agora_notification.h"
#include "fuzz.h"
#include "json_oracle.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

#define DEPTH_MAX       16
#define INPUT_MAX_BYTES 8192

static const struct span SECRET = SPAN_OF("secret");

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    return sodium_init() < 0;
}

static void check_signature(struct span body, struct span signature) {
    unsigned char mac[EVP_MAX_MD_SIZE];
    char hex[2 * EVP_MAX_MD_SIZE + 1];
    unsigned mac_bytes = 0;

    FUZZ_REQUIRE(HMAC(EVP_sha256(), SECRET.data, (int)SECRET.length_bytes,
                      (const unsigned char *)body.data, body.length_bytes, mac,
                      &mac_bytes) != NULL);
    for (size_t at = 0; at < mac_bytes; at++)
        (void)snprintf(hex + 2 * at, 3, "%02x", mac[at]);
    bool is_right = span_equals(signature, span_of_text(hex));
    FUZZ_REQUIRE((agora_notification_verify(SECRET, body, signature) ==
                  AGORA_NOTIFICATION_OK) == is_right);
    FUZZ_REQUIRE(agora_notification_verify(SECRET, body, span_of_text(hex)) ==
                 AGORA_NOTIFICATION_OK);
}

static void check_content(const struct oracle_value *body,
                          const struct agora_notification *read) {
    const struct oracle_value *payload = oracle_member(body, "payload");

    if (read->kind == AGORA_NOTIFICATION_UNKNOWN)
        return;
    FUZZ_REQUIRE(read->channel[0] != '\0' && read->notice_id[0] != '\0');
    FUZZ_REQUIRE(span_equals(oracle_text(oracle_member(body, "noticeId")),
                             span_of_text(read->notice_id)));
    FUZZ_REQUIRE(span_equals(oracle_text(oracle_member(payload, "channelName")),
                             span_of_text(read->channel)));
    FUZZ_REQUIRE(oracle_number(oracle_member(body, "eventType")) ==
                 (double)read->event_type);
    FUZZ_REQUIRE(oracle_number(oracle_member(payload, "ts")) == (double)read->at_sec);
    FUZZ_REQUIRE(read->at_sec > 0 && read->at_sec < 4102444800);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct agora_notification notification;
    struct span body = fuzz_span(data, size);
    struct oracle_value *expected;

    if (size > INPUT_MAX_BYTES || size == 0)
        return 0;
    struct span signature = fuzz_take_line(&body);
    check_signature(body, signature);
    enum agora_notification_error error = agora_notification_read(body, &notification);
    enum oracle_verdict verdict = oracle_read(body, DEPTH_MAX, &expected);
    if (verdict != ORACLE_OVERFLOW)
        FUZZ_REQUIRE((error == AGORA_NOTIFICATION_OK) == (verdict == ORACLE_OBJECT));
    if (verdict == ORACLE_OBJECT)
        check_content(expected, &notification);
    oracle_free(expected);
    return 0;
}
