#include "calls/call_types.h"

#include <string.h>

const char *call_role_text(enum call_role role) {
    switch (role) {
    case CALL_ROLE_INSTRUCTOR:
        return "instructor";
    case CALL_ROLE_MENTEE:
        return "mentee";
    case CALL_ROLE_NONE:
        break;
    }
    return "nobody";
}

enum call_role call_role_of_text(const char *text) {
    if (text != NULL && strcmp(text, "instructor") == 0)
        return CALL_ROLE_INSTRUCTOR;
    if (text != NULL && strcmp(text, "mentee") == 0)
        return CALL_ROLE_MENTEE;
    return CALL_ROLE_NONE;
}
