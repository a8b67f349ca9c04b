#include "cmocka_all.h"

#include "agora/agora_token.h"

#include <sodium.h>
#include <stdlib.h>
#include <zlib.h>

/* Values and tokens of Agora's own test, agora-token/test/AccessToken2Test.js. */
#define APP_ID      "970CA35de60c44645bbae8a215061b33"
#define CERTIFICATE "5CFd2fd1755d40ecb72977518be15d3b"
#define CHANNEL     "7d72365eb983485397e3e3f9d460bdda"
#define ACCOUNT     "2882341273"

static const char AUDIENCE_VECTOR[] =
    "007eJxTYBBbsMMnKq7p9Hf/HcIX5kce9b518kCiQgSr5Zrp4X1Tu6UUGCzNDZwdjU1TUs0Mkk1MzExMk5ISUy"
    "0SjQxNDcwMk4yN3b8IMEQwMTAwMoAwBIL4CgzmKeZGxmamqUmWFsYmFqbGluapxqnGaZYpJmYGSSkpiVwMRhYW"
    "RsYmhkbmxgDCaiTj";
static const char RTC_AND_RTM_VECTOR[] =
    "007eJxTYOAQsrQ5s3TfH+1tvy8zZZ46EpCc0V43JXdGd2jS8porKo4KDJbmBs6OxqYpqWYGySYmZiamSUmJqR"
    "aJRoamBmaGScbG7l8EGCKYGBgYGRgYmBgYGVgYGMF8JjDJDCZZwKQCg3mKuZGxmWlqkqWFsYmFqbGleapxqnGa"
    "ZYqJmUFSSkoiF4ORhYWRsYmhkbkxyCyISZwMJanFJfGlxalFACKnKng=";

static struct agora_token_request known_request(enum agora_token_role role) {
    return (struct agora_token_request){
        .app_id = SPAN_OF(APP_ID),
        .certificate = SPAN_OF(CERTIFICATE),
        .channel = SPAN_OF(CHANNEL),
        .account = SPAN_OF(ACCOUNT),
        .role = role,
        .issued_at_sec = 1111111,
        .lifetime_sec = 600,
        .salt = 1,
    };
}

struct content {
    uint8_t bytes[16384];
    size_t length_bytes;
};

static void inflate_token(const char *token, struct content *content) {
    uint8_t compressed[4096];
    size_t compressed_bytes;
    uLongf inflated_bytes = sizeof content->bytes;

    assert_memory_equal(token, "007", 3);
    assert_int_equal(sodium_base642bin(compressed, sizeof compressed, token + 3,
                                       strlen(token + 3), NULL, &compressed_bytes, NULL,
                                       sodium_base64_VARIANT_ORIGINAL),
                     0);
    assert_int_equal(
        uncompress(content->bytes, &inflated_bytes, compressed, compressed_bytes), Z_OK);
    content->length_bytes = inflated_bytes;
}

static void deflate_token(const struct content *content, char *token, size_t token_bytes) {
    uint8_t compressed[4096];
    uLongf compressed_bytes = sizeof compressed;

    assert_int_equal(
        compress(compressed, &compressed_bytes, content->bytes, content->length_bytes),
        Z_OK);
    memcpy(token, "007", 3);
    assert_non_null(sodium_bin2base64(token + 3, token_bytes - 3, compressed,
                                      compressed_bytes, sodium_base64_VARIANT_ORIGINAL));
}

static void an_audience_token_equals_agoras_vector_before_compression(void **state) {
    struct agora_token_request request = known_request(AGORA_TOKEN_AUDIENCE);
    char token[AGORA_TOKEN_TEXT_BYTES];
    struct content ours, theirs;
    (void)state;

    assert_int_equal(agora_token_build(&request, token), AGORA_TOKEN_OK);
    inflate_token(token, &ours);
    inflate_token(AUDIENCE_VECTOR, &theirs);
    assert_int_equal(ours.length_bytes, theirs.length_bytes);
    assert_memory_equal(ours.bytes, theirs.bytes, ours.length_bytes);
}

