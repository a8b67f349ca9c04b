/*
 * json_reader: one JSON object, the whole text and nothing but it, as RFC 8259 has it.
 *
 * json-c parses; what it lets pass beyond the RFC, strict or not (quotes of another kind,
 * comments, NaN, control characters in strings, "1."), is refused here, and so is a member
 * that is given twice in the outermost object, of which json-c would keep the last without
 * a word. Blanks around the object are fine.
 */
#ifndef VIDEO_CALL_JSON_READER_H
#define VIDEO_CALL_JSON_READER_H

#include "base/attributes.h"
#include "base/span.h"

#include <json-c/json.h>

enum json_reader_error {
    JSON_READER_OK = 0,
    JSON_READER_E_MALFORMED, /* no JSON, no object, invalid UTF-8, too deep, or more behind
                              */
    JSON_READER_E_DUPLICATE, /* a member of the outermost object is there twice */
    JSON_READER_E_MEMORY,
};

/*
 * Parses text, nested depth_max deep at the most. *object is for json_object_put; NULL
 * unless OK.
 */
enum json_reader_error json_reader_parse(struct span text, int depth_max,
                                         json_object **object) MUST_CHECK NONNULL_ALL;

/* Whether value is a string of exactly these bytes. */
bool json_reader_is_text(json_object *value, struct span text);

/* The bytes of a string, NULs included; absent where value is no string. Lives with value.
 */
struct span json_reader_text(json_object *value);

#endif
