#include "postgres/ask.h"

#include <stdio.h>
#include <string.h>

void ask_begin(struct ask *ask, const char *sql) {
    ask->sql = sql;
    ask->parameter_count = 0;
    ask->texts_bytes = 0;
    ask->is_too_large = false;
    ask->row_parameter = -1;
}

void ask_add_text(struct ask *ask, const char *text) {
    size_t bytes = text == NULL ? 0 : strlen(text) + 1;

    if (ask->parameter_count == ASK_PARAMETERS_MAX ||
        bytes > sizeof ask->texts - ask->texts_bytes) {
        ask->is_too_large = true;
        return;
    }
    ask->offsets[ask->parameter_count++] =
        text == NULL ? (int16_t)-1 : (int16_t)ask->texts_bytes;
    if (text != NULL)
        memcpy(ask->texts + ask->texts_bytes, text, bytes);
    ask->texts_bytes = (uint16_t)(ask->texts_bytes + bytes);
}

void ask_add_number(struct ask *ask, int64_t number) {
    char text[24];

    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    ask_add_text(ask, text);
}

void ask_add_boolean(struct ask *ask, bool value) {
    ask_add_text(ask, value ? "t" : "f");
}

void ask_mark_row(struct ask *ask) {
    int last = ask->parameter_count - 1;

    ask->row_parameter = last >= 0 && ask->offsets[last] >= 0 ? last : -1;
}

static const char *row_of(const struct ask *ask) {
    return ask->row_parameter < 0 ? NULL : ask->texts + ask->offsets[ask->row_parameter];
}

bool ask_shares_row(const struct ask *ask, const struct ask *other) {
    const char *row = row_of(ask), *other_row = row_of(other);

    return row != NULL && other_row != NULL && ask->sql == other->sql &&
           strcmp(row, other_row) == 0;
}

bool ask_parameters(const struct ask *ask, const char *parameters[ASK_PARAMETERS_MAX]) {
    for (int at = 0; at < ask->parameter_count; at++)
        parameters[at] = ask->offsets[at] < 0 ? NULL : ask->texts + ask->offsets[at];
    return !ask->is_too_large;
}
