#include "response.h"

#include "base/json_add.h"
#include "base/span.h"

#include <stdio.h>
#include <stdlib.h>

static json_object *problem_json(const struct problem_row *row, const char *request_id) {
    json_object *json = json_object_new_object();

    json_add_text(json, "error", row->sentence);
    json_add_text(json, "code", row->code);
    json_add_text(json, "requestId", request_id);
    return json;
}

/* Headers that only some problems have. */
static void write_extra_headers(char *text, size_t text_bytes, enum problem problem,
                                const char *allowed) {
    text[0] = '\0';
    if (problem == PROBLEM_METHOD_NOT_ALLOWED)
        (void)snprintf(text, text_bytes, "Allow: %s\r\n", allowed);
    else if (problem == PROBLEM_UNAUTHENTICATED)
        (void)snprintf(text, text_bytes, "WWW-Authenticate: Bearer\r\n");
    else if (problem != PROBLEM_NONE && problem_row(problem)->retry_after_sec > 0)
        (void)snprintf(text, text_bytes, "Retry-After: %d\r\n",
                       problem_row(problem)->retry_after_sec);
}

/* The body ends with a newline, for those who read it in a terminal. */
static bool render(struct response *response, const char *content_type, struct span body,
                   const char *extra_headers, const char *request_id) {
    int length = asprintf(&response->text,
                          "Status: %d\r\n"
                          "Content-Type: %s; charset=utf-8\r\n"
                          "Content-Length: %zu\r\n"
                          "Cache-Control: no-store\r\n"
                          "X-Content-Type-Options: nosniff\r\n"
                          "X-Request-Id: %s\r\n"
                          "%s\r\n"
                          "%s\n",
                          response->status, content_type, body.length_bytes + 1, request_id,
                          extra_headers, body.data);
    if (length < 0)
        response->text = NULL;
    response->text_bytes = length < 0 ? 0 : (size_t)length;
    return length >= 0;
}

static bool render_json(struct response *response, json_object *json,
                        const char *extra_headers, const char *request_id) {
    struct span body = SPAN_ABSENT;

    body.data = json_object_to_json_string_length(
        json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE, &body.length_bytes);
    return body.data != NULL &&
           render(response, "application/json", body, extra_headers, request_id);
}

bool response_make_plain(struct response *response, const char *text,
                         const char *request_id) {
    *response = (struct response){.status = 200};
    return render(response, "text/plain; version=0.0.4", span_of_text(text), "",
                  request_id);
}

bool response_make(struct response *response, enum problem problem, json_object *answer,
                   const char *request_id, const char *allowed) {
    char extra_headers[64];
    json_object *json = answer;

    *response = (struct response){.status = 200};
    write_extra_headers(extra_headers, sizeof extra_headers, problem, allowed);
    if (problem != PROBLEM_NONE) {
        response->status = problem_row(problem)->status;
        json = problem_json(problem_row(problem), request_id);
    }
    bool made = json != NULL && render_json(response, json, extra_headers, request_id);
    if (json != answer)
        json_object_put(json);
    return made;
}

void response_free(struct response *response) {
    free(response->text);
    response->text = NULL;
}
