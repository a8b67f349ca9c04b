/*
 * strict_json: one JSON object, the whole text and nothing but it, as RFC 8259 has it.
 *
 * json-c parses; what it lets pass beyond the RFC, strict or not (quotes of another kind,
 * comments, NaN, control characters in strings, "1."), is refused here, and so is a member
 * that is given twice in the outermost object, of which json-c would keep the last without
 * a word. Blanks around the object are fine.
 */
#ifndef VIDEO_CALL_STRICT_JSON_H
#define VIDEO_CALL_STRICT_JSON_H

#include "compiler.h"
#include "span.h"

#include <json-c/json.h>

enum strict_json_error {
    STRICT_JSON_OK = 0,
    STRICT_JSON_E_MALFORMED, /* no JSON, no object, invalid UTF-8, too deep, or more behind
                              */
    STRICT_JSON_E_DUPLICATE, /* a member of the outermost object is there twice */
    STRICT_JSON_E_MEMORY,
};

/*
 * Parses text, nested depth_max deep at the most. *object is for json_object_put; NULL
 * unless OK.
 */
enum strict_json_error strict_json_parse(struct span text, int depth_max,
                                         json_object **object) MUST_CHECK NONNULL_ALL;

/* Whether value is a string of exactly these bytes. */
bool strict_json_is_text(json_object *value, struct span text);

/* The bytes of a string, NULs included; absent where value is no string. Lives with value.
 */
struct span strict_json_text(json_object *value);

#endif
