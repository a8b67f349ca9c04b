/*
 * exchange: one request and its answer on the way through the worker, with what a handler
 * may use.
 */
#ifndef VIDEO_CALL_EXCHANGE_H
#define VIDEO_CALL_EXCHANGE_H

#include "json_add.h"
#include "problem.h"
#include "request.h"
#include "service.h"
#include "uuid.h"

struct route;

struct exchange {
    const struct service *service;
    const struct request *request;
    struct identity_caller caller; /* routes that need one */
    json_object *body;             /* routes that take one: an object */
    json_object *answer;           /* an empty object, for the handler to fill */
    char *plain_text; /* malloc'ed by a handler that answers with this instead */

    /* for the log, empty where not known */
    const struct route *route;
    const char *refusal;
    char mentorship_id[UUID_TEXT_BYTES + 1];
    char call_id[UUID_TEXT_BYTES + 1];
};

/*
 * Answers a request: fills exchange->answer and returns PROBLEM_NONE, or returns what
 * stands in the way. The identity of the caller and the form of the body have been checked.
 */
typedef enum problem handler(struct exchange *exchange);

/* token.c */
handler handle_token;
/* calls.c */
handler handle_start, handle_end, handle_leave, handle_heartbeat;
/* history.c */
handler handle_history;
/* mentorships.c */
handler handle_mentorships;
/* agora_events.c */
handler handle_agora_events;
/* health.c */
handler handle_healthz, handle_readyz, handle_metrics;

/* Takes mentorshipId or callId from the body, noting it for the log. */
enum problem exchange_take_mentorship_id(struct exchange *exchange,
                                         struct uuid *id) MUST_CHECK;
enum problem exchange_take_call_id(struct exchange *exchange, struct uuid *id) MUST_CHECK;

#endif
