/*
 * record: the FastCGI records of one request and of one response on a connection that
 * serves no other.
 *
 * libfcgi decodes requests, and it trusts whoever wrote them: a length that lies aborts the
 * process, and a request that stops in the middle blocks it. So a worker looks at what has
 * arrived, without consuming it, and lets libfcgi read only what is whole and sane.
 * Responses are framed here, so that they can be sent without blocking.
 *
 * FastCGI Specification 1.0, sections 3.3 (records), 3.4 (name-value pairs), 5 (types).
 */
#ifndef VIDEO_CALL_RECORD_H
#define VIDEO_CALL_RECORD_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

/* nginx refuses to send more parameters than that. */
#define RECORD_PARAMETERS_MAX_BYTES 65535
/* A body is taken as far as this, although a longer one than 8 KiB is refused. */
#define RECORD_BODY_MAX_BYTES 73728
/* A request of that size is whole or will never be. */
#define RECORD_REQUEST_MAX_BYTES 262144

enum record_state {
    RECORD_INCOMPLETE, /* so far there is nothing wrong with it */
    RECORD_WHOLE, /* libfcgi can read it without waiting; an oversized body to the bound */
    RECORD_REFUSED, /* not what a web server would send */
};

/* Looks at the first bytes of a connection. */
enum record_state record_look(const unsigned char *bytes, size_t byte_count) NONNULL_ALL;

/*
 * The records of a whole response: text as STDOUT, its end, and the request's end.
 * malloc'ed; *frame_bytes is its size. NULL: out of memory.
 */
unsigned char *record_frame(struct span text, int request_id,
                            size_t *frame_bytes) MUST_CHECK NONNULL_ALL;

#endif
