/*
 * session_cookie: finds one cookie in Cookie headers, and joins it if the portal's library
 * split it into chunks.
 *
 * next-auth and Auth.js split a session over 4 kB into `name.0`, `name.1`, … (see
 * @auth/core/src/lib/utils/cookie.ts) and gather whatever starts with the name. Here a
 * cookie is the exact name, or the chunks from 0 up to the first that is missing, in any
 * order, over any number of headers. A chunk after a gap is left over from an earlier,
 * longer session and is ignored. If two cookies could be meant, that is an error.
 */
#ifndef VIDEO_CALL_SESSION_COOKIE_H
#define VIDEO_CALL_SESSION_COOKIE_H

#include "base/attributes.h"
#include "base/span.h"

#define SESSION_COOKIE_MAX_BYTES  16384
#define SESSION_COOKIE_CHUNKS_MAX 16

enum session_cookie_error {
    SESSION_COOKIE_OK = 0,
    SESSION_COOKIE_E_ABSENT,    /* neither `name` nor `name.0` */
    SESSION_COOKIE_E_AMBIGUOUS, /* a used part occurs twice, or `name` beside `name.0` */
    SESSION_COOKIE_E_TOO_LARGE, /* over SESSION_COOKIE_MAX_BYTES */
};

/*
 * Looks through the headers for name. For OK, value is the cookie: part of a header, or of
 * buffer if it was chunked. Otherwise value is absent. The caller wipes buffer, which
 * may hold chunks after an error too. At most SESSION_COOKIE_CHUNKS_MAX chunks count.
 */
enum session_cookie_error session_cookie_find(const struct span *headers,
                                              size_t header_count, const char *name,
                                              char buffer[static SESSION_COOKIE_MAX_BYTES],
                                              struct span *value) MUST_CHECK;

#endif
