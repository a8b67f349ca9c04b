#include "base/uuid.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>

static bool is_dash_position(size_t at) {
    return at == 8 || at == 13 || at == 18 || at == 23;
}

bool uuid_parse(struct span text, struct uuid *uuid) {
    struct uuid parsed = {.text = ""};

    if (text.length_bytes != UUID_TEXT_BYTES)
        return false;
    for (size_t at = 0; at < UUID_TEXT_BYTES; at++) {
        unsigned char c = (unsigned char)text.data[at];
        if (is_dash_position(at) ? c != '-' : !isxdigit(c))
            return false;
        parsed.text[at] = (char)tolower(c);
    }
    *uuid = parsed;
    return true;
}

void uuid_make(struct uuid *uuid) {
    uint8_t b[16];

    randombytes_buf(b, sizeof b);
    b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
    b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
    (void)snprintf(uuid->text, sizeof uuid->text,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                   b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                   b[12], b[13], b[14], b[15]);
}