static void a_host_token_holds_join_and_all_three_publish_privileges(void **state) {
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    char token[AGORA_TOKEN_TEXT_BYTES];
    struct agora_token_content content;
    (void)state;

    assert_int_equal(agora_token_build(&request, token), AGORA_TOKEN_OK);
    assert_int_equal(agora_token_open(span_of_text(token), SPAN_OF(CERTIFICATE), &content),
                     AGORA_TOKEN_OK);
    assert_true(content.signature_holds);
    assert_string_equal(content.app_id, APP_ID);
    assert_int_equal(content.issued_at_sec, 1111111);
    assert_int_equal(content.lifetime_sec, 600);
    assert_int_equal(content.salt, 1);
    assert_int_equal(content.service_count, 1);
    assert_int_equal(content.services[0].type, 1);
    assert_string_equal(content.services[0].channel, CHANNEL);
    assert_string_equal(content.services[0].account, ACCOUNT);
    assert_int_equal(content.services[0].privilege_count, 4);
    for (size_t at = 0; at < 4; at++) {
        assert_int_equal(content.services[0].privileges[at].privilege, at + 1);
        assert_int_equal(content.services[0].privileges[at].expire_sec, 600);
    }
}

static void rtc_is_read_from_a_token_for_two_services(void **state) {
    struct agora_token_content content;
    (void)state;

    assert_int_equal(
        agora_token_open(span_of_text(RTC_AND_RTM_VECTOR), SPAN_OF(CERTIFICATE), &content),
        AGORA_TOKEN_OK);
    assert_int_equal(content.service_count, 2);
    assert_int_equal(content.services[0].privilege_count, 4);
    assert_int_equal(content.services[1].type, 2);
    assert_int_equal(content.services[1].privilege_count, 0);
}

static void a_token_can_be_read_without_a_certificate(void **state) {
    struct agora_token_content content;
    (void)state;

    assert_int_equal(agora_token_open(span_of_text(AUDIENCE_VECTOR), SPAN_ABSENT, &content),
                     AGORA_TOKEN_OK);
    assert_false(content.signature_holds);
    assert_string_equal(content.services[0].account, ACCOUNT);
}

static void assert_refused(const struct agora_token_request *request,
                           enum agora_token_error error) {
    char token[AGORA_TOKEN_TEXT_BYTES] = "left over";

    assert_int_equal(agora_token_build(request, token), error);
    assert_string_equal(token, "");
}

static void a_bad_app_id_is_refused(void **state) {
    static const char *const bad[] = {"", "970CA35de60c44645bbae8a215061b3",
                                      "970CA35de60c44645bbae8a215061b333",
                                      "970CA35de60c44645bbae8a215061b3g"};
    (void)state;
    for (size_t at = 0; at < sizeof bad / sizeof *bad; at++) {
        struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
        request.app_id = span_of_text(bad[at]);
        assert_refused(&request, AGORA_TOKEN_E_APP_ID);
        request.app_id = SPAN_OF(APP_ID);
        request.certificate = span_of_text(bad[at]);
        assert_refused(&request, AGORA_TOKEN_E_CERTIFICATE);
    }
}

static void a_bad_channel_is_refused(void **state) {
    static const char *const bad[] = {
        "",
        "a/b",
        "a\"b",
        "a\\b",
        "a'b",
        "a`b",
        "a\tb",
        "\xc3\xa4",
        "0123456789012345678901234567890123456789012345678901234567890123"};
    (void)state;
    for (size_t at = 0; at < sizeof bad / sizeof *bad; at++) {
        struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
        request.channel = span_of_text(bad[at]);
        assert_refused(&request, AGORA_TOKEN_E_CHANNEL);
    }
}

static void a_nul_in_a_channel_is_refused(void **state) {
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    (void)state;
    request.channel = (struct span){"a\0b", 3};
    assert_refused(&request, AGORA_TOKEN_E_CHANNEL);
}

static void every_character_agora_allows_is_accepted(void **state) {
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    char token[AGORA_TOKEN_TEXT_BYTES];
    (void)state;
    request.channel = SPAN_OF("abcxyzABCXYZ0189 !#$%&()+-:;<=.>?@[]^_{}|~,");
    assert_int_equal(agora_token_build(&request, token), AGORA_TOKEN_OK);
}

