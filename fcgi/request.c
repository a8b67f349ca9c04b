#include "request.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>

/* How much of an oversized body is still read, so that nginx gets to read the response. */
#define DRAIN_MAX_BYTES  65536
#define MADE_UP_ID_BYTES 16

void request_wipe(struct request *request) {
    explicit_bzero(request->body, request->body_bytes);
    request_reset(request);
}

void request_reset(struct request *request) {
    struct request_headers *headers[] = {
        &request->cookies,     &request->authorizations, &request->origins,
        &request->fetch_sites, &request->content_types,  &request->agora_signatures};

    for (size_t at = 0; at < sizeof headers / sizeof *headers; at++)
        headers[at]->count = 0;
    request->method = request->path = request->query = SPAN_ABSENT;
    request->content_length = SPAN_ABSENT;
    request->id[0] = '\0';
    request->body_bytes = 0;
    request->body_is_too_large = request->body_is_broken = false;
}

static void keep_header(struct request_headers *headers, struct span value) {
    if (headers->count < REQUEST_HEADERS_MAX)
        headers->values[headers->count++] = value;
}

static void take_parameter(struct request *request, struct span name, struct span value,
                           struct span *id) {
    const struct {
        const char *name;
        struct span *place;
    } singles[] = {{"REQUEST_METHOD", &request->method},
                   {"DOCUMENT_URI", &request->path},
                   {"QUERY_STRING", &request->query},
                   {"CONTENT_LENGTH", &request->content_length},
                   {"HTTP_X_REQUEST_ID", id}};
    const struct {
        const char *name;
        struct request_headers *place;
    } headers[] = {{"HTTP_COOKIE", &request->cookies},
                   {"HTTP_AUTHORIZATION", &request->authorizations},
                   {"HTTP_ORIGIN", &request->origins},
                   {"HTTP_SEC_FETCH_SITE", &request->fetch_sites},
                   {"CONTENT_TYPE", &request->content_types},
                   {"HTTP_AGORA_SIGNATURE_V2", &request->agora_signatures}};

    /* nginx's own come first; any later one with the same name is the client's. */
    for (size_t at = 0; at < sizeof singles / sizeof *singles; at++)
        if (span_equals(name, span_of_text(singles[at].name)) &&
            singles[at].place->data == NULL)
            *singles[at].place = value;
    for (size_t at = 0; at < sizeof headers / sizeof *headers; at++)
        if (span_equals(name, span_of_text(headers[at].name)))
            keep_header(headers[at].place, value);
}

static bool is_request_id(struct span text) {
    if (text.length_bytes < 8 || text.length_bytes > REQUEST_ID_MAX_BYTES)
        return false;
    for (size_t at = 0; at < text.length_bytes; at++) {
        char c = text.data[at];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              c == '-' || c == '_'))
            return false;
    }
    return true;
}

static void take_id(struct request *request, struct span given) {
    unsigned char random[MADE_UP_ID_BYTES] = {0};

    if (is_request_id(given)) {
        memcpy(request->id, given.data, given.length_bytes);
        request->id[given.length_bytes] = '\0';
        return;
    }
    /* Without randomness ids repeat: a nuisance in the log, but no reason to fail. */
    if (getrandom(random, sizeof random, 0) < 0)
        random[0] = 0;
    for (size_t at = 0; at < sizeof random; at++)
        (void)snprintf(request->id + 2 * at, 3, "%02x", random[at]);
}

void request_take_parameters(struct request *request, char *const *parameters) {
    struct span id = SPAN_ABSENT;

    for (; *parameters != NULL; parameters++) {
        const char *equals = strchr(*parameters, '=');
        if (equals == NULL)
            continue;
        struct span name = {*parameters, (size_t)(equals - *parameters)};
        take_parameter(request, name, span_of_text(equals + 1), &id);
    }
    take_id(request, id);
}

/* -1 if it's absent or not a number. */
static long announced_bytes(const struct request *request) {
    char text[20];
    char *end = NULL;

    if (request->content_length.length_bytes == 0 ||
        request->content_length.length_bytes >= sizeof text)
        return -1;
    memcpy(text, request->content_length.data, request->content_length.length_bytes);
    text[request->content_length.length_bytes] = '\0';
    long bytes = strtol(text, &end, 10);
    return *end == '\0' && bytes >= 0 ? bytes : -1;
}

