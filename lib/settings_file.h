/*
 * settings_file: a file of KEY=value lines, read into guarded memory. For settings.c alone;
 * settings_load says which lines are valid.
 */
#ifndef VIDEO_CALL_SETTINGS_FILE_H
#define VIDEO_CALL_SETTINGS_FILE_H

#include "base/attributes.h"
#include "settings.h"

/*
 * Reads the whole file into *content, for secret_free, and checks each line. On failure
 * *content is unchanged, and complaint names the file. Errors: FILE, MEMORY (no complaint).
 */
enum settings_error
settings_file_read(const char *path, struct secret **content,
                   char complaint[static SETTINGS_COMPLAINT_BYTES]) MUST_CHECK;

/* The value of name; if it occurs more than once, the last counts, as in a shell. Absent if
 * it doesn't occur or name is NULL. It points into content, which was read as above. */
struct span settings_file_find(struct span content, const char *name);

#endif
