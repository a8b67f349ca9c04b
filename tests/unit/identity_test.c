#include "cmocka_all.h"

#include "identity/identity.h"
#include "identity/jose.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define NOW_SEC 1790000000
#define SECRET  "the portal's secret"
#define ADA     "100000000000000001"

static struct identity *identity_under(const char *secret, bool secure_cookies) {
    const struct identity_options options = {.session_secret = span_of_text(secret),
                                             .secure_cookies = secure_cookies};
    struct identity *identity;

    assert_int_equal(identity_new(&options, &identity), IDENTITY_OK);
    return identity;
}

/* A Cookie header with a session holding these claims, under NextAuth v4's key of SECRET.
 */
static char *cookie_with(const char *claims) {
    uint8_t key[32];
    char *session, *cookie;

    assert_int_equal(jose_hkdf_sha256(SPAN_OF(SECRET), SPAN_OF(""),
                                      SPAN_OF("NextAuth.js Generated Encryption Key"), key,
                                      sizeof key),
                     JOSE_OK);
    assert_int_equal(jose_jwe_encrypt(span_of_text(claims),
                                      (struct span){(const char *)key, sizeof key},
                                      &session),
                     JOSE_OK);
    assert_true(asprintf(&cookie, "next-auth.session-token=%s", session) > 0);
    free(session);
    return cookie;
}

static enum identity_error judge(const struct identity *identity, const char *cookie,
                                 struct identity_caller *caller) {
    const struct span header = span_of_text(cookie);
    const struct identity_evidence evidence = {.cookies = &header, .cookie_count = 1};

    return identity_of(identity, &evidence, NOW_SEC, caller);
}

static void assert_claims(const char *claims, enum identity_error expected) {
    struct identity *identity = identity_under(SECRET, false);
    struct identity_caller caller;
    char *cookie = cookie_with(claims);

    assert_int_equal(judge(identity, cookie, &caller), expected);
    assert_string_equal(caller.discord_id, expected == IDENTITY_OK ? ADA : "");
    free(cookie);
    identity_free(identity);
}

static void the_discord_id_takes_precedence_over_the_sub(void **state) {
    (void)state;
    assert_claims("{\"sub\":\"7\",\"discordId\":\"" ADA "\",\"exp\":1790000060}",
                  IDENTITY_OK);
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":1790000060}", IDENTITY_OK);
}

/* Shorter and longer numbers are other providers' accounts. */
static void a_sub_counts_only_if_it_is_as_long_as_a_discord_id(void **state) {
    (void)state;
    assert_claims("{\"sub\":\"7\",\"exp\":1790000060}", IDENTITY_E_NO_DISCORD_ID);
    assert_claims("{\"sub\":\"1000000000000000\",\"exp\":1790000060}",
                  IDENTITY_E_NO_DISCORD_ID);
    assert_claims("{\"sub\":\"123456789012345678901\",\"exp\":1790000060}",
                  IDENTITY_E_NO_DISCORD_ID);
    assert_claims("{\"discordId\":\"" ADA "\",\"sub\":\"7\",\"exp\":1790000060}",
                  IDENTITY_OK);
}

static void a_bad_discord_id_is_refused_whatever_the_sub(void **state) {
    (void)state;
    assert_claims("{\"sub\":\"" ADA "\",\"discordId\":\"x\",\"exp\":1790000060}",
                  IDENTITY_E_NO_DISCORD_ID);
    assert_claims("{\"sub\":\"" ADA "\",\"discordId\":null,\"exp\":1790000060}",
                  IDENTITY_E_NO_DISCORD_ID);
    assert_claims("{\"sub\":100000000000000001,\"exp\":1790000060}",
                  IDENTITY_E_NO_DISCORD_ID);
    assert_claims("{\"discordId\":\"123456789012345678901\",\"exp\":1790000060}",
                  IDENTITY_E_NO_DISCORD_ID);
}

