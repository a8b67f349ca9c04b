#include "http.h"

#include "base/loopback.h"
#include "ctl.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONNECT_TIMEOUT_MS 5000L
#define TIMEOUT_MS         15000L
#define ANSWER_MAX_BYTES   (4 * 1024 * 1024)

bool http_init(void) {
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

bool http_is_url(const char *text, const char *what) {
    const char *host = strncmp(text, "https://", 8) == 0  ? text + 8
                       : strncmp(text, "http://", 7) == 0 ? text + 7
                                                          : "";

    if (host[0] != '\0' && host[0] != '/')
        return true;
    ctl_complain("%s wants an address such as https://portal.example, not '%s'", what,
                 text);
    return false;
}

/* libcurl puts an IPv6 address in brackets. */
static bool is_here(char *host) {
    size_t bytes = strlen(host);

    if (host[0] == '[' && host[bytes - 1] == ']') {
        host[bytes - 1] = '\0';
        host++;
    }
    return loopback_is_host(host);
}

bool http_is_protected(const char *url) {
    CURLU *parts = curl_url();
    char *host = NULL;
    bool is_protected =
        strncmp(url, "https://", 8) == 0 ||
        (parts != NULL && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
         curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK && is_here(host));

    curl_free(host);
    curl_url_cleanup(parts);
    return is_protected;
}

struct buffer {
    char *text;
    size_t length_bytes;
};

static size_t take(char *data, size_t unit, size_t count, void *context) {
    struct buffer *buffer = context;
    size_t bytes = unit * count;

    if (bytes > ANSWER_MAX_BYTES - buffer->length_bytes)
        return 0;
    char *grown = realloc(buffer->text, buffer->length_bytes + bytes + 1);
    if (grown == NULL)
        return 0;
    memcpy(grown + buffer->length_bytes, data, bytes);
    buffer->text = grown;
    buffer->length_bytes += bytes;
    grown[buffer->length_bytes] = '\0';
    return bytes;
}

static void prepare(CURL *curl, const struct http_request *request, const char *url,
                    struct curl_slist *headers, struct buffer *buffer) {
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "video-callctl");
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, buffer);
    if (request->cookie != NULL)
        curl_easy_setopt(curl, CURLOPT_COOKIE, request->cookie);
    if (strcmp(request->method, "POST") == 0)
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->json);
}

static void finish(CURL *curl, struct buffer *buffer, struct http_answer *answer) {
    long status = 0;
    double took_sec = 0;

    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(curl, CURLINFO_TOTAL_TIME, &took_sec);
    answer->status = (int)status;
    answer->took_ms = took_sec * 1000;
    answer->text = buffer->text;
    answer->json = json_tokener_parse(buffer->text);
    buffer->text = NULL;
}

bool http_ask(const struct http_request *request, struct http_answer *answer,
              char fault[static HTTP_FAULT_BYTES]) {
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = NULL;
    /* take isn't called for an empty answer. */
    struct buffer buffer = {.text = calloc(1, 1)};
    char url[1024];
    CURLcode code = CURLE_OUT_OF_MEMORY;

    *answer = (struct http_answer){.status = 0};
    size_t base_bytes = strlen(request->url);
    while (base_bytes > 0 && request->url[base_bytes - 1] == '/')
        base_bytes--;
    int length = snprintf(url, sizeof url, "%.*s/api/video-call/%s", (int)base_bytes,
                          request->url, request->route);
    if (request->json != NULL)
        headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (length < 0 || (size_t)length >= sizeof url) {
        code = CURLE_URL_MALFORMAT;
    } else if (curl != NULL && buffer.text != NULL &&
               (request->json == NULL || headers != NULL)) {
        prepare(curl, request, url, headers, &buffer);
        code = curl_easy_perform(curl);
    }
    if (code == CURLE_OK)
        finish(curl, &buffer, answer);
    (void)snprintf(fault, HTTP_FAULT_BYTES, "%s",
                   code == CURLE_OK ? "" : curl_easy_strerror(code));
    free(buffer.text);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return code == CURLE_OK;
}

const char *http_answer_text(const struct http_answer *answer, const char *name) {
    json_object *member = NULL;

    if (!json_object_is_type(answer->json, json_type_object) ||
        !json_object_object_get_ex(answer->json, name, &member) ||
        !json_object_is_type(member, json_type_string))
        return NULL;
    return json_object_get_string(member);
}

/* It may contain a token. */
void http_answer_free(struct http_answer *answer) {
    if (answer->text != NULL)
        sodium_memzero(answer->text, strlen(answer->text));
    free(answer->text);
    json_object_put(answer->json);
    *answer = (struct http_answer){.status = 0};
}
