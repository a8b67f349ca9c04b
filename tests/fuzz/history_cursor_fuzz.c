/*
 * Reads any text as a cursor of the history. An accepted cursor, written again, must be the
 * same text, and its time must be one that PostgreSQL and the API can represent.
 */
#include "calls/history_cursor.h"
#include "fuzz.h"

/* The end of the year 9999. */
#define TIME_MAX_US 253402300799999999

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct history_cursor cursor;
    char again[HISTORY_CURSOR_TEXT_BYTES];
    struct span text = fuzz_span(data, size);

    if (!history_cursor_read(text, &cursor))
        return 0;
    FUZZ_REQUIRE(cursor.start_time_us >= 0 && cursor.start_time_us <= TIME_MAX_US);
    history_cursor_write(&cursor, again);
    FUZZ_REQUIRE(span_equals(text, span_of_text(again)));
    return 0;
}