static void clocks_may_differ_by_15_seconds(void **state) {
    (void)state;
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":1789999986}", IDENTITY_OK);
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":1789999985}", IDENTITY_E_EXPIRED);
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":1790000060,\"nbf\":1790000015}",
                  IDENTITY_OK);
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":1790000060,\"nbf\":1790000016}",
                  IDENTITY_E_NOT_YET_VALID);
}

static void an_expiry_is_required_and_must_be_an_integer(void **state) {
    (void)state;
    assert_claims("{\"sub\":\"" ADA "\"}", IDENTITY_E_LIFETIME);
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":\"1790000060\"}", IDENTITY_E_LIFETIME);
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":1790000060.5}", IDENTITY_E_LIFETIME);
}

static void claims_that_are_not_a_json_object_are_malformed(void **state) {
    (void)state;
    assert_claims("[]", IDENTITY_E_MALFORMED);
    assert_claims("null", IDENTITY_E_MALFORMED);
    assert_claims("{\"sub\":\"" ADA "\",\"exp\":1790000060} x", IDENTITY_E_MALFORMED);
    assert_claims("{\"sub\":\"\xff\",\"exp\":1790000060}", IDENTITY_E_MALFORMED);
}

static void a_minted_session_is_accepted_until_it_expires(void **state) {
    struct identity *identity = identity_under(SECRET, false);
    struct identity_caller caller;
    char *session, *cookie;
    (void)state;

    assert_int_equal(
        identity_mint_session(SPAN_OF(SECRET), SPAN_OF(ADA), NOW_SEC, 60, &session),
        IDENTITY_OK);
    assert_true(asprintf(&cookie, "a=b; %s=%s; c=d", identity_cookie_name(false), session) >
                0);
    assert_int_equal(judge(identity, cookie, &caller), IDENTITY_OK);
    assert_string_equal(caller.discord_id, ADA);
    assert_int_equal(caller.source, IDENTITY_FROM_COOKIE);
    free(cookie);
    free(session);
    identity_free(identity);
}

static void a_session_under_another_secret_is_refused(void **state) {
    struct identity *identity = identity_under("another secret", false);
    struct identity_caller caller;
    char *cookie = cookie_with("{\"sub\":\"" ADA "\",\"exp\":1790000060}");
    (void)state;
    assert_int_equal(judge(identity, cookie, &caller), IDENTITY_E_NOT_AUTHENTIC);
    free(cookie);
    identity_free(identity);
}

static void assert_judged(bool secure_cookies, const char *cookie,
                          enum identity_error expected) {
    struct identity *identity = identity_under(SECRET, secure_cookies);
    struct identity_caller caller;

    assert_int_equal(judge(identity, cookie, &caller), expected);
    identity_free(identity);
}

static void a_cookie_of_the_other_scheme_is_reported_as_such(void **state) {
    (void)state;
    assert_judged(true, "next-auth.session-token=x", IDENTITY_E_SCHEME);
    assert_judged(true, "authjs.session-token=x", IDENTITY_E_SCHEME);
    assert_judged(true, "authjs.session-token.1=x; authjs.session-token.0=x",
                  IDENTITY_E_SCHEME);
    assert_judged(false, "__Secure-next-auth.session-token=x", IDENTITY_E_SCHEME);
    assert_judged(false, "__Secure-authjs.session-token=x", IDENTITY_E_SCHEME);
    assert_judged(false, "__Secure-other=x; next-auth.csrf-token=x", IDENTITY_E_ABSENT);
}

static void a_v5_cookie_takes_precedence_over_a_v4_one(void **state) {
    char *v4 = cookie_with("{\"sub\":\"" ADA "\",\"exp\":1790000060}");
    char *both;
    (void)state;
    assert_judged(false, v4, IDENTITY_OK);
    assert_true(asprintf(&both, "%s; authjs.session-token=junk", v4) > 0);
    assert_judged(false, both, IDENTITY_E_MALFORMED);
    free(both);
    free(v4);
}

