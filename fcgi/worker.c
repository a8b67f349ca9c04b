#include "worker.h"

#include "base/clock.h"
#include "base/log.h"
#include "dispatch.h"
#include "stop_signal.h"

#include <errno.h>
#include <fcgiapp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Of a peer that stands still in the middle of a request; nginx buffers, it never does. */
#define PEER_TIMEOUT_SEC 2
/* How long libfcgi waits for nginx to close first, in milliseconds. */
#define CLOSE_TIMEOUT_MS       "200"
#define DATABASE_FIRST_WAIT_MS 1000
/* How often a worker that steps back looks whether the others still have a database. */
#define STEP_BACK_MS 100

static bool read_body(void *source, char *buffer, size_t bytes, size_t *read_bytes) {
    FCGX_Stream *stream = source;

    *read_bytes = (size_t)FCGX_GetStr(buffer, (int)bytes, stream);
    return FCGX_GetError(stream) == 0;
}

static void answer(const struct exchange_tools *tools, FCGX_Request *fcgx) {
    struct request request = {.body_bytes = 0};
    struct response response;

    request_take_parameters(&request, fcgx->envp);
    request_take_body(&request, read_body, fcgx->in);
    if (dispatch(tools, &request, &response)) {
        (void)FCGX_PutStr(response.text, (int)response.text_bytes, fcgx->out);
        response_free(&response);
    }
}

static void serve_connection(const struct exchange_tools *tools, FCGX_Request *fcgx,
                             int connection) {
    const struct timeval timeout = {.tv_sec = PEER_TIMEOUT_SEC};

    (void)setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    /* An answer fits into the socket's buffer, so sending never waits for the peer. */
    fcgx->ipcFd = connection;
    fcgx->keepConnection = 1; /* or FCGX_Accept_r would close what it is given */
    int accepted = FCGX_Accept_r(fcgx);
    fcgx->keepConnection = 0; /* or what is left of a body would be the next request */
    if (accepted < 0) {
        log_message(LOG_LEVEL_DEBUG, "connection", "no FastCGI request came");
        return;
    }
    answer(tools, fcgx);
    FCGX_Finish_r(fcgx);
}

/* -1 where another worker was quicker, or the peer has gone. */
static int accept_connection(int listening) {
    int connection = accept4(listening, NULL, NULL, SOCK_CLOEXEC);

    if (connection < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED)
        log_message(LOG_LEVEL_WARNING, "accept", "%s", strerror(errno));
    return connection;
}

static void serve_next(const struct worker_options *options,
                       const struct exchange_tools *tools, FCGX_Request *fcgx) {
    int connection = accept_connection(options->listening);

    if (connection < 0)
        return;
    atomic_store(&options->slot->busy_since_ms, clock_ms());
    serve_connection(tools, fcgx, connection);
    atomic_store(&options->slot->busy_since_ms, 0);
}

static bool steps_back(const struct worker_options *options,
                       const struct exchange_tools *tools) {
    if (tools->context->database == NULL)
        return false;
    bool has_database = database_is_ready(tools->context->database);
    atomic_store(&options->slot->has_database, has_database);
    return !has_database && scoreboard_has_database(options->scoreboard);
}

/* The database is tended when it wants to be, and not at every request's expense. */
static void loop(const struct worker_options *options, const struct exchange_tools *tools,
                 FCGX_Request *fcgx) {
    sigset_t while_waiting;

    sigemptyset(&while_waiting);
    while (!stop_signal_received()) {
        struct pollfd waits[2] = {{.fd = options->listening, .events = POLLIN},
                                  {.fd = -1, .events = POLLIN}};
        int timeout_ms = -1;
        if (tools->context->database != NULL) {
            waits[1].fd = database_descriptor(tools->context->database);
            timeout_ms = database_wait_ms(tools->context->database);
        }
        if (steps_back(options, tools)) {
            waits[0].fd = -1;
            if (timeout_ms < 0 || timeout_ms > STEP_BACK_MS)
                timeout_ms = STEP_BACK_MS;
        }
        struct timespec timeout = {.tv_sec = timeout_ms / 1000,
                                   .tv_nsec = timeout_ms % 1000 * 1000000L};
        int ready = ppoll(waits, 2, timeout_ms < 0 ? NULL : &timeout, &while_waiting);
        if (ready < 0)
            continue;
        if (tools->context->database != NULL && (ready == 0 || waits[1].revents != 0))
            database_advance(tools->context->database);
        if ((waits[0].revents & POLLIN) != 0)
            serve_next(options, tools, fcgx);
    }
}

/* A worker serves without its database too: it says 503, and connects meanwhile. */
static void await_database(const struct exchange_tools *tools) {
    if (tools->context->database != NULL &&
        database_wait(tools->context->database, DATABASE_FIRST_WAIT_MS) != DATABASE_OK)
        log_message(LOG_LEVEL_WARNING, "worker", "serving before the database is there");
}

int worker_run(const struct worker_options *options) {
    struct context context = {.settings = NULL};
    const struct exchange_tools tools = {.context = &context,
                                         .metrics = options->metrics,
                                         .scoreboard = options->scoreboard};
    FCGX_Request fcgx;
    int exit_status = EXIT_FAILURE;

    stop_signal_listen();
    (void)setenv("LIBFCGI_OS_CLOSE_POLL_TIMEOUT", CLOSE_TIMEOUT_MS, 1);
    if (FCGX_Init() != 0 || FCGX_InitRequest(&fcgx, -1, 0) != 0) {
        log_message(LOG_LEVEL_ERROR, "worker", "libfcgi does not start");
        goto out;
    }
    if (!context_open(&context, options->settings))
        goto out;
    await_database(&tools);
    atomic_store(&options->slot->is_ready, true);
    loop(options, &tools, &fcgx);
    exit_status = EXIT_SUCCESS;
out:
    context_close(&context);
    return exit_status;
}
