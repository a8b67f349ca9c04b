#include "base/uuid.h"

#include <ctype.h>

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
