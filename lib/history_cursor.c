#include "history_cursor.h"

#include <inttypes.h>
#include <stdio.h>
#include <zlib.h>

#define TIME_DIGITS 16
#define UUID_DIGITS 32
#define BODY_DIGITS (TIME_DIGITS + UUID_DIGITS)
#define CRC_DIGITS  8

_Static_assert(HISTORY_CURSOR_TEXT_BYTES == BODY_DIGITS + CRC_DIGITS + 1,
               "the text holds time, id, check and NUL");

/* The groups of a UUID's text, by their ends: dashes stand behind them. */
static bool ends_uuid_group(size_t digits_written) {
    return digits_written == 8 || digits_written == 12 || digits_written == 16 ||
           digits_written == 20;
}

static unsigned crc_of(const char *text) {
    return (unsigned)crc32(0, (const unsigned char *)text, BODY_DIGITS);
}

void history_cursor_write(const struct history_cursor *cursor,
                          char text[static HISTORY_CURSOR_TEXT_BYTES]) {
    char *at = text + snprintf(text, HISTORY_CURSOR_TEXT_BYTES, "%016" PRIx64,
                               (uint64_t)cursor->start_time_us);
    for (const char *c = cursor->call_id.text; *c != '\0'; c++)
        if (*c != '-')
            *at++ = *c;
    (void)snprintf(at, CRC_DIGITS + 1, "%08x", crc_of(text));
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

    if (text.length_bytes != BODY_DIGITS + CRC_DIGITS || !is_hex(text))
        return false;
    if (hex_value(text.data + BODY_DIGITS, CRC_DIGITS) != crc_of(text.data))
        return false;
    for (size_t digit = 0; digit < UUID_DIGITS; digit++) {
        if (ends_uuid_group(digit))
            *at++ = '-';
        *at++ = text.data[TIME_DIGITS + digit];
    }
    cursor->start_time_us = (int64_t)hex_value(text.data, TIME_DIGITS);
    return uuid_parse((struct span){id, UUID_TEXT_BYTES}, &cursor->call_id);
}
