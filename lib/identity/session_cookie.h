/*
 * session_cookie: finds one cookie in the text of Cookie headers, put together again where
 * the portal's library cut it into chunks.
 *
 * next-auth and Auth.js cut a session over 4 kB into `name.0`, `name.1`, … (see
 * @auth/core/src/lib/utils/cookie.ts). They gather whatever begins with the name; here only
 * the exact name counts, or chunks from 0 on without a gap, in any order, over any number
 * of headers. Anything doubtful is an error, not a guess.
 */
#ifndef VIDEO_CALL_SESSION_COOKIE_H
#define VIDEO_CALL_SESSION_COOKIE_H

#include "base/attributes.h"
#include "base/span.h"

#define SESSION_COOKIE_MAX_BYTES  16384
#define SESSION_COOKIE_CHUNKS_MAX 16

enum session_cookie_error {
    SESSION_COOKIE_OK = 0,
    SESSION_COOKIE_E_ABSENT,    /* no cookie of that name, nor a chunk of one */
    SESSION_COOKIE_E_AMBIGUOUS, /* given twice, or whole and in chunks at once */
    SESSION_COOKIE_E_GAP,       /* a chunk is missing */
    SESSION_COOKIE_E_TOO_LARGE, /* over SESSION_COOKIE_MAX_BYTES or _CHUNKS_MAX */
};

/*
 * Looks through the headers for name. For OK value is the cookie: a part of a header, or of
 * buffer where it had to be put together. Other errors leave value absent.
 */
enum session_cookie_error session_cookie_find(const struct span *headers,
                                              size_t header_count, const char *name,
                                              char buffer[static SESSION_COOKIE_MAX_BYTES],
                                              struct span *value) MUST_CHECK;

#endif
