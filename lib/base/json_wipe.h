/*
 * json_wipe: frees what json-c holds, and leaves no text of it in memory.
 *
 * json-c copies a text into its parser's buffer, into a value and, as JSON, into the value
 * it is serialised from, and frees all of these unwiped. For values that hold claims,
 * tokens or the text of a request or response.
 */
#ifndef VIDEO_CALL_JSON_WIPE_H
#define VIDEO_CALL_JSON_WIPE_H

#include "base/attributes.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>

/* Wipes every string in value, and frees it as json_object_put does. NULL is fine. */
void json_wipe(json_object *value);

/*
 * Frees a parser and wipes its buffer. That leaves nothing behind only if json_wipe_reserve
 * made the buffer large enough before the parser was used: it is freed unwiped as it grows.
 */
void json_wipe_tokener(json_tokener *tokener) NONNULL_ALL;

/* Makes room for a text of that many bytes in the parser. False if out of memory. */
bool json_wipe_reserve(json_tokener *tokener, size_t text_bytes) MUST_CHECK NONNULL_ALL;

/*
 * Serialises value, without blanks. The text belongs to value, and the caller wipes it: it
 * is the only copy if it is shorter than 4 KiB. NULL if out of memory.
 */
char *json_wipe_serialise(json_object *value, size_t *text_bytes) MUST_CHECK NONNULL_ALL;

#endif
