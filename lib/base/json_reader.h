/*
 * json_reader: parses a text that is one JSON object and nothing else, exactly as in RFC
 * 8259.
 *
 * json-c parses, in strict mode. What that mode accepts against the RFC is refused here
 * first: single quotes, NaN and Infinity, control characters in strings, numbers such as
 * 00, -01, 1. and -.5, and UTF-8 that is overlong, encodes a surrogate or lies beyond
 * U+10FFFF.
 *
 * The RFC leaves limits to a parser (section 9) and warns of texts that two parsers read
 * differently (4, 8.2). Those are refused, too: any value but an object, more nesting than
 * the caller allows, \u0000 in a member's name (json-c would cut the name there), half of a
 * surrogate pair, and the same name twice in one object, at any depth. White space around
 * the object is fine; a byte order mark isn't (8.1).
 *
 * Integers beyond 64 bits become the nearest that fits, and reals beyond a double become
 * infinite.
 */
#ifndef VIDEO_CALL_JSON_READER_H
#define VIDEO_CALL_JSON_READER_H

#include "base/attributes.h"
#include "base/span.h"

#include <json-c/json.h>

enum json_reader_error {
    JSON_READER_OK = 0,
    JSON_READER_E_MALFORMED, /* not JSON as above, not an object, or nested too deeply */
    JSON_READER_E_DUPLICATE, /* an object has two members with the same name */
    JSON_READER_E_MEMORY,
};

/*
 * Parses text. depth_max is how deep objects and arrays may nest, the outermost included;
 * it must be at least 1. *object is the caller's, for json_object_put; NULL unless OK. The
 * text isn't needed afterwards.
 */
enum json_reader_error json_reader_parse(struct span text, int depth_max,
                                         json_object **object) MUST_CHECK NONNULL_ALL;

/* Whether value is a string of exactly these bytes; false for NULL. */
bool json_reader_is_text(json_object *value, struct span text);

/*
 * The bytes of a string, NULs included; absent if value is NULL or not a string. Valid as
 * long as value.
 */
struct span json_reader_text(json_object *value);

#endif
