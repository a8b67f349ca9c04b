/*
 * response: what goes back to nginx, headers and body in one piece.
 *
 * No header ever holds what a client sent, but for a request id of known characters.
 */
#ifndef VIDEO_CALL_RESPONSE_H
#define VIDEO_CALL_RESPONSE_H

#include "base/attributes.h"
#include "problem.h"

#include <json-c/json.h>
#include <stdbool.h>

struct response {
    int status;
    char *text; /* malloc'ed; FastCGI's form of head and body */
    size_t text_bytes;
};

/*
 * Writes the answer (problem is PROBLEM_NONE) or the problem. allowed is for 405, else
 * NULL. False: memory is short. Free with response_free.
 */
bool response_make(struct response *response, enum problem problem, json_object *answer,
                   const char *request_id, const char *allowed) MUST_CHECK;

/*
 * The same for an answer of plain text, a NUL-terminated one of Prometheus's format.
 */
bool response_make_plain(struct response *response, const char *text,
                         const char *request_id) MUST_CHECK NONNULL_ALL;

void response_free(struct response *response) NONNULL_ALL;

#endif
