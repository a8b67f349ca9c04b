#include "problem_of.h"

enum problem problem_of_call(enum call_error error) {
    switch (error) {
    case CALL_OK:
        return PROBLEM_NONE;
    case CALL_E_MENTORSHIP_NOT_FOUND:
        return PROBLEM_MENTORSHIP_NOT_FOUND;
    case CALL_E_NOT_A_PARTICIPANT:
        return PROBLEM_NOT_A_PARTICIPANT;
    case CALL_E_MENTORSHIP_NOT_ACTIVE:
        return PROBLEM_MENTORSHIP_NOT_ACTIVE;
    case CALL_E_CALL_NOT_FOUND:
        return PROBLEM_CALL_NOT_FOUND;
    case CALL_E_CALL_NOT_STARTED:
        return PROBLEM_CALL_NOT_STARTED;
    case CALL_E_INVALID_CURSOR:
        return PROBLEM_INVALID_CURSOR;
    case CALL_E_UNAVAILABLE:
        return PROBLEM_DATABASE_UNAVAILABLE;
    case CALL_E_SCHEMA:
        return PROBLEM_NOT_READY;
    case CALL_E_NO_CALL:
    case CALL_E_DATABASE:
        break;
    }
    return PROBLEM_INTERNAL;
}

enum problem problem_of_agora_notification(enum agora_notification_error error) {
    switch (error) {
    case AGORA_NOTIFICATION_OK:
        return PROBLEM_NONE;
    case AGORA_NOTIFICATION_E_SIGNATURE:
        return PROBLEM_INVALID_SIGNATURE;
    case AGORA_NOTIFICATION_E_MALFORMED:
        return PROBLEM_MALFORMED_JSON;
    }
    return PROBLEM_INTERNAL;
}
