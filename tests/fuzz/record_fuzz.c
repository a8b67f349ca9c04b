/*
 * Reads any bytes as FastCGI records. If record_look says they're whole, libfcgi must
 * decode them without waiting for more; if it refuses them, more bytes can't change that.
 *
 * libfcgi reads from a socket that never blocks and never ends, as a worker's does: a read
 * that would have to wait fails, and that is a finding.
 */
#include "fuzz.h"
#include "record.h"
#include "request.h"

#include <fcgiapp.h>
#include <sys/socket.h>
#include <unistd.h>

#define INPUT_MAX_BYTES 98304
#define STDOUT_TYPE     6

static FCGX_Request fcgx;

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    return FCGX_Init() != 0 || FCGX_InitRequest(&fcgx, -1, 0) != 0;
}

static bool read_body(void *source, char *buffer, size_t bytes, size_t *read_bytes) {
    FCGX_Stream *stream = source;

    *read_bytes = (size_t)FCGX_GetStr(buffer, (int)bytes, stream);
    return FCGX_GetError(stream) == 0;
}

/* As slot.c does. */
static void decode(int connection) {
    static struct request request;

    fcgx.ipcFd = connection;
    fcgx.keepConnection = 1;
    FUZZ_REQUIRE(FCGX_Accept_r(&fcgx) == 0);
    request_reset(&request);
    request_take_parameters(&request, fcgx.envp);
    request_take_body(&request, read_body, fcgx.in);
    FUZZ_REQUIRE(FCGX_GetError(fcgx.in) == 0);
    fcgx.ipcFd = -1;
    FCGX_Free(&fcgx, 0);
}

static void decode_whole(const uint8_t *data, size_t size) {
    const int room_bytes = 2 * INPUT_MAX_BYTES;
    int ends[2];

    FUZZ_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0);
    FUZZ_REQUIRE(
        setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &room_bytes, sizeof room_bytes) == 0);
    FUZZ_REQUIRE(write(ends[0], data, size) == (ssize_t)size);
    decode(ends[1]);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* A verdict on a prefix must hold for the whole input. */
static void check_prefix(const uint8_t *data, size_t size, enum record_state whole) {
    enum record_state part = record_look(data, size);

    if (part == RECORD_REFUSED)
        FUZZ_REQUIRE(whole == RECORD_REFUSED);
    if (part == RECORD_WHOLE)
        FUZZ_REQUIRE(whole == RECORD_WHOLE);
}

static void check_frame(const uint8_t *data, size_t size) {
    size_t frame_bytes = 0, text_bytes = 0;
    unsigned char *frame = record_frame(fuzz_span(data, size), 1, &frame_bytes);

    FUZZ_REQUIRE(frame != NULL);
    for (size_t at = 0; at < frame_bytes;) {
        size_t content_bytes = (size_t)(frame[at + 4] << 8 | frame[at + 5]);
        FUZZ_REQUIRE(frame[at] == 1 && at + 8 + content_bytes <= frame_bytes);
        if (frame[at + 1] == STDOUT_TYPE) {
            FUZZ_REQUIRE(content_bytes == 0 ||
                         memcmp(frame + at + 8, data + text_bytes, content_bytes) == 0);
            text_bytes += content_bytes;
        }
        at += 8 + content_bytes;
    }
    FUZZ_REQUIRE(text_bytes == size);
    free(frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > INPUT_MAX_BYTES)
        return 0;
    enum record_state state = record_look(data, size);
    if (state == RECORD_WHOLE)
        decode_whole(data, size);
    for (size_t cut = 1; cut <= size && cut <= 8; cut++)
        check_prefix(data, size - size * cut / 8, state);
    check_frame(data, size);
    return 0;
}
