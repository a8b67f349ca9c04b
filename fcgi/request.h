/*
 * request: one HTTP request as nginx passes it on.
 *
 * Only what nginx itself sets is trusted (method, path, query, lengths, request id); see
 * nginx/video-call.conf. Spans point into libfcgi's parameters and are valid as long as
 * those; the id and the body are copies.
 */
#ifndef VIDEO_CALL_REQUEST_H
#define VIDEO_CALL_REQUEST_H

#include "base/attributes.h"
#include "base/span.h"
#include "problem.h"

#define REQUEST_BODY_MAX_BYTES 8192
#define REQUEST_ID_MAX_BYTES   64
#define REQUEST_HEADERS_MAX    32 /* with the same name */

/* All headers with the same name, in the order received. */
struct request_headers {
    struct span values[REQUEST_HEADERS_MAX];
    size_t count;
};

struct request {
    struct span method;
    struct span path;  /* normalised by nginx, without the query */
    struct span query; /* raw, without '?' */
    struct request_headers cookies;
    struct request_headers authorizations;
    struct request_headers origins;
    struct request_headers fetch_sites;
    struct request_headers content_types;
    struct request_headers agora_signatures;
    struct span content_length;
    char id[REQUEST_ID_MAX_BYTES + 1];

    char body[REQUEST_BODY_MAX_BYTES];
    size_t body_bytes;
    bool body_is_too_large;
    bool body_is_broken; /* shorter than Content-Length, or the connection failed */
};

/* Empties it, whatever it held. Writes little: pages never written to take no memory. */
void request_reset(struct request *request) NONNULL_ALL;

/* Wipes the body and empties it. The caller wipes libfcgi's parameters. */
void request_wipe(struct request *request) NONNULL_ALL;

/*
 * Reads up to bytes into buffer and sets *read_bytes; fewer mean the end of the body. False
 * if the connection failed.
 */
typedef bool request_reader(void *source, char *buffer, size_t bytes, size_t *read_bytes);

/*
 * Reads method, path, query, headers and id from FastCGI parameters ("NAME=value" strings,
 * NULL at the end), into an empty request. Generates an id if nginx gave no valid one. Of
 * headers with the same name, it keeps the first REQUEST_HEADERS_MAX.
 */
void request_take_parameters(struct request *request, char *const *parameters) NONNULL_ALL;

/*
 * Reads the body and sets body_is_too_large and body_is_broken. Of an oversized body, it
 * reads and drops up to 64 KiB more. Call request_take_parameters first; source is passed
 * to reader.
 */
void request_take_body(struct request *request, request_reader *reader, void *source);

/*
 * Checks that the body is complete, at most 8 KiB, and JSON by its only Content-Type.
 * Problems: BAD_REQUEST, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE.
 */
enum problem request_check_body(const struct request *request) MUST_CHECK NONNULL_ALL;

/*
 * Checks that a request authenticated by a cookie comes from the portal's own pages: if the
 * browser sends Origin, it must be the portal's; if Sec-Fetch-Site, same-origin or none.
 * portal_url is NEXTAUTH_URL. Problems: FOREIGN_ORIGIN; BAD_REQUEST if either comes twice.
 */
enum problem request_check_origin(const struct request *request,
                                  const char *portal_url) MUST_CHECK NONNULL_ALL;

#endif
