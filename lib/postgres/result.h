/*
 * result: what came back for one ask: rows or an error.
 */
#ifndef VIDEO_CALL_RESULT_H
#define VIDEO_CALL_RESULT_H

#include "base/attributes.h"
#include "postgres/database_error.h"

#include <stddef.h>
#include <stdint.h>

struct pg_result; /* libpq's */

struct result {
    enum database_error error;
    struct pg_result *rows; /* NULL unless OK */
};

/* The number of rows; 0 on an error. */
int result_rows(const struct result *result) NONNULL_ALL;

/*
 * A field, by its index in the select list. NULL for SQL NULL. Valid until the result is
 * freed.
 */
const char *result_text(const struct result *result, int row, int field) NONNULL_ALL;
/* Copies a text, truncated to text_bytes with its NUL; SQL NULL becomes the empty text. */
void result_copy(const struct result *result, int row, int field, char *text,
                 size_t text_bytes) NONNULL_ALL;
/* NULL is false. */
bool result_is_true(const struct result *result, int row, int field) NONNULL_ALL;
/* NULL is 0. */
int64_t result_integer(const struct result *result, int row, int field) NONNULL_ALL;

/* Frees the rows; a zeroed or freed result is fine. */
void result_free(struct result *result) NONNULL_ALL;

#endif
