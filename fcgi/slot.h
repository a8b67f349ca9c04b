/*
 * slot: one request on its way through a worker, from accept to close.
 *
 *     FREE ─► READING ─► ASKING ─► SENDING ─► FREE
 *               │          ▲ whatever needs no database passes it by
 *               └─► FREE: the peer broke off, sent garbage, or took too long
 *
 * No step waits. The worker calls the step that fits the event; afterwards the slot's state
 * says what it waits for.
 */
#ifndef VIDEO_CALL_SLOT_H
#define VIDEO_CALL_SLOT_H

#include "base/attributes.h"
#include "exchange.h"
#include "request.h"

#include <fcgiapp.h>

/* nginx sends a whole request at once; a peer that takes longer isn't nginx. */
#define SLOT_READ_TIMEOUT_MS 2000

enum slot_state {
    SLOT_FREE,
    SLOT_READING, /* its request has not arrived whole */
    SLOT_ASKING,  /* exchange.pending is with the database */
    SLOT_SENDING, /* its response did not fit into the socket's buffer */
};

struct slot {
    enum slot_state state;
    int connection;      /* meaningless where FREE */
    bool is_watched;     /* the worker's: it is in the epoll set */
    int64_t deadline_ms; /* by clock_ms(): then it is closed, or its ask is overdue */
    int64_t accepted_ms;
    struct exchange exchange; /* valid from ASKING on */

    /* the rest is this module's */
    FCGX_Request fcgx;
    struct request request;
    unsigned char *frame; /* malloc'ed */
    size_t frame_bytes, sent_bytes;
};

/*
 * Begins with a connection just accepted, which is non-blocking and the slot's from now on.
 * The slot is a zeroed one or FREE; FCGX_Init has been called.
 */
void slot_open(struct slot *slot, int connection) NONNULL_ALL;

/*
 * Looks at what has arrived. Where the request is whole, its first half is done: the state
 * is then ASKING, and the caller submits exchange.pending, or SENDING or FREE.
 */
void slot_read(struct slot *slot, const struct exchange_tools *tools) NONNULL_ALL;

/*
 * The result is there: makes the response, releases the request and the exchange, and sends
 * what fits into the socket's buffer. SENDING or FREE afterwards.
 */
void slot_answer(struct slot *slot) NONNULL_ALL;

/* Sends more of the response. SENDING or FREE afterwards. */
void slot_send(struct slot *slot) NONNULL_ALL;

/*
 * Closes the connection, and wipes and frees the response if there is one. Only while
 * READING or SENDING: in both there is no request to release.
 */
void slot_close(struct slot *slot) NONNULL_ALL;

#endif
