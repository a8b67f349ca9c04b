#include "secret_strength.h"

#include <ctype.h>
#include <stdint.h>

#define VARIETY_MIN 8
#define OTHERS      33 /* printable characters that are neither letters nor digits */

static size_t variety_of(struct span secret) {
    bool seen[UINT8_MAX + 1] = {false};
    size_t variety = 0;

    for (size_t at = 0; at < secret.length_bytes; at++) {
        unsigned char c = (unsigned char)secret.data[at];
        variety += !seen[c];
        seen[c] = true;
    }
    return variety;
}

/* How many characters a random text could have been made of. */
static double alphabet_of(struct span secret) {
    bool is_hex = true, has_lower = false, has_upper = false, has_digit = false,
         has_other = false;

    for (size_t at = 0; at < secret.length_bytes; at++) {
        unsigned char c = (unsigned char)secret.data[at];
        is_hex = is_hex && isxdigit(c);
        has_lower = has_lower || islower(c);
        has_upper = has_upper || isupper(c);
        has_digit = has_digit || isdigit(c);
        has_other = has_other || !isalnum(c);
    }
    if (is_hex)
        return 16;
    return has_lower * 26 + has_upper * 26 + has_digit * 10 + has_other * OTHERS;
}

/* Whether there are at least 2 to the power of min_bits such texts. */
static bool holds(struct span secret, int min_bits) {
    double alphabet = alphabet_of(secret), texts = 1, wanted = 1;

    for (int bit = 0; bit < min_bits; bit++)
        wanted *= 2;
    for (size_t at = 0; at < secret.length_bytes && texts < wanted; at++)
        texts *= alphabet;
    return texts >= wanted;
}

enum secret_strength secret_strength(struct span secret, int min_bits) {
    size_t half = secret.length_bytes / 2;
    size_t min_variety = half < VARIETY_MIN ? half : VARIETY_MIN;

    if (secret.length_bytes == 0 || !holds(secret, min_bits))
        return SECRET_SHORT;
    return variety_of(secret) < min_variety ? SECRET_REPETITIVE : SECRET_STRONG;
}
