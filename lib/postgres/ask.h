/*
 * ask: one statement and its parameters, ready to be sent to the database.
 *
 * It owns copies of its parameters, so it can be kept, moved, and sent twice. Parameters
 * are text, whose type the called function's signature decides; none is ever put into the
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
    const char *sql; /* static; NULL: there is nothing to ask */

    /* the rest is this module's */
    int parameter_count;
    int16_t offsets[ASK_PARAMETERS_MAX]; /* into texts; negative: SQL NULL */
    char texts[ASK_TEXTS_BYTES];
    uint16_t texts_bytes;
    bool is_too_large; /* a parameter did not fit */
    int row_parameter; /* which of them names what may be locked; -1: none */
};

/* Begins an ask without parameters. sql must be static. */
void ask_begin(struct ask *ask, const char *sql) NONNULL_ALL;

/* Add the next parameter: $1, $2, …. A NULL text is SQL's NULL. */
void ask_add_text(struct ask *ask, const char *text);
void ask_add_number(struct ask *ask, int64_t number) NONNULL_ALL;
void ask_add_boolean(struct ask *ask, bool value) NONNULL_ALL;

/* The parameter added last, not NULL, names the row that the statement may have to wait
 * for. */
void ask_mark_row(struct ask *ask) NONNULL_ALL;

/* Whether both are the same statement about the same marked row. */
bool ask_shares_row(const struct ask *ask, const struct ask *other) MUST_CHECK NONNULL_ALL;

/*
 * The parameters as libpq takes them; they live as long as the ask stays where it is. False
 * where one did not fit: the ask must not be sent.
 */
bool ask_parameters(const struct ask *ask,
                    const char *parameters[ASK_PARAMETERS_MAX]) MUST_CHECK NONNULL_ALL;

#endif
