#include "settings_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX_BYTES 65536
#define BLANKS         " \t\n\v\f\r"

struct file_line {
    struct span key;
    struct span value;
};

static struct span unquote(struct span text) {
    char first = text.length_bytes >= 2 ? text.data[0] : '\0';

    if ((first == '"' || first == '\'') && text.data[text.length_bytes - 1] == first)
        return (struct span){text.data + 1, text.length_bytes - 2};
    return text;
}

/* Splits one line; false if it is neither blank, a comment nor KEY=value. */
static bool parse_line(struct span text, struct file_line *line) {
    static const struct span export = SPAN_OF("export ");

    *line = (struct file_line){SPAN_ABSENT, SPAN_ABSENT};
    text = span_trim(text, BLANKS);
    if (text.length_bytes == 0 || text.data[0] == '#')
        return true;
    if (span_starts_with(text, export))
        text = span_trim((struct span){text.data + export.length_bytes,
                                       text.length_bytes - export.length_bytes},
                         BLANKS);
    struct span key = span_cut(&text, '=');
    if (text.data == NULL)
        return false;
    line->key = span_trim(key, BLANKS);
    line->value = unquote(span_trim(text, BLANKS));
    return true;
}

static enum settings_error check_lines(const char *path, struct span content,
                                       char *complaint) {
    for (int number = 1; content.length_bytes > 0; number++) {
        struct file_line line;
        if (!parse_line(span_cut(&content, '\n'), &line)) {
            (void)snprintf(complaint, SETTINGS_COMPLAINT_BYTES, "%s:%d: not KEY=value",
                           path, number);
            return SETTINGS_E_FILE;
        }
    }
    return SETTINGS_OK;
}

struct span settings_file_find(struct span content, const char *name) {
    struct span found = SPAN_ABSENT;

    while (name != NULL && content.length_bytes > 0) {
        struct file_line line;
        if (parse_line(span_cut(&content, '\n'), &line) &&
            span_equals(line.key, span_of_text(name)) && line.key.data != NULL)
            found = line.value;
    }
    return found;
}

enum settings_error settings_file_read(const char *path, struct secret **content,
                                       char complaint[static SETTINGS_COMPLAINT_BYTES]) {
    enum settings_error error = SETTINGS_E_FILE;
    struct secret *buffer = secret_new(FILE_MAX_BYTES + 1);
    FILE *file = fopen(path, "re");

    if (buffer == NULL) {
        error = SETTINGS_E_MEMORY;
        goto out;
    }
    if (file == NULL) {
        (void)snprintf(complaint, SETTINGS_COMPLAINT_BYTES, "%s: %s", path,
                       strerror(errno));
        goto out;
    }
    /* Unbuffered, so that the secrets are in our guarded memory only. */
    (void)setvbuf(file, NULL, _IONBF, 0);
    size_t read_bytes = fread(buffer->bytes, 1, FILE_MAX_BYTES + 1, file);
    if (ferror(file) || read_bytes > FILE_MAX_BYTES) {
        (void)snprintf(complaint, SETTINGS_COMPLAINT_BYTES, "%s: %s", path,
                       ferror(file) ? "can't be read" : "larger than 64 KiB");
        goto out;
    }
    buffer->length_bytes = read_bytes;
    error = check_lines(path, secret_span(buffer), complaint);
    if (error != SETTINGS_OK)
        goto out;
    *content = buffer;
    buffer = NULL;
out:
    if (file != NULL)
        (void)fclose(file);
    secret_free(buffer);
    return error;
}
