#include "base/base64.h"

#include <sodium.h>

static bool is_ascii(struct span text) {
    for (size_t at = 0; at < text.length_bytes; at++)
        if ((unsigned char)text.data[at] >= 0x80)
            return false;
    return true;
}

bool base64_decode(struct span text, enum base64_form form, uint8_t *bytes,
                   size_t capacity_bytes, size_t *length_bytes) {
    static const int VARIANTS[] = {
        [BASE64_STANDARD] = sodium_base64_VARIANT_ORIGINAL,
        [BASE64_STANDARD_UNPADDED] = sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
        [BASE64_URL] = sodium_base64_VARIANT_URLSAFE,
        [BASE64_URL_UNPADDED] = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
    };

    *length_bytes = 0;
    if (text.length_bytes == 0)
        return true;
    if (is_ascii(text) &&
        sodium_base642bin(bytes, capacity_bytes, text.data, text.length_bytes, NULL,
                          length_bytes, NULL, VARIANTS[form]) == 0)
        return true;
    *length_bytes = 0;
    return false;
}