static void drain(request_reader *reader, void *source) {
    char ignored[4096];
    size_t read_bytes = sizeof ignored;

    for (size_t drained = 0; drained < DRAIN_MAX_BYTES && read_bytes == sizeof ignored;
         drained += read_bytes)
        if (!reader(source, ignored, sizeof ignored, &read_bytes))
            return;
}

void request_take_body(struct request *request, request_reader *reader, void *source) {
    char beyond;
    size_t beyond_bytes = 0;

    if (!reader(source, request->body, sizeof request->body, &request->body_bytes)) {
        request->body_is_broken = true;
        return;
    }
    if (request->body_bytes == sizeof request->body) {
        if (!reader(source, &beyond, 1, &beyond_bytes))
            request->body_is_broken = true;
        request->body_is_too_large = beyond_bytes > 0;
        if (request->body_is_too_large)
            drain(reader, source);
        return;
    }
    if (announced_bytes(request) > (long)request->body_bytes)
        request->body_is_broken = true;
}

static bool is_json(struct span type) {
    static const struct span JSON = SPAN_OF("application/json");

    if (type.length_bytes < JSON.length_bytes ||
        strncasecmp(type.data, JSON.data, JSON.length_bytes) != 0)
        return false;
    return type.length_bytes == JSON.length_bytes || type.data[JSON.length_bytes] == ';' ||
           type.data[JSON.length_bytes] == ' ';
}

enum problem request_check_body(const struct request *request) {
    const struct request_headers *types = &request->content_types;

    if (request->body_is_too_large)
        return PROBLEM_BODY_TOO_LARGE;
    if (request->body_is_broken || types->count > 1)
        return PROBLEM_BAD_REQUEST;
    if (types->count == 0 || !is_json(types->values[0]))
        return PROBLEM_UNSUPPORTED_MEDIA_TYPE;
    return PROBLEM_NONE;
}

/* The length of the "scheme://host:port" that url starts with; 0 if there's none. */
static size_t origin_bytes(const char *url) {
    const char *host = strstr(url, "://");

    return host == NULL ? 0 : (size_t)(host + 3 - url) + strcspn(host + 3, "/?#");
}

/* Browsers leave out the scheme's default port, but NEXTAUTH_URL may contain it. */
static struct span without_default_port(struct span origin) {
    static const struct {
        const char *scheme, *port;
    } IMPLIED[] = {{"http://", ":80"}, {"https://", ":443"}};

    for (size_t at = 0; at < sizeof IMPLIED / sizeof *IMPLIED; at++) {
        size_t scheme_bytes = strlen(IMPLIED[at].scheme);
        size_t port_bytes = strlen(IMPLIED[at].port);
        if (origin.length_bytes > scheme_bytes + port_bytes &&
            strncasecmp(origin.data, IMPLIED[at].scheme, scheme_bytes) == 0 &&
            memcmp(origin.data + origin.length_bytes - port_bytes, IMPLIED[at].port,
                   port_bytes) == 0)
            origin.length_bytes -= port_bytes;
    }
    return origin;
}

static bool is_same_origin(struct span origin, const char *portal_url) {
    struct span portal = {portal_url, origin_bytes(portal_url)};

    origin = without_default_port(origin);
    portal = without_default_port(portal);
    return origin.length_bytes == portal.length_bytes && portal.length_bytes > 0 &&
           strncasecmp(origin.data, portal.data, portal.length_bytes) == 0;
}

enum problem request_check_origin(const struct request *request, const char *portal_url) {
    if (request->origins.count > 1 || request->fetch_sites.count > 1)
        return PROBLEM_BAD_REQUEST;
    if (request->origins.count == 1 &&
        !is_same_origin(request->origins.values[0], portal_url))
        return PROBLEM_FOREIGN_ORIGIN;
    if (request->fetch_sites.count == 1 &&
        !span_equals(request->fetch_sites.values[0], SPAN_OF("same-origin")) &&
        !span_equals(request->fetch_sites.values[0], SPAN_OF("none")))
        return PROBLEM_FOREIGN_ORIGIN;
    return PROBLEM_NONE;
}
