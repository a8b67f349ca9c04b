/*
 * slot: one connection and its request, from accept to close.
 *
 *     FREE ─► READING ─► ASKING ─► SENDING ─► FREE
 *               │          ▲ skipped if the database isn't needed
 *               └─► FREE: the peer closed, sent garbage, or took too long
 *
 * Nothing here blocks. The worker calls the function that fits the event; afterwards the
 * state says what the slot is waiting for.
 */
#ifndef VIDEO_CALL_SLOT_H
#define VIDEO_CALL_SLOT_H

#include "base/attributes.h"
#include "exchange.h"
#include "request.h"

#include <fcgiapp.h>

/* nginx sends a request in one go; a peer that takes longer isn't nginx. */
#define SLOT_READ_TIMEOUT_MS 2000

enum slot_state {
    SLOT_FREE,
    SLOT_READING, /* the whole request hasn't arrived yet */
    SLOT_ASKING,  /* exchange.pending is with the database */
    SLOT_SENDING, /* the rest of the response is waiting for room in the socket's buffer */
};

struct slot {
    enum slot_state state;
    int connection;           /* valid unless FREE */
    bool is_watched;          /* kept by the worker: connection is in its epoll set */
    int64_t deadline_ms;      /* by clock_ms(): the worker closes it then, unless ASKING */
    int64_t accepted_ms;      /* by clock_ms() */
    struct exchange exchange; /* valid only while ASKING */

    /* private to slot.c */
    FCGX_Request fcgx; /* valid only while ASKING, as is request */
    struct request request;
    unsigned char *frame; /* the response's records, only while SENDING; malloc'ed */
    size_t frame_bytes, sent_bytes;
};

/*
 * Takes over a connection just accepted, which must be non-blocking; the slot closes it.
 * The slot must be zeroed or FREE, and FCGX_Init must have been called. READING afterwards.
 */
void slot_open(struct slot *slot, int connection) NONNULL_ALL;

/*
 * Peeks at what has arrived. Until the request is whole, the slot stays READING. Then it's
 * decoded and its route's ask is run. Afterwards the slot is ASKING, and the caller must
 * submit exchange.pending; or, if there is nothing to ask or no database, it has been
 * answered, and is SENDING or FREE. If the peer has closed or isn't speaking FastCGI, the
 * slot is FREE. tools must outlive the request.
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