static void a_stray_chunk_does_not_matter(void **state) {
    static const char *const STRAY[] = {"authjs.session-token.9=x",
                                        "next-auth.session-token.1=x",
                                        "next-auth.session-token.9=x",
                                        "next-auth.session-token.99=x",
                                        "next-auth.session-token.01=x",
                                        ("next-auth.session-token.9=x; "
                                         "next-auth.session-token.9=y")};
    char *v4 = cookie_with("{\"sub\":\"" ADA "\",\"exp\":1790000060}");
    (void)state;
    for (size_t at = 0; at < sizeof STRAY / sizeof *STRAY; at++) {
        char *both;
        assert_true(asprintf(&both, "%s; %s", STRAY[at], v4) > 0);
        assert_judged(false, both, IDENTITY_OK);
        free(both);
        assert_judged(false, STRAY[at], IDENTITY_E_ABSENT);
    }
    free(v4);
}

static void a_session_that_cannot_be_minted_gets_a_reason(void **state) {
    char *session;
    (void)state;
    assert_int_equal(
        identity_mint_session(SPAN_OF(SECRET), SPAN_OF("x\"y"), NOW_SEC, 60, &session),
        IDENTITY_E_NO_DISCORD_ID);
    assert_int_equal(
        identity_mint_session(SPAN_OF(SECRET), SPAN_OF(ADA), NOW_SEC, 0, &session),
        IDENTITY_E_LIFETIME);
    assert_int_equal(
        identity_mint_session(SPAN_ABSENT, SPAN_OF(ADA), NOW_SEC, 60, &session),
        IDENTITY_E_CONFIGURATION);
    assert_null(session);
}

static void keys_of_the_wrong_form_are_refused(void **state) {
    const struct identity_options nothing = {.secure_cookies = false};
    const struct identity_options both = {
        .assertion_secret = SPAN_OF("0123456789abcdef0123456789abcdef"),
        .assertion_public_key = SPAN_OF("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")};
    const struct identity_options weak = {.assertion_secret = SPAN_OF("too short")};
    const struct identity_options wrong = {.assertion_public_key = SPAN_OF("nonsense")};
    const struct identity_options *const refused[] = {&nothing, &both, &weak, &wrong};
    struct identity *identity;
    (void)state;
    for (size_t at = 0; at < sizeof refused / sizeof *refused; at++) {
        assert_int_equal(identity_new(refused[at], &identity), IDENTITY_E_CONFIGURATION);
        assert_null(identity);
    }
}

static void a_public_key_is_recognised_in_all_its_forms(void **state) {
    (void)state;
    assert_true(
        identity_is_public_key(SPAN_OF("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")));
    assert_true(
        identity_is_public_key(SPAN_OF("11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")));
    assert_true(identity_is_public_key(
        SPAN_OF("MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")));
    assert_true(identity_is_public_key(
        SPAN_OF("-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/"
                "7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n")));
    assert_false(identity_is_public_key(SPAN_OF("")));
    assert_false(identity_is_public_key(SPAN_OF("-----BEGIN PUBLIC KEY")));
    assert_false(identity_is_public_key(
        SPAN_OF("MCowBQYDK2VuAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_discord_id_takes_precedence_over_the_sub),
        cmocka_unit_test(a_bad_discord_id_is_refused_whatever_the_sub),
        cmocka_unit_test(clocks_may_differ_by_15_seconds),
        cmocka_unit_test(an_expiry_is_required_and_must_be_an_integer),
        cmocka_unit_test(claims_that_are_not_a_json_object_are_malformed),
        cmocka_unit_test(a_minted_session_is_accepted_until_it_expires),
        cmocka_unit_test(a_session_under_another_secret_is_refused),
        cmocka_unit_test(a_sub_counts_only_if_it_is_as_long_as_a_discord_id),
        cmocka_unit_test(a_cookie_of_the_other_scheme_is_reported_as_such),
        cmocka_unit_test(a_v5_cookie_takes_precedence_over_a_v4_one),
        cmocka_unit_test(a_stray_chunk_does_not_matter),
        cmocka_unit_test(a_session_that_cannot_be_minted_gets_a_reason),
        cmocka_unit_test(keys_of_the_wrong_form_are_refused),
        cmocka_unit_test(a_public_key_is_recognised_in_all_its_forms),
    };
    if (sodium_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
