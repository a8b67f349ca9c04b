/*
 * dispatch: takes a request to its handler, past everything that must hold before.
 *
 * In this order: route, method, caller, origin, content type, body, database, handler.
 */
#ifndef VIDEO_CALL_DISPATCH_H
#define VIDEO_CALL_DISPATCH_H

#include "exchange.h"
#include "response.h"

/*
 * Answers request into response (for response_free) and logs it. False: memory is short and
 * there is no response.
 */
bool dispatch(const struct service *service, const struct request *request,
              struct response *response) MUST_CHECK NONNULL_ALL;

#endif
