/*
 * history_cursor: where a page of the history ended, as opaque text.
 *
 * It grants nothing: every page checks the caller's rights again. So only its form is
 * checked (hex of the start time in microseconds and of the call's id).
 */
#ifndef VIDEO_CALL_HISTORY_CURSOR_H
#define VIDEO_CALL_HISTORY_CURSOR_H

#include "base/attributes.h"
#include "base/span.h"
#include "base/uuid.h"

#include <stdint.h>

#define HISTORY_CURSOR_TEXT_BYTES 49 /* with its NUL */

struct history_cursor {
    int64_t start_time_us; /* since 1970 */
    struct uuid call_id;
};

/* Writes the cursor, NUL-terminated. */
void history_cursor_write(const struct history_cursor *cursor,
                          char text[static HISTORY_CURSOR_TEXT_BYTES]) NONNULL_ALL;

/* Fills cursor and returns true; false if it isn't in the form _write makes. */
bool history_cursor_read(struct span text,
                         struct history_cursor *cursor) MUST_CHECK NONNULL_ALL;

#endif
