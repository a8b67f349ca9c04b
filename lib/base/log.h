/*
 * log: one JSON object per event, a line each, on stderr.
 *
 *   {"time":"2026-01-31T18:04:05.123Z","level":"info","event":"request", ...}
 *
 * A line that would exceed LOG_LINE_BYTES loses fields at its end but stays valid JSON.
 * Text is escaped, invalid UTF-8 replaced. Never log a cookie, token, secret or rejected
 * value. Not for responses to clients, and not safe in signal handlers.
 */
#ifndef VIDEO_CALL_LOG_H
#define VIDEO_CALL_LOG_H

#include "base/attributes.h"
#include "base/span.h"

#define LOG_LINE_BYTES 2048

enum log_level { LOG_LEVEL_DEBUG, LOG_LEVEL_INFO, LOG_LEVEL_WARNING, LOG_LEVEL_ERROR };

struct log_line {
    char text[LOG_LINE_BYTES];
    size_t length_bytes;
    bool dropped; /* below the threshold: calls do nothing */
};

/* Lines below this level are dropped. The default is info. */
void log_set_threshold(enum log_level level);

/* "debug", "info", "warning", "error"; anything else is info. */
enum log_level log_level_of_text(const char *text) NONNULL_ALL;

/* Starts a line with time, level, pid and event. */
void log_begin(struct log_line *line, enum log_level level, const char *event) NONNULL_ALL;

/* Adds a member; a NULL or absent value adds nothing. name must be a literal: it isn't
 * escaped. */
void log_text(struct log_line *line, const char *name, const char *value);
void log_span(struct log_line *line, const char *name, struct span value);
void log_number(struct log_line *line, const char *name, long value);
void log_milliseconds(struct log_line *line, const char *name, double value_ms);

/* Ends the line and writes it; preserves errno. */
void log_end(struct log_line *line) NONNULL_ALL;

/*
 * For a loop that must not block: from now on lines are buffered, and log_flush writes them
 * once a turn. If nobody reads the log, lines that don't fit are lost, and the next one
 * that gets through says how many.
 */
void log_hold(void);

/* Writes the buffered lines, as far as that doesn't block. */
void log_flush(void);

/* Writes the buffered lines, waiting a second at a time for the reader, and stops
 * buffering. */
void log_release(void);

/* Writes a line with the one member "message". Preserves errno. */
void log_message(enum log_level level, const char *event, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
