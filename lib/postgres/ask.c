#include "postgres/ask.h"

#include <stdio.h>
#include <string.h>

void ask_begin(struct ask *ask, const char *sql) {
    ask->sql = sql;
    ask->parameter_count = 0;
    ask->texts_bytes = 0;
    ask->is_too_large = false;
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

bool ask_parameters(const struct ask *ask, const char *parameters[ASK_PARAMETERS_MAX]) {
    for (int at = 0; at < ask->parameter_count; at++)
        parameters[at] = ask->offsets[at] < 0 ? NULL : ask->texts + ask->offsets[at];
    return !ask->is_too_large;
}
