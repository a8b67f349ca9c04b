/*
 * Opens any text as an Agora token. No unsigned token may count as signed.
 *
 * If the first character of the input is even, the rest is a token; if odd, it's the
 * content of one before compression and encoding, since zlib would refuse nearly every
 * fuzzed token.
 */
#include "agora/agora_token.h"
#include "fuzz.h"

#include <sodium.h>
#include <zlib.h>

#define INPUT_MAX_BYTES 4096

static const struct span CERTIFICATE = SPAN_OF("5cfd2fd1755d40ecb72977518be15d3b");

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    return sodium_init() < 0;
}

static void open_text(struct span text) {
    struct agora_token_content content, unsigned_content;
    enum agora_token_error error = agora_token_open(text, CERTIFICATE, &content);
    enum agora_token_error without = agora_token_open(text, SPAN_ABSENT, &unsigned_content);

    FUZZ_REQUIRE((error == AGORA_TOKEN_OK) == content.signature_holds);
    FUZZ_REQUIRE(!unsigned_content.signature_holds);
    FUZZ_REQUIRE((without == AGORA_TOKEN_OK) ==
                 (error == AGORA_TOKEN_OK || error == AGORA_TOKEN_E_SIGNATURE));
    FUZZ_REQUIRE(content.service_count <= AGORA_TOKEN_SERVICES_MAX);
    if (without == AGORA_TOKEN_OK)
        FUZZ_REQUIRE(agora_token_is_app_id(span_of_text(unsigned_content.app_id)));
    content.signature_holds = false;
    if (error != AGORA_TOKEN_E_MALFORMED)
        FUZZ_REQUIRE(memcmp(&content, &unsigned_content, sizeof content) == 0);
}

static void open_content(struct span inside) {
    static uint8_t compressed[2 * INPUT_MAX_BYTES];
    static char token[4 * INPUT_MAX_BYTES] = "007";
    uLongf compressed_bytes = sizeof compressed;

    FUZZ_REQUIRE(compress(compressed, &compressed_bytes, (const Bytef *)inside.data,
                          inside.length_bytes) == Z_OK);
    (void)sodium_bin2base64(token + 3, sizeof token - 3, compressed, compressed_bytes,
                            sodium_base64_VARIANT_ORIGINAL);
    open_text(span_of_text(token));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > INPUT_MAX_BYTES)
        return 0;
    if ((data[0] & 1) != 0)
        open_content(fuzz_span(data + 1, size - 1));
    else
        open_text(fuzz_span(data + 1, size - 1));
    return 0;
}
