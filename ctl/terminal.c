#include "terminal.h"

#include <locale.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#define ESCAPE_BYTES 16
#define CUT          "..."

void terminal_init(void) {
    (void)setlocale(LC_CTYPE, "C.UTF-8");
}

/* One character, or a byte that isn't part of a valid one. */
struct character {
    size_t bytes;
    wchar_t code; /* of the byte, if it isn't valid */
    bool is_valid;
};

/* The first character of text, which isn't empty. */
static struct character read_character(const char *text) {
    wchar_t code = 0;
    mbstate_t state;

    memset(&state, 0, sizeof state);
    size_t bytes = mbrtowc(&code, text, strlen(text), &state);
    if (bytes == (size_t)-1 || bytes == (size_t)-2)
        return (struct character){1, (unsigned char)text[0], false};
    return (struct character){bytes, code, true};
}

static bool reverses_text(wchar_t code) {
    return code == 0x061C || code == 0x200E || code == 0x200F ||
           (code >= 0x202A && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_control(wchar_t code) {
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x2028 ||
           code == 0x2029;
}

static bool is_safe(struct character character) {
    return character.is_valid && !is_control(character.code) &&
           !reverses_text(character.code);
}

/* Fills shown with what is printed for the character; returns how many columns it takes. */
static int show(const char *text, struct character character,
                char shown[static ESCAPE_BYTES]) {
    bool is_byte = !character.is_valid || character.code < 0x80;
    int columns = wcwidth(character.code);

    if (!is_safe(character))
        return snprintf(shown, ESCAPE_BYTES, is_byte ? "\\x%02X" : "\\u%04X",
                        (unsigned)character.code);
    (void)snprintf(shown, ESCAPE_BYTES, "%.*s", (int)character.bytes, text);
    return columns < 0 ? 1 : columns;
}

/* Prints text until that many columns are full; if out is NULL, only counts them. */
static int print_until(FILE *out, const char *text, int max_columns) {
    char shown[ESCAPE_BYTES];
    int columns = 0;

    while (text[0] != '\0') {
        struct character character = read_character(text);
        int more = show(text, character, shown);
        if (columns > max_columns - more)
            break;
        if (out != NULL)
            fputs(shown, out);
        columns += more;
        text += character.bytes;
    }
    return columns;
}

#define UNLIMITED (1 << 30)

void terminal_line(FILE *out, const char *format, ...) {
    char *text = NULL;
    va_list values;

    va_start(values, format);
    int length = vasprintf(&text, format, values);
    va_end(values);
    if (length >= 0) {
        (void)print_until(out, text, UNLIMITED);
        free(text);
    } else {
        fputs("(out of memory)", out);
    }
    fputc('\n', out);
}

int terminal_cell_columns(const char *text) {
    int columns = print_until(NULL, text, UNLIMITED);

    return columns < TERMINAL_CELL_COLUMNS ? columns : TERMINAL_CELL_COLUMNS;
}

void terminal_cell(FILE *out, const char *text, int columns) {
    bool is_cut = print_until(NULL, text, UNLIMITED) > TERMINAL_CELL_COLUMNS;
    int cut_columns = (int)strlen(CUT);
    int printed =
        print_until(out, text, TERMINAL_CELL_COLUMNS - (is_cut ? cut_columns : 0));

    if (is_cut)
        printed += fputs(CUT, out) == EOF ? 0 : cut_columns;
    fprintf(out, "%*s", columns > printed ? columns - printed : 0, "");
}

void terminal_json_line(FILE *out, const char *json) {
    while (json[0] != '\0') {
        struct character character = read_character(json);
        if (is_safe(character))
            fwrite(json, 1, character.bytes, out);
        else
            fprintf(out, "\\u%04X", character.is_valid ? (unsigned)character.code : 0xFFFD);
        json += character.bytes;
    }
    fputc('\n', out);
}
