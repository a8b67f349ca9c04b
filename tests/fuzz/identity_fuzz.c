/*
 * Shows any headers to identity. Nobody may be let in.
 *
 * Each line of the input is a header: Authorization if it starts with 'A', otherwise
 * Cookie.
 */
#include "fuzz.h"
#include "identity/identity.h"

#define HEADERS_MAX 8
#define NOW_SEC     1790000000

static struct identity *identity;

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    const struct identity_options options = {
        .session_secret = SPAN_OF("a secret of the portal's"),
        .session_secret_previous = SPAN_OF("the one before"),
        .assertion_secret = SPAN_OF("0123456789abcdef0123456789abcdef"),
    };
    (void)argument_count;
    (void)arguments;
    return identity_new(&options, &identity) != IDENTITY_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct span authorizations[HEADERS_MAX], cookies[HEADERS_MAX];
    struct identity_evidence evidence = {.authorizations = authorizations,
                                         .cookies = cookies};
    struct identity_caller caller;
    struct span rest = fuzz_span(data, size);

    while (rest.length_bytes > 0 && evidence.authorization_count < HEADERS_MAX &&
           evidence.cookie_count < HEADERS_MAX) {
        struct span line = fuzz_take_line(&rest);
        if (line.length_bytes > 0 && line.data[0] == 'A')
            authorizations[evidence.authorization_count++] =
                (struct span){line.data + 1, line.length_bytes - 1};
        else
            cookies[evidence.cookie_count++] = line;
    }
    FUZZ_REQUIRE(identity_of(identity, &evidence, NOW_SEC, &caller) != IDENTITY_OK);
    FUZZ_REQUIRE(caller.discord_id[0] == '\0');
    return 0;
}
