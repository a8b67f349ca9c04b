#include "calls/call_error.h"

#include <string.h>

const char *call_error_text(enum call_error error) {
    switch (error) {
    case CALL_OK:
        return "ok";
    case CALL_E_MENTORSHIP_NOT_FOUND:
        return "no such mentorship";
    case CALL_E_NOT_A_PARTICIPANT:
        return "the caller is not a participant of the mentorship";
    case CALL_E_MENTORSHIP_NOT_ACTIVE:
        return "the mentorship is not active";
    case CALL_E_CALL_NOT_FOUND:
        return "no such call";
    case CALL_E_CALL_NOT_STARTED:
        return "the instructor hasn't started a call";
    case CALL_E_NO_CALL:
        return "no call was active at that time";
    case CALL_E_INVALID_CURSOR:
        return "invalid cursor";
    case CALL_E_UNAVAILABLE:
        return "the database didn't answer in time";
    case CALL_E_SCHEMA:
        return "the schema video_call is missing or too old: apply"
               " sql/add_video_calls_table.sql, then sql/video_call_functions.sql"
               " (video-callctl migrate does both)";
    case CALL_E_DATABASE:
        return "the database returned an error";
    }
    return "unknown call error";
}

enum call_error call_error_of_result(const struct result *result) {
    if (result->error == DATABASE_OK)
        return CALL_OK;
    if (database_error_is_passing(result->error))
        return CALL_E_UNAVAILABLE;
    if (result->error == DATABASE_E_SCHEMA || result->error == DATABASE_E_PERMISSION)
        return CALL_E_SCHEMA;
    return CALL_E_DATABASE;
}

static enum call_error error_of_word(const char *word) {
    static const struct {
        const char *word;
        enum call_error error;
    } VERDICTS[] = {
        {"ok", CALL_OK},
        {"mentorship_not_found", CALL_E_MENTORSHIP_NOT_FOUND},
        {"not_a_participant", CALL_E_NOT_A_PARTICIPANT},
        {"mentorship_not_active", CALL_E_MENTORSHIP_NOT_ACTIVE},
        {"call_not_found", CALL_E_CALL_NOT_FOUND},
        {"call_not_started", CALL_E_CALL_NOT_STARTED},
        {"no_call", CALL_E_NO_CALL},
    };

    for (size_t at = 0; at < sizeof VERDICTS / sizeof *VERDICTS; at++)
        if (word != NULL && strcmp(word, VERDICTS[at].word) == 0)
            return VERDICTS[at].error;
    return CALL_E_DATABASE;
}

enum call_error call_error_of_verdict(const struct result *result) {
    enum call_error error = call_error_of_result(result);

    if (error != CALL_OK)
        return error;
    return result_rows(result) == 0 ? CALL_E_DATABASE
                                    : error_of_word(result_text(result, 0, 0));
}
