/*
 * body: reads a request's JSON object, strictly: one object, whole input, valid UTF-8, no
 * member twice.
 */
#ifndef VIDEO_CALL_BODY_H
#define VIDEO_CALL_BODY_H

#include "compiler.h"
#include "problem.h"
#include "span.h"
#include "uuid.h"

#include <json-c/json.h>

/*
 * Parses text. *object is for json_object_put, NULL on a problem.
 * Problems: MALFORMED_JSON, DUPLICATE_MEMBER, INTERNAL (memory).
 */
enum problem body_parse(struct span text, json_object **object) MUST_CHECK NONNULL_ALL;

/*
 * Takes the member name as a UUID. Missing, of another type, or not a UUID: the two
 * problems given.
 */
enum problem body_take_uuid(json_object *object, const char *name, enum problem missing,
                            enum problem invalid, struct uuid *uuid) MUST_CHECK;

#endif
