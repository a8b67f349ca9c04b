#include "base/json_wipe.h"

#include <json-c/printbuf.h>
#include <sodium.h>

#define ROOM_BYTES 4096

/* NULL is JSON's null. */
static void wipe_strings(json_object *value) {
    if (json_object_is_type(value, json_type_string)) {
        /* These are the value's own bytes, and nobody reads them any more. */
        sodium_memzero((char *)json_object_get_string(value),
                       (size_t)json_object_get_string_len(value));
    } else if (json_object_is_type(value, json_type_array)) {
        for (size_t at = 0; at < json_object_array_length(value); at++)
            wipe_strings(json_object_array_get_idx(value, at));
    } else if (json_object_is_type(value, json_type_object)) {
        json_object_object_foreach(value, name, member) {
            (void)name;
            wipe_strings(member);
        }
    }
}

void json_wipe(json_object *value) {
    wipe_strings(value);
    json_object_put(value);
}

void json_wipe_tokener(json_tokener *tokener) {
    sodium_memzero(tokener->pb->buf, (size_t)tokener->pb->size);
    json_tokener_free(tokener);
}

static bool reserve(struct printbuf *buffer, size_t bytes) {
    bool reserved = bytes == 0 || printbuf_memset(buffer, 0, 0, (int)bytes) == 0;

    printbuf_reset(buffer);
    return reserved;
}

bool json_wipe_reserve(json_tokener *tokener, size_t text_bytes) {
    return reserve(tokener->pb, text_bytes);
}

/* json-c keeps a value's buffer for the next time it is serialised. */
static int make_room(json_object *value, struct printbuf *buffer, int level, int flags) {
    (void)value;
    (void)level;
    (void)flags;
    return reserve(buffer, ROOM_BYTES) ? 0 : -1;
}

char *json_wipe_serialise(json_object *value, size_t *text_bytes) {
    json_object_set_serializer(value, make_room, NULL, NULL);
    bool has_room = json_object_to_json_string(value) != NULL;
    json_object_set_serializer(value, NULL, NULL, NULL);
    if (!has_room)
        return NULL;
    return (char *)json_object_to_json_string_length(
        value, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, text_bytes);
}
