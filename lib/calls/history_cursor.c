#include "calls/history_cursor.h"

#include <inttypes.h>
#include <stdio.h>

#define TIME_DIGITS 16
#define UUID_DIGITS 32
/* The end of the year 9999, the last the API can show. */
#define TIME_MAX_US 253402300799999999

_Static_assert(HISTORY_CURSOR_TEXT_BYTES == TIME_DIGITS + UUID_DIGITS + 1,
               "the text holds time, id and NUL");

/* Where a UUID's text has its dashes. */
static bool ends_uuid_group(size_t digits_written) {
    return digits_written == 8 || digits_written == 12 || digits_written == 16 ||
           digits_written == 20;
}

void history_cursor_write(const struct history_cursor *cursor,
                          char text[static HISTORY_CURSOR_TEXT_BYTES]) {
    char *at = text + snprintf(text, HISTORY_CURSOR_TEXT_BYTES, "%016" PRIx64,
                               (uint64_t)cursor->start_time_us);
    for (const char *c = cursor->call_id.text; *c != '\0'; c++)
        if (*c != '-')
            *at++ = *c;
    *at = '\0';
}

static uint64_t hex_value(const char *digits, size_t digit_count) {
    uint64_t value = 0;
    for (size_t at = 0; at < digit_count; at++) {
        char c = digits[at];
        value = value << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return value;
}

static bool is_hex(struct span text) {
    for (size_t at = 0; at < text.length_bytes; at++) {
        char c = text.data[at];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

bool history_cursor_read(struct span text, struct history_cursor *cursor) {
    char id[UUID_TEXT_BYTES + 1];
    char *at = id;

    if (text.length_bytes != TIME_DIGITS + UUID_DIGITS || !is_hex(text))
        return false;
    uint64_t time_us = hex_value(text.data, TIME_DIGITS);
    if (time_us > TIME_MAX_US)
        return false;
    for (size_t digit = 0; digit < UUID_DIGITS; digit++) {
        if (ends_uuid_group(digit))
            *at++ = '-';
        *at++ = text.data[TIME_DIGITS + digit];
    }
    cursor->start_time_us = (int64_t)time_us;
    return uuid_parse((struct span){id, UUID_TEXT_BYTES}, &cursor->call_id);
}
