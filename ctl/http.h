/*
 * http: one request to a deployment's API, over libcurl.
 *
 * A client as the portal's pages are: no redirects are followed, certificates are verified,
 * and nothing is waited for longer than some seconds.
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
    char *text;        /* as it came, NUL-terminated */
    json_object *json; /* NULL where it is none */
    double took_ms;
};

/* Call it once, before the first request. */
bool http_init(void) MUST_CHECK;

/*
 * True: there is an answer, of whatever status, for http_answer_free. False: there is none,
 * and fault says why.
 */
bool http_ask(const struct http_request *request, struct http_answer *answer,
              char fault[static HTTP_FAULT_BYTES]) MUST_CHECK;

/* A string of the answer's JSON object by its name; NULL where there is none. */
const char *http_answer_text(const struct http_answer *answer,
                             const char *name) NONNULL_ALL;

/* A zeroed one is fine. */
void http_answer_free(struct http_answer *answer) NONNULL_ALL;

#endif
