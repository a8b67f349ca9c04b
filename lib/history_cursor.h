/*
 * history_cursor: where a page of the history ended, as an opaque text.
 *
 * It grants nothing: every page checks the caller's right anew, so the cursor carries a
 * CRC-32 against damage and guesswork, not a signature. The form (hex of start time in
 * microseconds, call id, CRC) is nobody's business but this module's.
 */
#ifndef VIDEO_CALL_HISTORY_CURSOR_H
#define VIDEO_CALL_HISTORY_CURSOR_H

#include "compiler.h"
#include "span.h"
#include "uuid.h"

#include <stdint.h>

#define HISTORY_CURSOR_TEXT_BYTES 57 /* with its NUL */

struct history_cursor {
    int64_t start_time_us; /* since 1970 */
    struct uuid call_id;
};

/* Writes the cursor, NUL-terminated. */
void history_cursor_write(const struct history_cursor *cursor,
                          char text[static HISTORY_CURSOR_TEXT_BYTES]) NONNULL_ALL;

/* Fills cursor and returns true, or returns false: not a text that _write made. */
bool history_cursor_read(struct span text,
                         struct history_cursor *cursor) MUST_CHECK NONNULL_ALL;

#endif
