#include "calls/agora_event.h"

enum event_field { EVENT_VERDICT, EVENT_CALL_ID, EVENT_ROLE, EVENT_HAS_ENDED };

void agora_event_ask(struct ask *ask, const struct agora_notification *notification,
                     const struct uuid *mentorship_id, const struct call_patience *patience,
                     const char *label) {
    ask_begin(ask, "SELECT verdict, call_id, role, has_ended"
                   " FROM video_call.record_agora_event($1, $2, $3, $4, $5, $6, $7, $8)");
    ask_add_text(ask, mentorship_id->text);
    ask_mark_row(ask);
    ask_add_text(ask, notification->account[0] == '\0' ? NULL : notification->account);
    ask_add_text(ask, notification->notice_id);
    ask_add_text(ask, agora_notification_kind_text(notification->kind));
    ask_add_number(ask, notification->at_sec);
    ask_add_number(ask, notification->sequence);
    ask_add_number(ask, patience->after_heartbeat_sec);
    ask_add_text(ask, label);
}

enum call_error agora_event_read(const struct result *result, struct agora_event *event) {
    enum call_error error = call_error_of_verdict(result);

    if (error != CALL_OK)
        return error;
    result_copy(result, 0, EVENT_CALL_ID, event->call_id, sizeof event->call_id);
    event->role = call_role_of_text(result_text(result, 0, EVENT_ROLE));
    event->has_ended = result_is_true(result, 0, EVENT_HAS_ENDED);
    return CALL_OK;
}
