#include "slot.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/secret.h"
#include "dispatch.h"
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

void slot_open(struct slot *slot, int connection) {
    (void)FCGX_InitRequest(&slot->fcgx, -1, 0); /* it never fails */
    slot->state = SLOT_READING;
    slot->connection = connection;
    slot->is_watched = false;
    slot->accepted_ms = clock_ms();
    slot->deadline_ms = slot->accepted_ms + SLOT_READ_TIMEOUT_MS;
}

/* libfcgi's parameters include cookies and assertions. */
static void wipe_parameters(char **parameters) {
    for (; *parameters != NULL; parameters++)
        explicit_bzero(*parameters, strlen(*parameters));
}

/* Wipes and frees the request, and wipes what handling it has left on the stack. */
static void release_request(struct slot *slot) {
    request_wipe(&slot->request);
    wipe_parameters(slot->fcgx.envp);
    FCGX_Free(&slot->fcgx, 0); /* 0: leave the connection open, for the response */
    secret_wipe_stack();
}

static void free_frame(struct slot *slot) {
    if (slot->frame != NULL)
        explicit_bzero(slot->frame, slot->frame_bytes);
    free(slot->frame);
    slot->frame = NULL;
}

void slot_close(struct slot *slot) {
    free_frame(slot);
    (void)close(slot->connection);
    slot->connection = -1;
    slot->state = SLOT_FREE;
}

/* ── reading ─────────────────────────────────────────────────────────────────────────── */

/* Only peeks: libfcgi must find the whole request in the socket. */
static enum record_state look(const struct slot *slot) {
    static unsigned char bytes[RECORD_REQUEST_MAX_BYTES];
    ssize_t received = recv(slot->connection, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);

    if (received < 0)
        return errno == EAGAIN || errno == EINTR ? RECORD_INCOMPLETE : RECORD_REFUSED;
    /* The peer has closed: nothing more will come. */
    if (received == 0)
        return RECORD_REFUSED;
    enum record_state state = record_look(bytes, (size_t)received);
    explicit_bzero(bytes, (size_t)received);
    if (state == RECORD_INCOMPLETE && received == (ssize_t)sizeof bytes)
        return RECORD_REFUSED;
    return state;
}

static bool read_body(void *source, char *buffer, size_t bytes, size_t *read_bytes) {
    FCGX_Stream *stream = source;

    *read_bytes = (size_t)FCGX_GetStr(buffer, (int)bytes, stream);
    return FCGX_GetError(stream) == 0;
}

static bool decode(struct slot *slot) {
    FCGX_Request *fcgx = &slot->fcgx;

    fcgx->ipcFd = slot->connection;
    fcgx->keepConnection = 1; /* or FCGX_Accept_r would close the connection first */
    if (FCGX_Accept_r(fcgx) < 0) {
        slot->connection = fcgx->ipcFd; /* -1: libfcgi has closed it */
        return false;
    }
    request_reset(&slot->request);
    request_take_parameters(&slot->request, fcgx->envp);
    request_take_body(&slot->request, read_body, fcgx->in);
    /* Only the parameters are needed from now on; the buffers take 17 KiB per request. */
    FCGX_FreeStream(&fcgx->in);
    FCGX_FreeStream(&fcgx->out);
    FCGX_FreeStream(&fcgx->err);
    return true;
}

/* The request's deadline counts from accept, the ask's from now. */
static void set_deadlines(struct slot *slot, const struct settings *settings) {
    int64_t ask_ms = clock_ms() + settings_number(settings, SETTING_DATABASE_TIMEOUT_MS);

    slot->deadline_ms =
        slot->accepted_ms + settings_number(settings, SETTING_REQUEST_TIMEOUT_MS);
    slot->exchange.pending.deadline_ms =
        ask_ms < slot->deadline_ms ? ask_ms : slot->deadline_ms;
}

static void begin_exchange(struct slot *slot, const struct exchange_tools *tools) {
    struct exchange *exchange = &slot->exchange;
    bool wants_database =
        exchange_begin(exchange, tools, &slot->request) && dispatch_ask(exchange);

    set_deadlines(slot, tools->context->settings);
    slot->state = SLOT_ASKING;
    if (!wants_database) {
        slot_answer(slot);
    } else if (tools->context->database == NULL) {
        exchange->pending.result.error = DATABASE_E_UNAVAILABLE;
        slot_answer(slot);
    }
}

void slot_read(struct slot *slot, const struct exchange_tools *tools) {
    enum record_state state = look(slot);

    if (state == RECORD_INCOMPLETE)
        return;
    if (state == RECORD_WHOLE && decode(slot)) {
        begin_exchange(slot, tools);
        return;
    }
    log_message(LOG_LEVEL_DEBUG, "connection", "the peer sent no valid FastCGI request");
    slot_close(slot);
}

/* ── answering ───────────────────────────────────────────────────────────────────────── */

void slot_answer(struct slot *slot) {
    struct exchange *exchange = &slot->exchange;
    struct response response;

    bool made = dispatch_answer(exchange, &response);
    exchange_end(exchange);
    if (made) {
        slot->frame = record_frame((struct span){response.text, response.text_bytes},
                                   slot->fcgx.requestId, &slot->frame_bytes);
        response_free(&response);
    }
    release_request(slot);
    slot->sent_bytes = 0;
    slot->state = SLOT_SENDING;
    if (slot->frame == NULL)
        slot_close(slot);
    else
        slot_send(slot);
}

void slot_send(struct slot *slot) {
    while (slot->sent_bytes < slot->frame_bytes) {
        ssize_t sent = send(slot->connection, slot->frame + slot->sent_bytes,
                            slot->frame_bytes - slot->sent_bytes, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0 && errno == EAGAIN)
            return;
        if (sent < 0)
            break;
        slot->sent_bytes += (size_t)sent;
    }
    slot_close(slot);
}
