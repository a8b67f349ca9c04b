#include "response.h"

#include "base/json_add.h"
#include "base/json_wipe.h"
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

#define HEAD_MAX_BYTES 512

/*
 * Ends the body with a newline, for people who read it in a terminal. Not asprintf, which
 * leaves copies behind as its buffer grows.
 */
static bool render(struct response *response, const char *content_type, struct span body,
                   const char *extra_headers, const char *request_id) {
    char head[HEAD_MAX_BYTES];

    int head_bytes =
        snprintf(head, sizeof head,
                 "Status: %d %s\r\n"
                 "Content-Type: %s; charset=utf-8\r\n"
                 "Content-Length: %zu\r\n"
                 "Cache-Control: no-store\r\n"
                 "X-Content-Type-Options: nosniff\r\n"
                 "X-Request-Id: %s\r\n"
                 "%s\r\n",
                 response->status, problem_reason(response->status), content_type,
                 body.length_bytes + 1, request_id, extra_headers);
    if (head_bytes < 0 || head_bytes >= (int)sizeof head)
        return false;
    response->head_bytes = (size_t)head_bytes;
    response->text_bytes = response->head_bytes + body.length_bytes + 1;
    response->text = malloc(response->text_bytes);
    if (response->text == NULL)
        return false;
    memcpy(response->text, head, response->head_bytes);
    memcpy(response->text + response->head_bytes, body.data, body.length_bytes);
    response->text[response->text_bytes - 1] = '\n';
    return true;
}

static bool render_json(struct response *response, json_object *json,
                        const char *extra_headers, const char *request_id) {
    size_t body_bytes = 0;
    char *body = json_wipe_serialise(json, &body_bytes);

    if (body == NULL)
        return false;
    bool made = render(response, "application/json", (struct span){body, body_bytes},
                       extra_headers, request_id);
    explicit_bzero(body, body_bytes);
    return made;
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

void response_drop_body(struct response *response) {
    explicit_bzero(response->text + response->head_bytes,
                   response->text_bytes - response->head_bytes);
    response->text_bytes = response->head_bytes;
}

void response_free(struct response *response) {
    if (response->text != NULL)
        explicit_bzero(response->text, response->text_bytes);
    free(response->text);
    *response = (struct response){.text = NULL};
}
