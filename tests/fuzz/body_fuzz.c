/*
 * Takes any body as far as the call's id in it. An accepted body is at most 8 KiB and, for
 * another JSON parser too, an object whose member is that id.
 *
 * The first line of the input is the Content-Type, the second the Content-Length, the rest
 * the body; if the Content-Type starts with '!', the connection breaks after the body.
 */
#include "base/json_reader.h"
#include "exchange.h"
#include "fuzz.h"
#include "json_oracle.h"
#include "request.h"

#include <strings.h>

#define DEPTH_MAX 16

struct source {
    struct span rest;
    bool breaks;
};

static bool read_source(void *source, char *buffer, size_t bytes, size_t *read_bytes) {
    struct source *from = source;

    *read_bytes = bytes < from->rest.length_bytes ? bytes : from->rest.length_bytes;
    memcpy(buffer, from->rest.data, *read_bytes);
    from->rest.data += *read_bytes;
    from->rest.length_bytes -= *read_bytes;
    return *read_bytes == bytes || !from->breaks;
}

static void take_request(struct request *request, struct span type, struct span length,
                         struct source *source) {
    static char type_parameter[512], length_parameter[512];
    char *const parameters[] = {type_parameter, length_parameter, NULL};

    (void)snprintf(type_parameter, sizeof type_parameter, "CONTENT_TYPE=%.*s",
                   (int)type.length_bytes, type.data);
    (void)snprintf(length_parameter, sizeof length_parameter, "CONTENT_LENGTH=%.*s",
                   (int)length.length_bytes, length.data);
    request_reset(request);
    request_take_parameters(request, parameters);
    request_take_body(request, read_source, source);
}

static void check_id(struct exchange *exchange, const struct oracle_value *expected) {
    struct span text = oracle_text(oracle_member(expected, "callId"));

    if (exchange_take_call_id(exchange) != PROBLEM_NONE)
        return;
    FUZZ_REQUIRE(text.length_bytes == UUID_TEXT_BYTES);
    FUZZ_REQUIRE(strncasecmp(text.data, exchange->id.text, UUID_TEXT_BYTES) == 0);
}

static void check_body(const struct request *request) {
    static struct exchange exchange;
    const struct exchange_tools tools = {.context = NULL};
    struct oracle_value *expected;
    struct span body = {request->body, request->body_bytes};

    FUZZ_REQUIRE(request->body_bytes <= REQUEST_BODY_MAX_BYTES);
    FUZZ_REQUIRE(exchange_begin(&exchange, &tools, request));
    enum problem problem = exchange_parse_body(&exchange);
    enum oracle_verdict verdict = oracle_read(body, DEPTH_MAX, &expected);
    if (verdict != ORACLE_OVERFLOW)
        FUZZ_REQUIRE((problem == PROBLEM_NONE) == (verdict == ORACLE_OBJECT));
    if (verdict == ORACLE_OBJECT)
        check_id(&exchange, expected);
    oracle_free(expected);
    exchange_end(&exchange);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct request request;
    struct span rest = fuzz_span(data, size);

    if (size == 0)
        return 0;
    struct span type = fuzz_take_line(&rest);
    struct span length = fuzz_take_line(&rest);
    struct source source = {.rest = rest};
    if (type.length_bytes > 0 && type.data[0] == '!') {
        source.breaks = true;
        type = (struct span){type.data + 1, type.length_bytes - 1};
    }
    take_request(&request, type, length, &source);
    FUZZ_REQUIRE(request.body_is_broken || request.body_is_too_large ||
                 request.body_bytes == rest.length_bytes);
    if (request_check_body(&request) == PROBLEM_NONE)
        check_body(&request);
    return 0;
}
