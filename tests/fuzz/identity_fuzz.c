/*
 * Shows arbitrary headers to identity. Nobody may be let in, and nothing read beyond its
 * ends.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ilib \
 *       tests/fuzz/identity_fuzz.c lib/identity/*.c lib/base/secret.c lib/base/uuid.c \
 *       lib/base/json_reader.c -lsodium -lcrypto -ljson-c -o identity_fuzz
 *   ./identity_fuzz -max_total_time=60
 *
 * The input is lines: those that begin with 'A' are Authorization headers, others Cookies.
 */
#include "identity/claims.h"
#include "identity/identity.h"

#include <stdlib.h>

#define HEADERS_MAX 8

static struct identity *identity;

int LLVMFuzzerInitialize(int *argument_count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

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

static void judge_headers(const char *text, size_t size) {
    struct span authorizations[HEADERS_MAX], cookies[HEADERS_MAX];
    struct identity_evidence evidence = {.authorizations = authorizations,
                                         .cookies = cookies};
    struct identity_caller caller;

    while (size > 0 && evidence.authorization_count < HEADERS_MAX &&
           evidence.cookie_count < HEADERS_MAX) {
        const char *end = memchr(text, '\n', size);
        size_t line_bytes = end == NULL ? size : (size_t)(end - text);
        struct span line = {text, line_bytes};
        if (line_bytes > 0 && text[0] == 'A')
            authorizations[evidence.authorization_count++] =
                (struct span){text + 1, line_bytes - 1};
        else
            cookies[evidence.cookie_count++] = line;
        size_t taken_bytes = end == NULL ? line_bytes : line_bytes + 1;
        text += taken_bytes;
        size -= taken_bytes;
    }
    if (identity_of(identity, &evidence, 1790000000, &caller) == IDENTITY_OK)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct span claims = {(const char *)data, size};
    struct identity_caller caller;

    judge_headers((const char *)data, size);
    (void)!claims_of_session(claims, 1790000000, &caller);
    (void)!claims_of_assertion(claims, 1790000000, &caller);
    return 0;
}
