/*
 * Decodes any bytes as base64 of each form. The oracle is a simple decoder, whose result
 * counts only if encoding it again gives the same text.
 *
 * The first character of the input, from '0' to '3', is the form.
 */
#include "base/base64.h"
#include "fuzz.h"

#include <sodium.h>

#define TEXT_MAX_BYTES 4096

static const char *alphabet_of(enum base64_form form) {
    return form == BASE64_STANDARD || form == BASE64_STANDARD_UNPADDED
               ? "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
               : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
}

/* Skips what isn't in the alphabet. */
static size_t decode_loosely(struct span text, const char *alphabet, uint8_t *bytes) {
    size_t length_bytes = 0;
    unsigned bits = 0, bit_count = 0;

    for (size_t at = 0; at < text.length_bytes; at++) {
        const char *found = memchr(alphabet, text.data[at], 64);
        if (found == NULL)
            continue;
        bits = (bits << 6 | (unsigned)(found - alphabet)) & 0xFFFF;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            bytes[length_bytes++] = (uint8_t)(bits >> bit_count);
        }
    }
    return length_bytes;
}

static size_t encode(const uint8_t *bytes, size_t length_bytes, const char *alphabet,
                     bool pads, char *text) {
    size_t written = 0;

    for (size_t at = 0; at < length_bytes; at += 3) {
        unsigned group = (unsigned)bytes[at] << 16;
        size_t left_bytes = length_bytes - at;
        group |= left_bytes > 1 ? (unsigned)bytes[at + 1] << 8 : 0;
        group |= left_bytes > 2 ? bytes[at + 2] : 0;
        text[written++] = alphabet[group >> 18];
        text[written++] = alphabet[group >> 12 & 63];
        if (left_bytes > 1)
            text[written++] = alphabet[group >> 6 & 63];
        if (left_bytes > 2)
            text[written++] = alphabet[group & 63];
        for (size_t missing = left_bytes; pads && missing < 3; missing++)
            text[written++] = '=';
    }
    return written;
}

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    return sodium_init() < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t bytes[TEXT_MAX_BYTES], expected[TEXT_MAX_BYTES];
    static char again[2 * TEXT_MAX_BYTES];
    size_t length_bytes = 0;

    if (size == 0 || size > TEXT_MAX_BYTES)
        return 0;
    enum base64_form form = (enum base64_form)(data[0] & 3);
    struct span text = fuzz_span(data + 1, size - 1);
    size_t expected_bytes = decode_loosely(text, alphabet_of(form), expected);
    size_t again_bytes = encode(expected, expected_bytes, alphabet_of(form),
                                form == BASE64_STANDARD || form == BASE64_URL, again);
    bool is_right = span_equals(text, (struct span){again, again_bytes});
    FUZZ_REQUIRE(base64_decode(text, form, bytes, sizeof bytes, &length_bytes) == is_right);
    if (!is_right) {
        FUZZ_REQUIRE(length_bytes == 0);
        return 0;
    }
    FUZZ_REQUIRE(length_bytes == expected_bytes);
    FUZZ_REQUIRE(memcmp(bytes, expected, length_bytes) == 0);
    FUZZ_REQUIRE(base64_decode(text, form, bytes, expected_bytes, &length_bytes));
    if (expected_bytes > 0)
        FUZZ_REQUIRE(!base64_decode(text, form, bytes, expected_bytes - 1, &length_bytes));
    return 0;
}
