#include "calls/mentorship_list.h"

enum list_field {
    LIST_MENTORSHIP_ID,
    LIST_STATUS,
    LIST_ROLE,
    LIST_COUNTERPART,
    LIST_CALL_ID,
    LIST_START_TIME,
    LIST_INSTRUCTOR,
    LIST_MENTEE,
    LIST_COUNTERPART_CAN_JOIN,
};

void mentorship_list_ask(struct ask *ask, const struct call_caller *caller,
                         const struct call_patience *patience) {
    ask_begin(ask, "SELECT mentorship_id, status, role, counterpart_name, call_id,"
                   " start_time, instructor_present, mentee_present, counterpart_can_join"
                   " FROM video_call.list_mentorships($1, $2, $3, $4, $5)");
    ask_add_text(ask, caller->discord_id);
    ask_add_number(ask, patience->after_heartbeat_sec);
    ask_add_number(ask, patience->without_heartbeat_sec);
    ask_add_number(ask, MENTORSHIP_LIST_MAX);
    ask_add_text(ask, caller->label);
}

enum call_error mentorship_list_read(const struct result *result, int *count) {
    enum call_error error = call_error_of_result(result);

    if (error == CALL_OK)
        *count = result_rows(result);
    return error;
}

void mentorship_list_read_one(const struct result *result, int at,
                              struct mentorship *mentorship) {
    result_copy(result, at, LIST_MENTORSHIP_ID, mentorship->mentorship_id,
                sizeof mentorship->mentorship_id);
    result_copy(result, at, LIST_STATUS, mentorship->status, sizeof mentorship->status);
    mentorship->role = call_role_of_text(result_text(result, at, LIST_ROLE));
    mentorship->counterpart_name = result_text(result, at, LIST_COUNTERPART);
    result_copy(result, at, LIST_CALL_ID, mentorship->call_id, sizeof mentorship->call_id);
    result_copy(result, at, LIST_START_TIME, mentorship->start_time,
                sizeof mentorship->start_time);
    mentorship->instructor_is_present = result_is_true(result, at, LIST_INSTRUCTOR);
    mentorship->mentee_is_present = result_is_true(result, at, LIST_MENTEE);
    mentorship->counterpart_can_join =
        result_is_true(result, at, LIST_COUNTERPART_CAN_JOIN);
}
