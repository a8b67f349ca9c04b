/*
 * Opens arbitrary text as an Agora token. Whatever is opened must have been signed or not,
 * and never read beyond its ends.
 *
 *   clang -g -O1 -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Ilib \
 *       tests/fuzz/agora_token_fuzz.c lib/agora/agora_token.c -lsodium -lz -o agora_token_fuzz
 *   ./agora_token_fuzz -max_total_time=60
 *
 * Half of the inputs are taken for the content before compression, or the fuzzer would
 * hardly ever get behind zlib.
 */
#include "agora/agora_token.h"

#include <sodium.h>
#include <stdlib.h>
#include <zlib.h>

int LLVMFuzzerInitialize(int *argument_count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    return sodium_init() < 0;
}

static void open_content(const uint8_t *data, size_t size) {
    static const struct span CERTIFICATE = SPAN_OF("5cfd2fd1755d40ecb72977518be15d3b");
    struct agora_token_content content;
    uint8_t compressed[8192];
    char token[12288] = "007";
    uLongf compressed_bytes = sizeof compressed;

    if (compress(compressed, &compressed_bytes, data, size) != Z_OK)
        return;
    (void)sodium_bin2base64(token + 3, sizeof token - 3, compressed, compressed_bytes,
                            sodium_base64_VARIANT_ORIGINAL);
    if (agora_token_open(span_of_text(token), CERTIFICATE, &content) == AGORA_TOKEN_OK &&
        !content.signature_holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct agora_token_content content;

    if (size == 0 || size > 4096)
        return 0;
    if (data[0] & 1)
        open_content(data + 1, size - 1);
    else
        (void)!agora_token_open((struct span){(const char *)data + 1, size - 1},
                                SPAN_ABSENT, &content);
    return 0;
}
