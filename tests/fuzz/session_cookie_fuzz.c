/*
 * Looks for a session, whole or in chunks, in any Cookie headers. How the pairs are spread
 * over headers must not matter.
 *
 * Each line of the input is a header.
 */
#include "fuzz.h"
#include "identity/session_cookie.h"

#define HEADERS_MAX     8
#define NAME            "next-auth.session-token"
#define INPUT_MAX_BYTES 40000

static void check_value(struct span value) {
    FUZZ_REQUIRE(value.data != NULL);
    FUZZ_REQUIRE(value.length_bytes <= SESSION_COOKIE_MAX_BYTES);
    FUZZ_REQUIRE(value.length_bytes == 0 ||
                 memchr(value.data, ';', value.length_bytes) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static char buffer[SESSION_COOKIE_MAX_BYTES], other_buffer[SESSION_COOKIE_MAX_BYTES];
    static char joined[INPUT_MAX_BYTES];
    struct span headers[HEADERS_MAX], value, other_value;
    struct span rest = fuzz_span(data, size);
    size_t header_count = 0;

    if (size == 0 || size > sizeof joined)
        return 0;
    while (rest.length_bytes > 0 && header_count < HEADERS_MAX)
        headers[header_count++] = fuzz_take_line(&rest);
    size_t used_bytes = size - rest.length_bytes;
    for (size_t at = 0; at < used_bytes; at++)
        joined[at] = data[at] == '\n' ? ';' : (char)data[at];
    enum session_cookie_error error =
        session_cookie_find(headers, header_count, NAME, buffer, &value);
    enum session_cookie_error other_error = session_cookie_find(
        &(struct span){joined, used_bytes}, 1, NAME, other_buffer, &other_value);
    FUZZ_REQUIRE(error == other_error);
    FUZZ_REQUIRE(span_equals(value, other_value));
    if (error == SESSION_COOKIE_OK)
        check_value(value);
    else
        FUZZ_REQUIRE(value.data == NULL);
    return 0;
}
