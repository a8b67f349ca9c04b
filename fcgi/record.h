/*
 * record: the FastCGI records of a request and of its response, on a connection that
 * carries only these.
 *
 * libfcgi decodes requests, and trusts its peer: a wrong length aborts the process, and a
 * request that stops in the middle blocks it. So a worker first peeks at what has arrived,
 * and lets libfcgi read only requests that are whole and valid. Responses are framed here,
 * so that they can be sent without blocking.
 *
 * FastCGI Specification 1.0, sections 3.3 (records), 3.4 (name-value pairs), 5 (types).
 */
#ifndef VIDEO_CALL_RECORD_H
#define VIDEO_CALL_RECORD_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

/* nginx refuses to send more than this. */
#define RECORD_PARAMETERS_MAX_BYTES 65535
/* How much of a body is read, although any over 8 KiB is refused (request.h). */
#define RECORD_BODY_MAX_BYTES 73728
/* A request that is still incomplete at this size can't become valid. */
#define RECORD_REQUEST_MAX_BYTES 262144

enum record_state {
    RECORD_INCOMPLETE, /* valid so far */
    /* libfcgi can read it without blocking; of a body, up to RECORD_BODY_MAX_BYTES */
    RECORD_WHOLE,
    RECORD_REFUSED, /* not what a web server would send */
};

/* Classifies the first bytes of a connection, without changing or keeping them. */
enum record_state record_look(const unsigned char *bytes, size_t byte_count) NONNULL_ALL;

/*
 * Returns the records of a whole response: text as STDOUT, the end of STDOUT, and
 * END_REQUEST. They are malloc'ed, *frame_bytes in all; the caller wipes and frees them.
 * NULL if out of memory.
 */
unsigned char *record_frame(struct span text, int request_id,
                            size_t *frame_bytes) MUST_CHECK NONNULL_ALL;

#endif
