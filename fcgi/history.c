#include "exchange.h"

#include "call_history.h"
#include "query.h"

#include <ctype.h>
#include <stdlib.h>

#define LIMIT_DEFAULT 50

static json_object *call_json(const struct call_history_call *call) {
    json_object *json = json_object_new_object();

    json_add_text(json, "id", call->call_id);
    json_add_text(json, "mentorshipId", call->mentorship_id);
    json_add_text(json, "startTime", call->start_time);
    json_add_text_or_null(json, "endTime", call->end_time);
    if (call->duration_sec < 0)
        json_add_text(json, "durationSeconds", NULL);
    else
        json_add_integer(json, "durationSeconds", call->duration_sec);
    json_add_text(json, "status", call->status);
    json_add_participants(json, call->participants);
    return json;
}

static enum problem take_limit(struct span query, int *limit) {
    struct query_value value;
    enum problem problem = query_find(query, "limit", &value);

    *limit = LIMIT_DEFAULT;
    if (problem != PROBLEM_NONE || !value.is_present)
        return problem;
    size_t digits = strlen(value.text);
    for (size_t at = 0; at < digits; at++)
        if (!isdigit((unsigned char)value.text[at]))
            return PROBLEM_INVALID_LIMIT;
    if (digits == 0 || digits > 3)
        return PROBLEM_INVALID_LIMIT;
    *limit = atoi(value.text);
    return *limit >= 1 && *limit <= CALL_HISTORY_PAGE_MAX ? PROBLEM_NONE
                                                          : PROBLEM_INVALID_LIMIT;
}

/* What a query asks for, with room for what it points to. */
struct asked {
    struct call_history_query query;
    struct uuid mentorship_id;
    struct query_value cursor;
};

static enum problem take_query(struct exchange *exchange, struct asked *asked) {
    struct span query = exchange->request->query;
    struct query_value mentorship;

    *asked = (struct asked){
        .query = {.mentorship_id = NULL,
                  .silent_after_sec =
                      service_patience(exchange->service->settings).after_heartbeat_sec}};
    enum problem problem = query_find(query, "mentorshipId", &mentorship);
    if (problem == PROBLEM_NONE)
        problem = take_limit(query, &asked->query.limit);
    if (problem == PROBLEM_NONE)
        problem = query_find(query, "cursor", &asked->cursor);
    if (problem != PROBLEM_NONE)
        return problem;
    if (asked->cursor.is_present)
        asked->query.cursor = span_of_text(asked->cursor.text);
    if (!mentorship.is_present)
        return PROBLEM_NONE;
    if (!uuid_parse(span_of_text(mentorship.text), &asked->mentorship_id))
        return PROBLEM_INVALID_MENTORSHIP_ID;
    asked->query.mentorship_id = &asked->mentorship_id;
    memcpy(exchange->mentorship_id, asked->mentorship_id.text,
           sizeof asked->mentorship_id.text);
    return PROBLEM_NONE;
}

enum problem handle_history(struct exchange *exchange) {
    struct call_history_page page = {.calls = NULL};
    struct asked asked;

    enum problem problem = take_query(exchange, &asked);
    if (problem == PROBLEM_NONE)
        problem = problem_of_call_history(call_history_read(
            exchange->service->database, exchange->caller.discord_id, &asked.query, &page));
    if (problem != PROBLEM_NONE)
        return problem;
    json_object *calls = json_object_new_array();
    for (int at = 0; at < page.call_count; at++)
        (void)json_object_array_add(calls, call_json(&page.calls[at]));
    (void)json_object_object_add(exchange->answer, "calls", calls);
    json_add_text_or_null(exchange->answer, "nextCursor", page.next_cursor);
    call_history_page_free(&page);
    return PROBLEM_NONE;
}
