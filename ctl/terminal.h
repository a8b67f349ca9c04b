/*
 * terminal: prints text for a person, in which nothing can act on the terminal.
 *
 * Names, servers' messages and arguments come from elsewhere. Control characters (C0,
 * DEL, C1), bytes that are not UTF-8 and the characters that reverse the direction of text
 * (Unicode, UAX 9, 2.1 to 2.5) are shown as "\x1B" or "\u202E"; all other UTF-8 is kept.
 * Everything that video-callctl prints for a person goes through here.
 */
#ifndef VIDEO_CALL_TERMINAL_H
#define VIDEO_CALL_TERMINAL_H

#include "base/attributes.h"

#include <stdio.h>

/* Cells of a table are cut to this many columns. */
#define TERMINAL_CELL_COLUMNS 36

/* Makes the C library read UTF-8. Call it once, first; without it only ASCII is kept. */
void terminal_init(void);

/* Prints one line, escaped as a whole: a newline in it is escaped too, and one is added. */
void terminal_line(FILE *out, const char *format, ...) PRINTF_LIKE(2, 3);

/* How many columns a cell takes, TERMINAL_CELL_COLUMNS at most. */
int terminal_cell_columns(const char *text) NONNULL_ALL;

/* Prints a cell, cut if it is too long, and pads it with blanks to that many columns. */
void terminal_cell(FILE *out, const char *text, int columns) NONNULL_ALL;

/* Prints a line of JSON, with such characters in its strings as \u escapes. */
void terminal_json_line(FILE *out, const char *json) NONNULL_ALL;

#endif
