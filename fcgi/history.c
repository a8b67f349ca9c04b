#include "routes.h"

#include "calls/call_history.h"
#include "problem_of.h"
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
    participants_add_json(json, &call->participants);
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

/* Reads mentorshipId if it is given; otherwise *id is NULL. */
static enum problem take_mentorship(struct exchange *exchange, const struct uuid **id) {
    struct query_value value;

    *id = NULL;
    enum problem problem = query_find(exchange->request->query, "mentorshipId", &value);
    if (problem != PROBLEM_NONE || !value.is_present)
        return problem;
    if (!uuid_parse(span_of_text(value.text), &exchange->id))
        return PROBLEM_INVALID_MENTORSHIP_ID;
    exchange_note_mentorship(exchange, exchange->id.text);
    *id = &exchange->id;
    return PROBLEM_NONE;
}

enum problem history_ask(struct exchange *exchange) {
    struct span parameters = exchange->request->query;
    struct call_patience patience = exchange_patience(exchange);
    struct call_caller caller = exchange_caller(exchange);
    struct call_history_query query = {.cursor = SPAN_ABSENT};
    struct query_value cursor;

    enum problem problem = take_mentorship(exchange, &query.mentorship_id);
    if (problem == PROBLEM_NONE)
        problem = take_limit(parameters, &exchange->limit);
    if (problem == PROBLEM_NONE)
        problem = query_find(parameters, "cursor", &cursor);
    if (problem != PROBLEM_NONE)
        return problem;
    query.limit = exchange->limit;
    if (cursor.is_present)
        query.cursor = span_of_text(cursor.text);
    return problem_of_call(
        call_history_ask(&exchange->pending.ask, &caller, &query, &patience));
}

enum problem history_answer(struct exchange *exchange) {
    struct call_history_page page;

    enum problem problem = problem_of_call(
        call_history_read(&exchange->pending.result, exchange->limit, &page));
    if (problem != PROBLEM_NONE)
        return problem;
    json_object *calls = json_object_new_array();
    for (int at = 0; at < page.call_count; at++) {
        struct call_history_call call;
        call_history_read_call(&exchange->pending.result, at, &call);
        (void)json_object_array_add(calls, call_json(&call));
    }
    (void)json_object_object_add(exchange->json, "calls", calls);
    json_add_text_or_null(exchange->json, "nextCursor", page.next_cursor);
    return PROBLEM_NONE;
}
