#include "calls/call_access.h"

enum access_field { ACCESS_VERDICT, ACCESS_ROLE, ACCESS_NOW_SEC, ACCESS_EXPIRES_AT };

void call_access_ask(struct ask *ask, const struct call_caller *caller,
                     const struct uuid *mentorship_id, long lifetime_sec) {
    ask_begin(ask, "SELECT verdict, role, now_sec, expires_at"
                   " FROM video_call.authorise_token($1, $2, $3, $4)");
    ask_add_text(ask, caller->discord_id);
    ask_add_text(ask, mentorship_id->text);
    ask_add_number(ask, lifetime_sec);
    ask_add_text(ask, caller->label);
}

enum call_error call_access_read(const struct result *result, struct call_access *access) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    access->role = call_role_of_text(result_text(result, 0, ACCESS_ROLE));
    access->now_sec = result_integer(result, 0, ACCESS_NOW_SEC);
    result_copy(result, 0, ACCESS_EXPIRES_AT, access->expires_at,
                sizeof access->expires_at);
    return CALL_OK;
}
