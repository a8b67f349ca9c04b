/*
 * request: one HTTP request as nginx passes it on.
 *
 * Only what nginx itself sets is trusted (method, path, query, lengths, request id); see
 * nginx/video-call.conf. Texts belong to FastCGI and live until the request ends. The body
 * is copied.
 */
#ifndef VIDEO_CALL_REQUEST_H
#define VIDEO_CALL_REQUEST_H

#include "base/attributes.h"
#include "base/span.h"
#include "problem.h"

#define REQUEST_BODY_MAX_BYTES 8192
#define REQUEST_ID_MAX_BYTES   64
#define REQUEST_HEADERS_MAX    32 /* of one name */

/* Every header of one name, in the order received. */
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
    bool body_is_broken; /* it ended before Content-Length, or the connection did */
};

/* Makes it empty, whatever it held; touches no more of its memory than that takes. */
void request_reset(struct request *request) NONNULL_ALL;

/* Makes it empty and wipes the body. The parameters are FastCGI's to wipe. */
void request_wipe(struct request *request) NONNULL_ALL;

/* Reads up to bytes into buffer; fewer mean the end. False: the connection failed. */
typedef bool request_reader(void *source, char *buffer, size_t bytes, size_t *read_bytes);

/*
 * Takes the headers from FastCGI parameters ("NAME=value" texts, NULL at the end), and
 * generates an id if nginx gave none. Of each header it keeps the first
 * REQUEST_HEADERS_MAX; where more than one is an error, two suffice to see it.
 */
void request_take_parameters(struct request *request, char *const *parameters) NONNULL_ALL;

/* Reads the body to its end, or as much of it as shows that it is too large. */
void request_take_body(struct request *request, request_reader *reader, void *source);

/*
 * Whether the body is there in full, at most 8 KiB, and JSON by its one Content-Type.
 * Problems: BAD_REQUEST, BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE.
 */
enum problem request_check_body(const struct request *request) MUST_CHECK NONNULL_ALL;

/*
 * Whether a request that a cookie authenticates comes from the portal's own pages: Origin,
 * if the browser sends it, must be the portal's, and Sec-Fetch-Site same-origin or none.
 * portal_url is NEXTAUTH_URL. Problems: FOREIGN_ORIGIN, BAD_REQUEST.
 */
enum problem request_check_origin(const struct request *request,
                                  const char *portal_url) MUST_CHECK NONNULL_ALL;

#endif
