/*
 * json_add: adds members to the JSON objects of responses.
 *
 * On allocation failure a member is omitted; the JSON stays valid.
 */
#ifndef VIDEO_CALL_JSON_ADD_H
#define VIDEO_CALL_JSON_ADD_H

#include "base/attributes.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>

/* Adds a member to a JSON object; a NULL text is null. */
void json_add_text(json_object *object, const char *name, const char *value);
/* The same, but the empty text becomes null too. */
void json_add_text_or_null(json_object *object, const char *name, const char *value);
void json_add_integer(json_object *object, const char *name, int64_t value);
void json_add_boolean(json_object *object, const char *name, bool value);
#endif
