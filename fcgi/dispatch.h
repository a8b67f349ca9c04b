/*
 * dispatch: runs the two steps of a request's route, after checking what every request must
 * satisfy: route, method, caller, origin, content type, body, in this order.
 */
#ifndef VIDEO_CALL_DISPATCH_H
#define VIDEO_CALL_DISPATCH_H

#include "exchange.h"
#include "response.h"

/*
 * The first half: finds the route, checks the request, and fills exchange->pending.ask.
 * Returns true if the database must be asked before dispatch_answer, false if not.
 */
bool dispatch_ask(struct exchange *exchange) MUST_CHECK NONNULL_ALL;

/*
 * The second half: fills response (free it with response_free), counts the request and logs
 * it. Returns false if out of memory; then there is no response.
 */
bool dispatch_answer(struct exchange *exchange,
                     struct response *response) MUST_CHECK NONNULL_ALL;

#endif
