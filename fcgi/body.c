#include "body.h"

#include "strict_json.h"

#define DEPTH_MAX 16

enum problem body_parse(struct span text, json_object **object) {
    switch (strict_json_parse(text, DEPTH_MAX, object)) {
    case STRICT_JSON_OK:
        return PROBLEM_NONE;
    case STRICT_JSON_E_MALFORMED:
        return PROBLEM_MALFORMED_JSON;
    case STRICT_JSON_E_DUPLICATE:
        return PROBLEM_DUPLICATE_MEMBER;
    case STRICT_JSON_E_MEMORY:
        break;
    }
    return PROBLEM_INTERNAL;
}

enum problem body_take_uuid(json_object *object, const char *name, enum problem missing,
                            enum problem invalid, struct uuid *uuid) {
    json_object *member = NULL;

    if (!json_object_object_get_ex(object, name, &member) || member == NULL)
        return missing;
    struct span text = strict_json_text(member);
    return text.data != NULL && uuid_parse(text, uuid) ? PROBLEM_NONE : invalid;
}
