/*
 * json_add: members of the JSON objects that answers are made of.
 *
 * json-c's, with the names and forms that the API has. Memory that is short loses a member,
 * never the form.
 */
#ifndef VIDEO_CALL_JSON_ADD_H
#define VIDEO_CALL_JSON_ADD_H

#include "call_participant.h"
#include "compiler.h"

#include <json-c/json.h>
#include <stdint.h>

/* Adds a member to a JSON object; a NULL text is null. */
void json_add_text(json_object *object, const char *name, const char *value);
/* The same, where the empty text stands for null. */
void json_add_text_or_null(json_object *object, const char *name, const char *value);
void json_add_integer(json_object *object, const char *name, int64_t value);
void json_add_boolean(json_object *object, const char *name, bool value);
/* Adds "participants", a list of those sides that came. */
void json_add_participants(json_object *object,
                           const struct call_participant sides[CALL_SIDE__COUNT]);

#endif
