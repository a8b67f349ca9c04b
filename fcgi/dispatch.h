/*
 * dispatch: checks what every request must satisfy, in this order: route, method, caller,
 * origin, content type, body; and runs the two steps of the request's route.
 */
#ifndef VIDEO_CALL_DISPATCH_H
#define VIDEO_CALL_DISPATCH_H

#include "exchange.h"
#include "response.h"

/*
 * The first half: finds the route, checks the request, and runs the route's ask. Returns
 * true if exchange->pending.ask is filled and the database must be asked before
 * dispatch_answer, false if not.
 */
bool dispatch_ask(struct exchange *exchange) MUST_CHECK NONNULL_ALL;

/*
 * The second half: runs the route's answer unless there's a problem already, makes the
 * response, and counts and logs the request. Free response with response_free. Returns
 * false if out of memory: there is no response then, and nothing to free.
 */
bool dispatch_answer(struct exchange *exchange,
                     struct response *response) MUST_CHECK NONNULL_ALL;

#endif
