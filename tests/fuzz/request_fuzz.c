/*
 * Reads any parameters and any query. Repeating or escaping a value that was found must
 * have the result the rules say, and only the portal's own origin may pass.
 *
 * Each line of the input is a parameter NAME=value.
 */
#include "fuzz.h"
#include "query.h"
#include "request.h"

#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#define PARAMETERS_MAX  64
#define INPUT_MAX_BYTES 16384
#define PORTAL          "https://portal.example"

static void check_id(const char *id) {
    size_t length = strlen(id);

    FUZZ_REQUIRE(length >= 8 && length <= REQUEST_ID_MAX_BYTES);
    for (size_t at = 0; at < length; at++)
        FUZZ_REQUIRE(isalnum((unsigned char)id[at]) || id[at] == '-' || id[at] == '_');
}

static void check_origin(const struct request *request) {
    char origin[64] = "";

    if (request_check_origin(request, PORTAL) != PROBLEM_NONE ||
        request->origins.count == 0)
        return;
    struct span given = request->origins.values[0];
    FUZZ_REQUIRE(given.length_bytes < sizeof origin);
    memcpy(origin, given.data, given.length_bytes);
    FUZZ_REQUIRE(strcasecmp(origin, PORTAL) == 0 || strcasecmp(origin, PORTAL ":443") == 0);
}

/* The same value with every byte escaped. */
static void check_escaped(const char *name, const struct query_value *value) {
    struct query_value again;
    char query[3 * QUERY_VALUE_MAX_BYTES + 32];
    int written = snprintf(query, sizeof query, "x=%%zz&%s=", name);

    for (const char *at = value->text; *at != '\0'; at++)
        written += snprintf(query + written, sizeof query - (size_t)written, "%%%02x",
                            (unsigned char)*at);
    FUZZ_REQUIRE(query_find((struct span){query, (size_t)written}, name, &again) ==
                 PROBLEM_NONE);
    FUZZ_REQUIRE(again.is_present && strcmp(again.text, value->text) == 0);
}

static void check_query(struct span query, const char *name) {
    static char twice[INPUT_MAX_BYTES + 32];
    struct query_value value, other;
    enum problem problem = query_find(query, name, &value);

    if (problem != PROBLEM_NONE) {
        FUZZ_REQUIRE(problem == PROBLEM_DUPLICATE_PARAMETER ||
                     problem == PROBLEM_MALFORMED_QUERY);
        return;
    }
    int written = snprintf(twice, sizeof twice, "%.*s&%s", (int)query.length_bytes,
                           query.length_bytes == 0 ? "" : query.data, name);
    problem = query_find((struct span){twice, (size_t)written}, name, &other);
    FUZZ_REQUIRE(problem ==
                 (value.is_present ? PROBLEM_DUPLICATE_PARAMETER : PROBLEM_NONE));
    FUZZ_REQUIRE(strlen(value.text) <= QUERY_VALUE_MAX_BYTES);
    if (value.is_present)
        check_escaped(name, &value);
    else
        FUZZ_REQUIRE(value.text[0] == '\0');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct request request;
    char *parameters[PARAMETERS_MAX + 1];
    size_t count = 0;

    if (size > INPUT_MAX_BYTES)
        return 0;
    char *text = malloc(size + 1);
    FUZZ_REQUIRE(text != NULL);
    memcpy(text, data, size);
    text[size] = '\0';
    /* A parameter is a C string: libfcgi ends it at a NUL. */
    for (char *line = text; line != NULL && count < PARAMETERS_MAX;) {
        parameters[count++] = line;
        line = strchr(line, '\n');
        if (line != NULL)
            *line++ = '\0';
    }
    parameters[count] = NULL;
    request_reset(&request);
    request_take_parameters(&request, parameters);
    check_id(request.id);
    check_origin(&request);
    check_query(request.query, "mentorshipId");
    check_query(request.query, "limit");
    check_query(request.query, "cursor");
    FUZZ_REQUIRE(request.cookies.count <= REQUEST_HEADERS_MAX);
    free(text);
    return 0;
}