static void a_channel_of_63_bytes_is_accepted(void **state) {
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    char token[AGORA_TOKEN_TEXT_BYTES];
    (void)state;
    request.channel =
        SPAN_OF("012345678901234567890123456789012345678901234567890123456789012");
    assert_int_equal(request.channel.length_bytes, 63);
    assert_int_equal(agora_token_build(&request, token), AGORA_TOKEN_OK);
}

static void an_account_that_would_admit_anyone_is_refused(void **state) {
    char long_account[AGORA_TOKEN_ACCOUNT_MAX_BYTES + 1];
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    (void)state;

    request.account = SPAN_OF("");
    assert_refused(&request, AGORA_TOKEN_E_ACCOUNT);
    request.account = SPAN_OF("0");
    assert_refused(&request, AGORA_TOKEN_E_ACCOUNT);
    memset(long_account, 'a', sizeof long_account);
    request.account = (struct span){long_account, sizeof long_account};
    assert_refused(&request, AGORA_TOKEN_E_ACCOUNT);
}

static void the_longest_account_and_channel_fit(void **state) {
    char account[AGORA_TOKEN_ACCOUNT_MAX_BYTES];
    char token[AGORA_TOKEN_TEXT_BYTES];
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    struct agora_token_content content;
    (void)state;

    for (size_t at = 0; at < sizeof account; at++)
        account[at] = (char)('a' + randombytes_uniform(26));
    request.account = (struct span){account, sizeof account};
    assert_int_equal(agora_token_build(&request, token), AGORA_TOKEN_OK);
    assert_int_equal(agora_token_open(span_of_text(token), SPAN_OF(CERTIFICATE), &content),
                     AGORA_TOKEN_OK);
    assert_memory_equal(content.services[0].account, account, sizeof account);
}

static void a_lifetime_of_zero_or_over_a_day_is_refused(void **state) {
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    (void)state;
    request.lifetime_sec = 0;
    assert_refused(&request, AGORA_TOKEN_E_LIFETIME);
    request.lifetime_sec = 86401;
    assert_refused(&request, AGORA_TOKEN_E_LIFETIME);
    request.lifetime_sec = 1790000000;
    assert_refused(&request, AGORA_TOKEN_E_LIFETIME);
}

static void a_salt_out_of_range_is_refused(void **state) {
    struct agora_token_request request = known_request(AGORA_TOKEN_HOST);
    (void)state;
    request.salt = 0;
    assert_refused(&request, AGORA_TOKEN_E_SALT);
    request.salt = 100000000;
    assert_refused(&request, AGORA_TOKEN_E_SALT);
}

static void a_random_salt_is_always_in_range(void **state) {
    (void)state;
    for (int round = 0; round < 10000; round++) {
        uint32_t salt = agora_token_random_salt();
        assert_in_range(salt, 1, AGORA_TOKEN_SALT_MAX);
    }
}

static void another_certificate_does_not_verify_a_token(void **state) {
    struct agora_token_content content;
    (void)state;
    assert_int_equal(agora_token_open(span_of_text(AUDIENCE_VECTOR),
                                      SPAN_OF("6CFd2fd1755d40ecb72977518be15d3b"),
                                      &content),
                     AGORA_TOKEN_E_SIGNATURE);
    assert_false(content.signature_holds);
    assert_string_equal(content.services[0].channel, CHANNEL);
    assert_int_equal(
        agora_token_open(span_of_text(AUDIENCE_VECTOR), SPAN_OF("short"), &content),
        AGORA_TOKEN_E_CERTIFICATE);
}

