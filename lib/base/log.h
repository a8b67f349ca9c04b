/*
 * log: one line of JSON per event on stderr, in whole lines.
 *
 *   {"time":"2026-01-31T18:04:05.123Z","level":"info","event":"request", ...}
 *
 * Lines longer than LOG_LINE_BYTES lose fields at the end, never their form. Text is
 * escaped, invalid UTF-8 replaced. Never give it a cookie, token, secret or a rejected
 * value. Not for answers to clients, and not safe in signal handlers.
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
    bool dropped; /* below the threshold: every call on it does nothing */
};

/* Lines below this level are dropped; info until called. */
void log_set_threshold(enum log_level level);

/* "debug", "info", "warning", "error"; anything else is info. */
enum log_level log_level_of_text(const char *text) NONNULL_ALL;

/* Starts a line with time, level, pid and event. */
void log_begin(struct log_line *line, enum log_level level, const char *event) NONNULL_ALL;

/* Adds a member; a NULL or absent value adds nothing. name is a literal of the code. */
void log_text(struct log_line *line, const char *name, const char *value);
void log_span(struct log_line *line, const char *name, struct span value);
void log_number(struct log_line *line, const char *name, long value);
void log_milliseconds(struct log_line *line, const char *name, double value_ms);

/* Ends the line and writes it; keeps errno. */
void log_end(struct log_line *line) NONNULL_ALL;

/*
 * For a loop that must not wait: from now on lines are kept, and log_flush writes them once
 * a turn. Where nobody reads the log, what does not fit is lost, and the next line that
 * gets through says how much.
 */
void log_hold(void);

/* Writes what is kept, as far as that does not wait. */
void log_flush(void);

/* Writes lines one by one again, and what is kept now, waiting for its reader. */
void log_release(void);

/* A whole line with one member "message". Keeps errno. */
void log_message(enum log_level level, const char *event, const char *format, ...)
    PRINTF_LIKE(3, 4);

#endif
