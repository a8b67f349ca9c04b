/*
 * http: one request to a deployment's API, over libcurl.
 *
 * As strict as the portal's pages: it follows no redirects, verifies certificates, and
 * gives up after 15 seconds.
 */
#ifndef VIDEO_CALL_HTTP_H
#define VIDEO_CALL_HTTP_H

#include "base/attributes.h"

#include <json-c/json.h>
#include <stdbool.h>

#define HTTP_FAULT_BYTES 256

struct http_request {
    const char *url;    /* of the deployment, "https://portal.example" */
    const char *route;  /* "token", "history?limit=1" */
    const char *method; /* "GET" or "POST" */
    const char *cookie; /* "name=value", NULL for none; secret */
    const char *json;   /* the body of a POST */
};

struct http_answer {
    int status;
    char *text; /* as received, NUL-terminated; never NULL, and empty for an empty one */
    json_object *json; /* NULL if it isn't JSON */
    double took_ms;
};

/* Call it once, before the first request. False: out of memory. */
bool http_init(void) MUST_CHECK;

/* Whether text, the argument `what`, is an http or https address; complains if not. */
bool http_is_url(const char *text, const char *what) MUST_CHECK NONNULL_ALL;

/* Whether nobody on the way can read what is sent there: it's https, or this machine. */
bool http_is_protected(const char *url) MUST_CHECK NONNULL_ALL;

/*
 * True if there is an answer, of any status, for http_answer_free. False if there is none;
 * fault says why.
 */
bool http_ask(const struct http_request *request, struct http_answer *answer,
              char fault[static HTTP_FAULT_BYTES]) MUST_CHECK;

/* The answer's JSON string of that name; NULL if there is none. */
const char *http_answer_text(const struct http_answer *answer,
                             const char *name) NONNULL_ALL;

/* Wipes it and frees what it holds; a zeroed one is fine. */
void http_answer_free(struct http_answer *answer) NONNULL_ALL;

#endif
