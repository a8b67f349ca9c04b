#include "postgres/database_url.h"

#include "base/secret.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>

/* For PQconninfoFree; NULL where it cannot be parsed. */
static PQconninfoOption *parse(struct span url) {
    struct secret *text = secret_copy(url);
    PQconninfoOption *options = NULL;

    if (text != NULL)
        options = PQconninfoParse((const char *)text->bytes, NULL);
    secret_free(text);
    return options;
}

/* Empty where it is not given. */
static const char *option_value(const PQconninfoOption *options, const char *keyword) {
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val == NULL ? "" : options->val;
    return "";
}

/* What libpq would use where the string is silent. */
static const char *value_or_environment(const PQconninfoOption *options,
                                        const char *keyword, const char *variable) {
    const char *value = option_value(options, keyword);
    const char *otherwise = getenv(variable);

    return value[0] != '\0' || otherwise == NULL ? value : otherwise;
}

bool database_is_url(struct span url) {
    PQconninfoOption *options = parse(url);
    bool is_valid = options != NULL;

    PQconninfoFree(options);
    return is_valid;
}

/* A socket of this machine; libpq's default is one. */
static bool is_socket(const char *host) {
    return host[0] == '\0' || host[0] == '/' || host[0] == '@';
}

static bool is_numeric(const char *host) {
    struct in6_addr v6;
    struct in_addr v4;

    /* A scope behind it, as in fe80::1%eth0, has no other use. */
    return inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1 ||
           (strchr(host, ':') != NULL && strchr(host, '%') != NULL);
}

static bool is_loopback(const char *host) {
    struct in_addr v4;

    return strcmp(host, "localhost") == 0 || strcmp(host, "::1") == 0 ||
           (inet_pton(AF_INET, host, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127);
}

static bool stays_here(const PQconninfoOption *options) {
    const char *host = option_value(options, "host");
    const char *address = option_value(options, "hostaddr");

    return address[0] != '\0' ? is_loopback(address) : is_socket(host) || is_loopback(host);
}

bool database_url_is_protected(struct span url) {
    PQconninfoOption *options = parse(url);
    bool is_protected =
        options != NULL && (stays_here(options) ||
                            strcmp(option_value(options, "sslmode"), "verify-full") == 0);

    PQconninfoFree(options);
    return is_protected;
}

bool database_url_host_to_resolve(struct span url,
                                  char host[static DATABASE_URL_HOST_BYTES]) {
    PQconninfoOption *options = parse(url);
    const char *name = value_or_environment(options, "host", "PGHOST");
    bool is_left_to_libpq =
        value_or_environment(options, "hostaddr", "PGHOSTADDR")[0] != '\0' ||
        value_or_environment(options, "service", "PGSERVICE")[0] != '\0' ||
        strchr(name, ',') != NULL || strlen(name) >= DATABASE_URL_HOST_BYTES;
    bool is_ours = !is_left_to_libpq && !is_socket(name) && !is_numeric(name);

    (void)snprintf(host, DATABASE_URL_HOST_BYTES, "%s", is_ours ? name : "");
    PQconninfoFree(options);
    return is_ours;
}

/* A socket's path may hold anything, and an abstract one begins with '@'. */
static bool is_usable(const PQconninfoOption *options) {
    const char *host = option_value(options, "host");
    const char *port = option_value(options, "port");

    return (is_socket(host) || strpbrk(host, "@#?/") == NULL) &&
           port[strspn(port, "0123456789, ")] == '\0';
}

bool database_url_is_usable(struct span url) {
    PQconninfoOption *options = parse(url);
    bool usable = is_usable(options);

    PQconninfoFree(options);
    return usable;
}

bool database_url_looks_torn(struct span url) {
    PQconninfoOption *options = parse(url);
    bool is_torn =
        !is_usable(options) || strchr(option_value(options, "dbname"), '@') != NULL;

    PQconninfoFree(options);
    return is_torn;
}

const char *database_url_fault(bool looks_torn, const char *reason) {
    static const char TORN[] =
        "the connection string is read as naming an odd host, port or"
        " database: are @, :, /, ? and # in its password"
        " percent-encoded?";
    static const char UNKNOWN[] = "its host name cannot be resolved: if the name is right,"
                                  " are @, :, /, ? and # in the password percent-encoded?";

    if (looks_torn)
        return TORN;
    return strstr(reason, "could not translate host name") != NULL ? UNKNOWN : reason;
}
