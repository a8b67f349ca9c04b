/*
 * json_oracle: what Jansson, an independent JSON parser, makes of a text.
 *
 * Jansson and json-c share symbol names, so json_oracle.c is linked with Jansson separately
 * and only what is declared here is visible; see Makefile.am.
 */
#ifndef VIDEO_CALL_JSON_ORACLE_H
#define VIDEO_CALL_JSON_ORACLE_H

#include "base/span.h"

enum oracle_verdict {
    ORACLE_OBJECT,    /* an object at most depth_max deep */
    ORACLE_DUPLICATE, /* a duplicate name in an object; the rest may be malformed too */
    ORACLE_OVERFLOW,  /* a number too large for Jansson, which refuses it: no verdict */
    ORACLE_OTHER,     /* not JSON, or not an object, or deeper */
};

enum oracle_kind {
    ORACLE_KIND_ABSENT,
    ORACLE_KIND_OBJECT,
    ORACLE_KIND_ARRAY,
    ORACLE_KIND_STRING,
    ORACLE_KIND_NUMBER,
    ORACLE_KIND_TRUE,
    ORACLE_KIND_FALSE,
    ORACLE_KIND_NULL,
};

struct oracle_value;

/* Free *value with oracle_free; it's NULL unless ORACLE_OBJECT. */
enum oracle_verdict oracle_read(struct span text, size_t depth_max,
                                struct oracle_value **value);
void oracle_free(struct oracle_value *value);

/* NULL if value is NULL, of another kind, or doesn't have it; owned by value. */
const struct oracle_value *oracle_member(const struct oracle_value *value,
                                         const char *name);
const struct oracle_value *oracle_element(const struct oracle_value *value, size_t at);

enum oracle_kind oracle_kind(const struct oracle_value *value);

/* The number of members or elements; 0 for other kinds. */
size_t oracle_size(const struct oracle_value *value);

/* Absent, or 0, for other kinds. */
struct span oracle_text(const struct oracle_value *value);
double oracle_number(const struct oracle_value *value);

#endif