static void every_flipped_bit_of_the_content_is_detected(void **state) {
    struct content content;
    char token[4096];
    (void)state;

    inflate_token(AUDIENCE_VECTOR, &content);
    for (size_t bit = 0; bit < content.length_bytes * 8; bit++) {
        struct agora_token_content opened;
        content.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        deflate_token(&content, token, sizeof token);
        enum agora_token_error error =
            agora_token_open(span_of_text(token), SPAN_OF(CERTIFICATE), &opened);
        assert_true(error == AGORA_TOKEN_E_SIGNATURE || error == AGORA_TOKEN_E_MALFORMED);
        content.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void every_truncated_content_is_malformed(void **state) {
    struct content content;
    char token[4096];
    (void)state;

    inflate_token(AUDIENCE_VECTOR, &content);
    for (size_t whole = content.length_bytes; content.length_bytes > 0;) {
        struct agora_token_content opened;
        content.length_bytes--;
        assert_true(content.length_bytes < whole);
        deflate_token(&content, token, sizeof token);
        assert_int_equal(agora_token_open(span_of_text(token), SPAN_ABSENT, &opened),
                         AGORA_TOKEN_E_MALFORMED);
    }
}

static void every_truncated_text_is_malformed(void **state) {
    struct agora_token_content opened;
    (void)state;
    for (size_t length = 0; length < sizeof AUDIENCE_VECTOR - 1; length++)
        assert_int_equal(agora_token_open((struct span){AUDIENCE_VECTOR, length},
                                          SPAN_OF(CERTIFICATE), &opened),
                         AGORA_TOKEN_E_MALFORMED);
}

static void another_service_is_reported_by_its_type(void **state) {
    struct content content;
    struct agora_token_content opened;
    char token[4096];
    (void)state;

    inflate_token(AUDIENCE_VECTOR, &content);
    content.bytes[2 + 32 + 2 + 32 + 12 + 2] = 99;
    deflate_token(&content, token, sizeof token);
    assert_int_equal(agora_token_open(span_of_text(token), SPAN_ABSENT, &opened),
                     AGORA_TOKEN_OK);
    assert_int_equal(opened.service_count, 1);
    assert_int_equal(opened.services[0].type, 99);
    assert_int_equal(opened.services[0].privilege_count, 0);
}

static void content_that_inflates_beyond_the_cap_is_malformed(void **state) {
    struct content bomb = {.length_bytes = sizeof bomb.bytes};
    struct agora_token_content opened;
    char token[4096];
    (void)state;

    deflate_token(&bomb, token, sizeof token);
    assert_int_equal(agora_token_open(span_of_text(token), SPAN_ABSENT, &opened),
                     AGORA_TOKEN_E_MALFORMED);
}

static void text_beyond_the_cap_is_malformed(void **state) {
    static char text[8192];
    struct agora_token_content opened;
    (void)state;

    memset(text, 'A', sizeof text);
    memcpy(text, "007", 3);
    assert_int_equal(
        agora_token_open((struct span){text, sizeof text}, SPAN_ABSENT, &opened),
        AGORA_TOKEN_E_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_audience_token_equals_agoras_vector_before_compression),
        cmocka_unit_test(a_host_token_holds_join_and_all_three_publish_privileges),
        cmocka_unit_test(rtc_is_read_from_a_token_for_two_services),
        cmocka_unit_test(a_token_can_be_read_without_a_certificate),
        cmocka_unit_test(a_bad_app_id_is_refused),
        cmocka_unit_test(a_bad_channel_is_refused),
        cmocka_unit_test(a_nul_in_a_channel_is_refused),
        cmocka_unit_test(every_character_agora_allows_is_accepted),
        cmocka_unit_test(a_channel_of_63_bytes_is_accepted),
        cmocka_unit_test(an_account_that_would_admit_anyone_is_refused),
        cmocka_unit_test(the_longest_account_and_channel_fit),
        cmocka_unit_test(a_lifetime_of_zero_or_over_a_day_is_refused),
        cmocka_unit_test(a_salt_out_of_range_is_refused),
        cmocka_unit_test(a_random_salt_is_always_in_range),
        cmocka_unit_test(another_certificate_does_not_verify_a_token),
        cmocka_unit_test(every_flipped_bit_of_the_content_is_detected),
        cmocka_unit_test(every_truncated_content_is_malformed),
        cmocka_unit_test(every_truncated_text_is_malformed),
        cmocka_unit_test(another_service_is_reported_by_its_type),
        cmocka_unit_test(content_that_inflates_beyond_the_cap_is_malformed),
        cmocka_unit_test(text_beyond_the_cap_is_malformed),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("agora_token", tests, NULL, NULL);
}
