/*
 * Lets a test in another language use the readers: each line on stdin gets one on stdout.
 *
 *   json HEX        → "ok TEXT", the object as json-c prints it, "malformed" or "duplicate"
 *   base64url HEX   → "ok HEX", the bytes, or "malformed"
 */
#include "base/base64.h"
#include "base/json_reader.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#define DEPTH_MAX      16
#define TEXT_MAX_BYTES 65536

static void answer_json(struct span text) {
    json_object *object;

    switch (json_reader_parse(text, DEPTH_MAX, &object)) {
    case JSON_READER_OK:
        (void)printf("ok %s\n",
                     json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
        break;
    case JSON_READER_E_DUPLICATE:
        (void)puts("duplicate");
        break;
    default:
        (void)puts("malformed");
    }
    json_object_put(object);
}

static void answer_base64url(struct span text) {
    static uint8_t bytes[TEXT_MAX_BYTES];
    static char hex[2 * TEXT_MAX_BYTES + 1];
    size_t length_bytes = 0;

    if (base64_decode(text, BASE64_URL_UNPADDED, bytes, sizeof bytes, &length_bytes))
        (void)printf("ok %s\n", sodium_bin2hex(hex, sizeof hex, bytes, length_bytes));
    else
        (void)puts("malformed");
}

int main(void) {
    static char line[2 * TEXT_MAX_BYTES + 64], text[TEXT_MAX_BYTES];
    size_t text_bytes = 0;

    if (sodium_init() < 0)
        return 1;
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t word_bytes = strcspn(line, " ");
        size_t hex_bytes = strcspn(line + word_bytes, "\n");
        struct span word = {line, word_bytes};
        if (hex_bytes == 0 ||
            sodium_hex2bin((uint8_t *)text, sizeof text, line + word_bytes + 1,
                           hex_bytes - 1, NULL, &text_bytes, NULL) != 0)
            return 1;
        if (span_equals(word, SPAN_OF("json")))
            answer_json((struct span){text, text_bytes});
        else
            answer_base64url((struct span){text, text_bytes});
        (void)fflush(stdout);
    }
    return 0;
}
