/*
 * fuzz: what every libFuzzer target needs. tests/fuzz/run builds and runs them.
 *
 * A target is one untrusted input. It checks what must hold for any value of it, most often
 * that another program (an oracle) agrees, and doesn't only wait for a crash.
 */
#ifndef VIDEO_CALL_FUZZ_H
#define VIDEO_CALL_FUZZ_H

#include "base/span.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argument_count, char ***arguments);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts the process unless condition holds, so that libFuzzer keeps the input. */
#define FUZZ_REQUIRE(condition)                                                            \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            (void)fprintf(stderr, "%s:%d: %s doesn't hold\n", __FILE__, __LINE__,          \
                          #condition);                                                     \
            abort();                                                                       \
        }                                                                                  \
    } while (0)

static inline struct span fuzz_span(const uint8_t *data, size_t size) {
    return (struct span){(const char *)data, size};
}

/* Cuts the first line off input; its newline belongs to neither. */
static inline struct span fuzz_take_line(struct span *input) {
    struct span line = *input;
    const char *end =
        input->length_bytes == 0 ? NULL : memchr(input->data, '\n', input->length_bytes);

    if (end != NULL)
        line.length_bytes = (size_t)(end - line.data);
    size_t taken_bytes = line.length_bytes + (end != NULL);
    input->data += taken_bytes;
    input->length_bytes -= taken_bytes;
    return line;
}

#endif
