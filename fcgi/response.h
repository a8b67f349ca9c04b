/*
 * response: what goes back to nginx, headers and body in one piece (RFC 3875, 6).
 *
 * Nothing that a client sent gets into a header, except a request id, whose characters
 * request.c has checked.
 */
#ifndef VIDEO_CALL_RESPONSE_H
#define VIDEO_CALL_RESPONSE_H

#include "base/attributes.h"
#include "problem.h"

#include <json-c/json.h>
#include <stdbool.h>

struct response {
    int status;
    char *text; /* head and body, for STDOUT; malloc'ed, not NUL-terminated */
    size_t head_bytes, text_bytes;
};

/*
 * Makes a response: of json if problem is PROBLEM_NONE, otherwise of the problem. allowed
 * is the value of Allow for METHOD_NOT_ALLOWED, otherwise NULL. json stays the caller's; it
 * may be NULL if there's a problem. Free with response_free. False if out of memory:
 * nothing to free then.
 */
bool response_make(struct response *response, enum problem problem, json_object *json,
                   const char *request_id, const char *allowed) MUST_CHECK;

/* The same for a NUL-terminated text in Prometheus's format. */
bool response_make_plain(struct response *response, const char *text,
                         const char *request_id) MUST_CHECK NONNULL_ALL;

/*
 * Wipes the body and leaves it out, for HEAD (RFC 9110, 9.3.2); Content-Length stays. The
 * response must have been made.
 */
void response_drop_body(struct response *response) NONNULL_ALL;

/* Wipes and frees. */
void response_free(struct response *response) NONNULL_ALL;

#endif
