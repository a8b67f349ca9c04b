#include "postgres/result.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

int result_rows(const struct result *result) {
    return PQntuples(result->rows);
}

const char *result_text(const struct result *result, int row, int field) {
    if (PQgetisnull(result->rows, row, field))
        return NULL;
    return PQgetvalue(result->rows, row, field);
}

void result_copy(const struct result *result, int row, int field, char *text,
                 size_t text_bytes) {
    const char *value = result_text(result, row, field);

    (void)snprintf(text, text_bytes, "%s", value == NULL ? "" : value);
}

bool result_is_true(const struct result *result, int row, int field) {
    const char *text = result_text(result, row, field);

    return text != NULL && text[0] == 't';
}

int64_t result_integer(const struct result *result, int row, int field) {
    const char *text = result_text(result, row, field);

    return text == NULL ? 0 : strtoll(text, NULL, 10);
}

void result_free(struct result *result) {
    PQclear(result->rows);
    *result = (struct result){.error = result->error};
}
