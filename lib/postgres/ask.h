/*
 * ask: one statement and its parameters, ready to be sent to the database.
 *
 * It owns copies of its parameters, so it can be kept, moved and sent twice. Parameters are
 * sent as text and typed by the called function's signature; none is ever spliced into the
 * SQL.
 */
#ifndef VIDEO_CALL_ASK_H
#define VIDEO_CALL_ASK_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stdint.h>

#define ASK_PARAMETERS_MAX 12
#define ASK_TEXTS_BYTES    768 /* of all parameters, with their NULs */

struct ask {
    const char *sql; /* static; NULL: nothing to ask */

    /* private */
    int parameter_count;
    int16_t offsets[ASK_PARAMETERS_MAX]; /* into texts; negative: SQL NULL */
    char texts[ASK_TEXTS_BYTES];
    uint16_t texts_bytes;
    bool is_too_large; /* a parameter didn't fit */
    int row_parameter; /* the one that names the row to lock; -1: none */
};

/* Starts an ask with no parameters. sql must be static. */
void ask_begin(struct ask *ask, const char *sql) NONNULL_ALL;

/* Add the next parameter: $1, $2, …. A NULL text is sent as SQL NULL. */
void ask_add_text(struct ask *ask, const char *text);
void ask_add_number(struct ask *ask, int64_t number) NONNULL_ALL;
void ask_add_boolean(struct ask *ask, bool value) NONNULL_ALL;

/* Marks the last parameter added, which must not be NULL, as the name of the row that the
 * statement locks and may have to wait for. */
void ask_mark_row(struct ask *ask) NONNULL_ALL;

/* Whether both are the same statement on the same marked row. */
bool ask_shares_row(const struct ask *ask, const struct ask *other) MUST_CHECK NONNULL_ALL;

/*
 * The parameters in libpq's form; valid until the ask is moved or freed. False if one
 * didn't fit: don't send the ask.
 */
bool ask_parameters(const struct ask *ask,
                    const char *parameters[ASK_PARAMETERS_MAX]) MUST_CHECK NONNULL_ALL;

#endif
