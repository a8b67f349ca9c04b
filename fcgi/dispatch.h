/*
 * dispatch: takes a request through the two steps of its route, past everything that must
 * hold before: route, method, caller, origin, content type, body, in this order.
 */
#ifndef VIDEO_CALL_DISPATCH_H
#define VIDEO_CALL_DISPATCH_H

#include "exchange.h"
#include "response.h"

/*
 * The first half: finds the route, checks what must hold, and fills exchange->pending.ask.
 * True: ask the database, then answer; false: answer at once.
 */
bool dispatch_ask(struct exchange *exchange) MUST_CHECK NONNULL_ALL;

/*
 * The second half: fills response (for response_free), counts and logs. False: out of
 * memory, and there is no response.
 */
bool dispatch_answer(struct exchange *exchange,
                     struct response *response) MUST_CHECK NONNULL_ALL;

#endif
