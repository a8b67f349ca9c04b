#include "base/log.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Reserved for the end of the line. */
#define TAIL_BYTES 3

static const char *const LEVELS[] = {"debug", "info", "warning", "error"};

/* A pipe takes this much whole or reports that it is full (PIPE_BUF in pipe(7)). */
#define WRITE_MAX_BYTES 4096
#define KEPT_MAX_BYTES  (256 * 1024)

static enum log_level threshold = LOG_LEVEL_INFO;

/* The buffered lines. */
static struct {
    bool is_on;
    size_t length_bytes;
    long lost_lines;
    char text[KEPT_MAX_BYTES];
} kept;

void log_set_threshold(enum log_level level) {
    threshold = level;
}

enum log_level log_level_of_text(const char *text) {
    for (size_t at = 0; at < sizeof LEVELS / sizeof *LEVELS; at++)
        if (strcmp(text, LEVELS[at]) == 0)
            return (enum log_level)at;
    return LOG_LEVEL_INFO;
}

static size_t room(const struct log_line *line) {
    return sizeof line->text - TAIL_BYTES - line->length_bytes;
}

/* All or nothing, so that a line stays valid JSON. */
static bool append(struct log_line *line, const char *text, size_t length_bytes) {
    if (length_bytes > room(line))
        return false;
    memcpy(line->text + line->length_bytes, text, length_bytes);
    line->length_bytes += length_bytes;
    return true;
}

/* The length of the well-formed UTF-8 sequence at text (RFC 3629); 0 if there is none. */
static size_t utf8_sequence(const unsigned char *text, size_t length_bytes) {
    unsigned char lead = text[0];
    size_t bytes = lead < 0x80   ? 1
                   : lead < 0xc2 ? 0
                   : lead < 0xe0 ? 2
                   : lead < 0xf0 ? 3
                                 : 4;

    if (lead > 0xf4 || bytes > length_bytes)
        return 0;
    for (size_t at = 1; at < bytes; at++)
        if ((text[at] & 0xc0) != 0x80)
            return 0;
    if ((lead == 0xe0 && text[1] < 0xa0) || (lead == 0xed && text[1] > 0x9f) ||
        (lead == 0xf0 && text[1] < 0x90) || (lead == 0xf4 && text[1] > 0x8f))
        return 0;
    return bytes;
}

static bool append_escaped(struct log_line *line, struct span value) {
    const unsigned char *text = (const unsigned char *)value.data;

    for (size_t at = 0; at < value.length_bytes;) {
        size_t bytes = utf8_sequence(text + at, value.length_bytes - at);
        char escaped[8];
        bool fits = false;
        if (bytes == 0)
            fits = append(line, "\\ufffd", 6);
        else if (text[at] == '"' || text[at] == '\\')
            fits = append(line, (char[]){'\\', (char)text[at]}, 2);
        else if (text[at] < 0x20 || text[at] == 0x7f)
            fits = append(line, escaped,
                          (size_t)snprintf(escaped, sizeof escaped, "\\u%04x", text[at]));
        else
            fits = append(line, value.data + at, bytes);
        if (!fits)
            return false;
        at += bytes == 0 ? 1 : bytes;
    }
    return true;
}

/* Appends ,"name": to the line. */
static bool append_name(struct log_line *line, const char *name) {
    return append(line, ",\"", 2) && append(line, name, strlen(name)) &&
           append(line, "\":", 2);
}

void log_span(struct log_line *line, const char *name, struct span value) {
    size_t before_bytes = line->length_bytes;

    if (line->dropped || value.data == NULL)
        return;
    if (!append_name(line, name) || !append(line, "\"", 1) ||
        !append_escaped(line, value) || !append(line, "\"", 1))
        line->length_bytes = before_bytes;
}

void log_text(struct log_line *line, const char *name, const char *value) {
    log_span(line, name, span_of_text(value));
}

static void append_formatted(struct log_line *line, const char *name, const char *value) {
    size_t before_bytes = line->length_bytes;

    if (!append_name(line, name) || !append(line, value, strlen(value)))
        line->length_bytes = before_bytes;
}

