#include "identity/claims.h"

#include "base/json_reader.h"
#include "base/json_wipe.h"

#define CLOCK_TOLERANCE_SEC        15 /* as in next-auth and Auth.js */
#define ASSERTION_LIFETIME_MAX_SEC 300
#define ASSERTION_AUDIENCE         "video-call"
#define CLAIMS_DEPTH               8
/* Discord's ids have had 17 digits or more since 2015; other providers' have fewer. */
#define SNOWFLAKE_MIN_BYTES 17

enum presence { PRESENT, MISSING, OF_WRONG_TYPE };

static enum presence integer_claim(json_object *claims, const char *name, int64_t *value) {
    json_object *claim = NULL;

    if (!json_object_object_get_ex(claims, name, &claim))
        return MISSING;
    if (!json_object_is_type(claim, json_type_int))
        return OF_WRONG_TYPE;
    *value = json_object_get_int64(claim);
    return PRESENT;
}

static bool is_digits(struct span text, size_t min_bytes) {
    if (text.length_bytes < min_bytes || text.length_bytes > IDENTITY_DISCORD_ID_MAX_BYTES)
        return false;
    for (size_t at = 0; at < text.length_bytes; at++)
        if (text.data[at] < '0' || text.data[at] > '9')
            return false;
    return true;
}

bool claims_is_discord_id(struct span text) {
    return is_digits(text, 1);
}

static enum identity_error take_discord_id(json_object *claims, const char *name,
                                           size_t min_bytes,
                                           struct identity_caller *caller) {
    json_object *claim = NULL;

    (void)json_object_object_get_ex(claims, name, &claim);
    struct span text = json_reader_text(claim);
    if (!is_digits(text, min_bytes))
        return IDENTITY_E_NO_DISCORD_ID;
    memcpy(caller->discord_id, text.data, text.length_bytes);
    caller->discord_id[text.length_bytes] = '\0';
    return IDENTITY_OK;
}

/* exp is required, nbf is optional. */
static enum identity_error check_times(json_object *claims, int64_t now_sec,
                                       int64_t *expires_sec) {
    int64_t not_before_sec = 0;
    enum presence nbf = integer_claim(claims, "nbf", &not_before_sec);

    if (integer_claim(claims, "exp", expires_sec) != PRESENT)
        return IDENTITY_E_LIFETIME;
    if (nbf == OF_WRONG_TYPE)
        return IDENTITY_E_MALFORMED;
    if (*expires_sec <= now_sec - CLOCK_TOLERANCE_SEC)
        return IDENTITY_E_EXPIRED;
    if (nbf == PRESENT && not_before_sec > now_sec + CLOCK_TOLERANCE_SEC)
        return IDENTITY_E_NOT_YET_VALID;
    return IDENTITY_OK;
}

static enum identity_error judge_session(json_object *claims, int64_t now_sec,
                                         struct identity_caller *caller) {
    int64_t expires_sec = 0;
    enum identity_error error = check_times(claims, now_sec, &expires_sec);

    if (error != IDENTITY_OK)
        return error;
    caller->source = IDENTITY_FROM_COOKIE;
    if (json_object_object_get_ex(claims, "discordId", NULL))
        return take_discord_id(claims, "discordId", 1, caller);
    return take_discord_id(claims, "sub", SNOWFLAKE_MIN_BYTES, caller);
}

static bool is_for_us(json_object *claims) {
    json_object *audience = NULL;

    if (!json_object_object_get_ex(claims, "aud", &audience))
        return false;
    if (!json_object_is_type(audience, json_type_array))
        return json_reader_is_text(audience, SPAN_OF(ASSERTION_AUDIENCE));
    for (size_t at = 0; at < json_object_array_length(audience); at++)
        if (json_reader_is_text(json_object_array_get_idx(audience, at),
                                SPAN_OF(ASSERTION_AUDIENCE)))
            return true;
    return false;
}

static enum identity_error judge_assertion(json_object *claims, int64_t now_sec,
                                           struct identity_caller *caller) {
    int64_t expires_sec = 0, issued_sec = 0;
    enum identity_error error = check_times(claims, now_sec, &expires_sec);

    if (error != IDENTITY_OK)
        return error;
    if (integer_claim(claims, "iat", &issued_sec) != PRESENT)
        return IDENTITY_E_LIFETIME;
    if (issued_sec > now_sec + CLOCK_TOLERANCE_SEC)
        return IDENTITY_E_NOT_YET_VALID;
    if (issued_sec < 0 || expires_sec < issued_sec ||
        expires_sec - issued_sec > ASSERTION_LIFETIME_MAX_SEC)
        return IDENTITY_E_LIFETIME;
    if (!is_for_us(claims))
        return IDENTITY_E_AUDIENCE;
    caller->source = IDENTITY_FROM_ASSERTION;
    return take_discord_id(claims, "sub", 1, caller);
}

typedef enum identity_error judge_function(json_object *claims, int64_t now_sec,
                                           struct identity_caller *caller);

static enum identity_error judge(struct span payload, judge_function *judges,
                                 int64_t now_sec, struct identity_caller *caller) {
    json_object *claims = NULL;

    enum json_reader_error read = json_reader_parse(payload, CLAIMS_DEPTH, &claims);
    if (read != JSON_READER_OK)
        return read == JSON_READER_E_MEMORY ? IDENTITY_E_CRYPTO : IDENTITY_E_MALFORMED;
    enum identity_error error = judges(claims, now_sec, caller);
    json_wipe(claims);
    return error;
}

enum identity_error claims_of_session(struct span payload, int64_t now_sec,
                                      struct identity_caller *caller) {
    return judge(payload, judge_session, now_sec, caller);
}

enum identity_error claims_of_assertion(struct span payload, int64_t now_sec,
                                        struct identity_caller *caller) {
    return judge(payload, judge_assertion, now_sec, caller);
}
