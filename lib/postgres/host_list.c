#include "postgres/host_list.h"

#include "postgres/database_url.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>

struct host {
    struct database_url_host text;
    struct resolver *resolver; /* NULL: nothing to resolve */
};

struct host_list {
    int count;
    struct host hosts[];
};

/* One of those that libpq tries in turn. */
struct target {
    const char *host, *hostaddr, *port;
};

/* Including forms only getaddrinfo knows: 127.1, fe80::1%eth0. */
static bool is_numeric(const char *name) {
    const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;

    if (getaddrinfo(name, NULL, &hints, &found) != 0)
        return false;
    freeaddrinfo(found);
    return true;
}

static bool must_be_resolved(const struct database_url_host *text) {
    return text->address[0] == '\0' && !database_url_is_socket(text->name) &&
           !is_numeric(text->name);
}

static bool open_host(struct host *host, const struct database_url_host *text) {
    host->text = *text;
    if (!must_be_resolved(text))
        return true;
    host->resolver = resolver_open(text->name);
    return host->resolver != NULL;
}

struct host_list *host_list_open(struct span url) {
    struct database_url_host texts[DATABASE_URL_HOSTS_MAX];
    int count = database_url_hosts(url, texts);
    struct host_list *list = calloc(1, sizeof *list + (size_t)count * sizeof *list->hosts);

    if (list == NULL)
        return NULL;
    list->count = count;
    for (int at = 0; at < count; at++) {
        if (!open_host(&list->hosts[at], &texts[at])) {
            host_list_close(list);
            return NULL;
        }
    }
    return list;
}

void host_list_ask(struct host_list *list) {
    for (int at = 0; at < list->count; at++)
        if (list->hosts[at].resolver != NULL)
            resolver_ask(list->hosts[at].resolver);
}

enum resolver_state host_list_look(struct host_list *list) {
    bool has_any = false, is_busy = false, waits = false;

    for (int at = 0; at < list->count; at++) {
        struct resolver *resolver = list->hosts[at].resolver;
        enum resolver_state state =
            resolver == NULL ? RESOLVER_HAS_ADDRESSES : resolver_look(resolver);
        has_any |= state == RESOLVER_HAS_ADDRESSES;
        is_busy |= state == RESOLVER_IS_BUSY;
        waits |= state == RESOLVER_IS_BUSY && !resolver_is_silent(resolver);
    }
    if (has_any && !waits)
        return RESOLVER_HAS_ADDRESSES;
    return is_busy ? RESOLVER_IS_BUSY : RESOLVER_HAS_FAILED;
}

const char *host_list_fault(const struct host_list *list) {
    for (int at = 0; at < list->count; at++)
        if (list->hosts[at].resolver != NULL &&
            resolver_address_count(list->hosts[at].resolver) == 0)
            return resolver_fault(list->hosts[at].resolver);
    return "no address";
}

/* ── for libpq ───────────────────────────────────────────────────────────────────────── */

static unsigned count_of(const struct host *host) {
    return host->resolver == NULL ? 1 : resolver_address_count(host->resolver);
}

static unsigned count_targets(const struct host_list *list) {
    unsigned count = 0;

    for (int at = 0; at < list->count; at++)
        count += count_of(&list->hosts[at]);
    return count;
}

/* place must be less than count_targets. */
static struct target target_at(const struct host_list *list, unsigned place) {
    const struct host *host = list->hosts;

    for (; place >= count_of(host); host++)
        place -= count_of(host);
    return (struct target){
        .host = host->text.name,
        .hostaddr = host->resolver == NULL ? host->text.address
                                           : resolver_address(host->resolver, place),
        .port = host->text.port,
    };
}

static const char *host_of(const struct target *target) {
    return target->host;
}

static const char *hostaddr_of(const struct target *target) {
    return target->hostaddr;
}

static const char *port_of(const struct target *target) {
    return target->port;
}

/* One field of every target, comma-separated; free it. NULL if out of memory. */
static char *join(const struct host_list *list, unsigned from,
                  const char *(*field)(const struct target *)) {
    unsigned count = count_targets(list);
    size_t length_bytes = 0;
    char *text = NULL;
    FILE *out = open_memstream(&text, &length_bytes);

    if (out == NULL)
        return NULL;
    for (unsigned at = 0; at < count; at++) {
        struct target target = target_at(list, (from + at) % count);
        (void)fprintf(out, "%s%s", at > 0 ? "," : "", field(&target));
    }
    bool is_whole = ferror(out) == 0;
    if (fclose(out) == 0 && is_whole)
        return text;
    free(text);
    return NULL;
}

bool host_list_fill_options(const struct host_list *list, unsigned from,
                            struct host_list_options *options) {
    *options = (struct host_list_options){
        .host = join(list, from, host_of),
        .hostaddr = join(list, from, hostaddr_of),
        .port = join(list, from, port_of),
    };
    return options->host != NULL && options->hostaddr != NULL && options->port != NULL;
}

void host_list_free_options(struct host_list_options *options) {
    free(options->host);
    free(options->hostaddr);
    free(options->port);
}

void host_list_close(struct host_list *list) {
    if (list == NULL)
        return;
    for (int at = 0; at < list->count; at++)
        resolver_close(list->hosts[at].resolver);
    free(list);
}
