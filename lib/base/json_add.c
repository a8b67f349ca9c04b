#include "base/json_add.h"

void json_add_text(json_object *object, const char *name, const char *value) {
    (void)json_object_object_add(object, name,
                                 value == NULL ? NULL : json_object_new_string(value));
}

void json_add_text_or_null(json_object *object, const char *name, const char *value) {
    json_add_text(object, name, value[0] == '\0' ? NULL : value);
}

void json_add_integer(json_object *object, const char *name, int64_t value) {
    (void)json_object_object_add(object, name, json_object_new_int64(value));
}

void json_add_boolean(json_object *object, const char *name, bool value) {
    (void)json_object_object_add(object, name, json_object_new_boolean(value));
}
