/*
 * dispatch: takes a request through the steps of its route, past everything that must hold
 * before: route, method, caller, origin, content type, body, in this order.
 */
#ifndef VIDEO_CALL_DISPATCH_H
#define VIDEO_CALL_DISPATCH_H

#include "exchange.h"
#include "response.h"

/*
 * Answers request into response (for response_free) and logs it. False: out of memory, and
 * there is no response.
 */
bool dispatch(const struct exchange_tools *tools, const struct request *request,
              struct response *response) MUST_CHECK NONNULL_ALL;

#endif
