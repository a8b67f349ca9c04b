/*
 * query: reads parameters from a query string (application/x-www-form-urlencoded),
 * strictly.
 */
#ifndef VIDEO_CALL_QUERY_H
#define VIDEO_CALL_QUERY_H

#include "base/attributes.h"
#include "base/span.h"
#include "problem.h"

#define QUERY_VALUE_MAX_BYTES 256

struct query_value {
    char text[QUERY_VALUE_MAX_BYTES + 1]; /* decoded, NUL-terminated */
    bool is_present;
};

/*
 * Finds the parameter called name (plain letters) and decodes its value. If it's absent,
 * value->is_present is false and value->text empty; that's no problem. Problems, after
 * which value is undefined: DUPLICATE_PARAMETER; MALFORMED_QUERY for an invalid escape, a
 * NUL, or a value over QUERY_VALUE_MAX_BYTES.
 */
enum problem query_find(struct span query, const char *name,
                        struct query_value *value) MUST_CHECK NONNULL_ALL;

#endif
