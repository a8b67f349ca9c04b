/*
 * response: what goes back to nginx, headers and body in one piece (RFC 3875, 6).
 *
 * No header holds anything a client sent, except a request id of known characters.
 */
#ifndef VIDEO_CALL_RESPONSE_H
#define VIDEO_CALL_RESPONSE_H

#include "base/attributes.h"
#include "problem.h"

#include <json-c/json.h>
#include <stdbool.h>

struct response {
    int status;
    char *text; /* malloc'ed, not NUL-terminated: head and body, as FastCGI wants them */
    size_t head_bytes, text_bytes;
};

/*
 * Makes a response of json (problem is PROBLEM_NONE) or of the problem. allowed is the
 * Allow of a 405, else NULL. json stays the caller's. False: memory is short. Free with
 * response_free.
 */
bool response_make(struct response *response, enum problem problem, json_object *json,
                   const char *request_id, const char *allowed) MUST_CHECK;

/* The same of a NUL-terminated text in the format of Prometheus. */
bool response_make_plain(struct response *response, const char *text,
                         const char *request_id) MUST_CHECK NONNULL_ALL;

/* Takes the body out, for HEAD (RFC 9110, 9.3.2); Content-Length stays. Of one made. */
void response_drop_body(struct response *response) NONNULL_ALL;

/* Wipes and frees. */
void response_free(struct response *response) NONNULL_ALL;

#endif