void log_number(struct log_line *line, const char *name, long value) {
    char text[24];

    if (line->dropped)
        return;
    (void)snprintf(text, sizeof text, "%ld", value);
    append_formatted(line, name, text);
}

void log_milliseconds(struct log_line *line, const char *name, double value_ms) {
    char text[32];

    if (line->dropped)
        return;
    (void)snprintf(text, sizeof text, "%.3f", value_ms);
    append_formatted(line, name, text);
}

void log_begin(struct log_line *line, enum log_level level, const char *event) {
    struct timespec now;
    struct tm utc;
    char seconds[32];

    line->length_bytes = 0;
    line->dropped = level < threshold;
    if (line->dropped)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    (void)gmtime_r(&now.tv_sec, &utc);
    (void)strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &utc);
    line->length_bytes =
        (size_t)snprintf(line->text, sizeof line->text,
                         "{\"time\":\"%s.%03ldZ\",\"level\":\"%s\",\"pid\":%ld", seconds,
                         now.tv_nsec / 1000000, LEVELS[level], (long)getpid());
    log_text(line, "event", event);
}

static void keep(const struct log_line *line) {
    if (line->length_bytes > sizeof kept.text - kept.length_bytes) {
        kept.lost_lines++;
        return;
    }
    memcpy(kept.text + kept.length_bytes, line->text, line->length_bytes);
    kept.length_bytes += line->length_bytes;
}

void log_end(struct log_line *line) {
    int kept_errno = errno;

    if (line->dropped)
        return;
    line->text[line->length_bytes++] = '}';
    line->text[line->length_bytes++] = '\n';
    if (kept.is_on) {
        keep(line);
    } else {
        ssize_t written = write(STDERR_FILENO, line->text, line->length_bytes);
        (void)written; /* if the log is gone there is nowhere to report it */
    }
    errno = kept_errno;
}

void log_hold(void) {
    kept.is_on = true;
}

/* The length of as many whole lines as fit one write. */
static size_t whole_lines(const char *text, size_t length_bytes) {
    if (length_bytes <= WRITE_MAX_BYTES)
        return length_bytes;
    const char *end = memrchr(text, '\n', WRITE_MAX_BYTES);
    return end == NULL ? length_bytes : (size_t)(end + 1 - text);
}

static void write_kept(int wait_ms) {
    size_t written_bytes = 0;

    while (written_bytes < kept.length_bytes) {
        struct pollfd reader = {.fd = STDERR_FILENO, .events = POLLOUT};
        if (poll(&reader, 1, wait_ms) <= 0)
            break;
        size_t bytes =
            whole_lines(kept.text + written_bytes, kept.length_bytes - written_bytes);
        ssize_t written = write(STDERR_FILENO, kept.text + written_bytes, bytes);
        if (written < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        written_bytes += written < 0 ? bytes : (size_t)written;
    }
    kept.length_bytes -= written_bytes;
    memmove(kept.text, kept.text + written_bytes, kept.length_bytes);
}

void log_flush(void) {
    int kept_errno = errno;

    if (kept.length_bytes > 0)
        write_kept(0);
    if (kept.length_bytes == 0 && kept.lost_lines > 0) {
        long lost_lines = kept.lost_lines;
        kept.lost_lines = 0;
        log_message(LOG_LEVEL_WARNING, "log", "%ld lines were lost: nobody read the log",
                    lost_lines);
        write_kept(0);
    }
    errno = kept_errno;
}

void log_release(void) {
    log_flush();
    write_kept(1000);
    kept.is_on = false;
}

void log_message(enum log_level level, const char *event, const char *format, ...) {
    int kept_errno = errno;
    char message[1024];
    struct log_line line;
    va_list values;

    va_start(values, format);
    int length = vsnprintf(message, sizeof message, format, values);
    va_end(values);
    if (length < 0)
        return;
    size_t length_bytes = strlen(message);
    while (length_bytes > 0 && message[length_bytes - 1] == '\n')
        length_bytes--;
    log_begin(&line, level, event);
    log_span(&line, "message", (struct span){message, length_bytes});
    log_end(&line);
    errno = kept_errno;
}
