/*
 * Judges any claims. Accepted claims must be as identity.h demands, as another JSON parser
 * reads them.
 *
 * If the first character of the input is even, they're a session's; if odd, an assertion's.
 */
#include "fuzz.h"
#include "identity/claims.h"
#include "json_oracle.h"

#define NOW_SEC         1790000000
#define TOLERANCE_SEC   15
#define LIFETIME_SEC    300
#define CLAIMS_DEPTH    8
#define INPUT_MAX_BYTES 8192

static double number_of(const struct oracle_value *claims, const char *name) {
    const struct oracle_value *claim = oracle_member(claims, name);

    FUZZ_REQUIRE(oracle_kind(claim) == ORACLE_KIND_NUMBER);
    return oracle_number(claim);
}

static void check_times(const struct oracle_value *claims) {
    FUZZ_REQUIRE(number_of(claims, "exp") > NOW_SEC - TOLERANCE_SEC);
    if (oracle_member(claims, "nbf") != NULL)
        FUZZ_REQUIRE(number_of(claims, "nbf") <= NOW_SEC + TOLERANCE_SEC);
}

static void check_name(const struct oracle_value *claims, const char *name,
                       const struct identity_caller *caller) {
    struct span id = span_of_text(caller->discord_id);

    FUZZ_REQUIRE(id.length_bytes > 0 && strspn(id.data, "0123456789") == id.length_bytes);
    FUZZ_REQUIRE(span_equals(oracle_text(oracle_member(claims, name)), id));
}

static bool is_our_name(const struct oracle_value *audience) {
    return oracle_kind(audience) == ORACLE_KIND_STRING &&
           span_equals(oracle_text(audience), SPAN_OF("video-call"));
}

static bool is_for_us(const struct oracle_value *audience) {
    if (oracle_kind(audience) != ORACLE_KIND_ARRAY)
        return is_our_name(audience);
    for (size_t at = 0; at < oracle_size(audience); at++)
        if (is_our_name(oracle_element(audience, at)))
            return true;
    return false;
}

static void check_assertion(const struct oracle_value *claims) {
    double issued_sec = number_of(claims, "iat");

    FUZZ_REQUIRE(issued_sec >= 0 && issued_sec <= NOW_SEC + TOLERANCE_SEC);
    FUZZ_REQUIRE(number_of(claims, "exp") - issued_sec <= LIFETIME_SEC);
    FUZZ_REQUIRE(is_for_us(oracle_member(claims, "aud")));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct identity_caller caller = {.discord_id = ""};
    struct oracle_value *expected;

    if (size == 0 || size > INPUT_MAX_BYTES)
        return 0;
    bool is_session = (data[0] & 1) == 0;
    struct span claims = fuzz_span(data + 1, size - 1);
    enum identity_error error = is_session ? claims_of_session(claims, NOW_SEC, &caller)
                                           : claims_of_assertion(claims, NOW_SEC, &caller);
    enum oracle_verdict verdict = oracle_read(claims, CLAIMS_DEPTH, &expected);
    FUZZ_REQUIRE(error != IDENTITY_OK || verdict == ORACLE_OBJECT ||
                 verdict == ORACLE_OVERFLOW);
    if (error == IDENTITY_OK && verdict == ORACLE_OBJECT) {
        bool has_own = oracle_member(expected, "discordId") != NULL;
        check_times(expected);
        check_name(expected, is_session && has_own ? "discordId" : "sub", &caller);
        if (!is_session)
            check_assertion(expected);
    }
    oracle_free(expected);
    return 0;
}
