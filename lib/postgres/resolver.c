#include "postgres/resolver.h"

#include "base/clock.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MAX 8
#define ADDRESS_BYTES 64 /* IPv6 with a scope */
#define FRESH_MS      1000

/* On its own, because it may have to outlive the resolver. */
struct request {
    struct gaicb control;
    struct addrinfo hints;
    char host[];
};

struct resolver {
    struct request *request; /* NULL: none under way */
    int64_t asked_at_ms;
    int64_t answered_at_ms; /* of what is in addresses */
    int failure;            /* EAI_…, of the last answer; 0: it was good */
    int address_count;
    char addresses[ADDRESSES_MAX][ADDRESS_BYTES];
    char host[];
};

struct resolver *resolver_open(const char *host) {
    size_t host_bytes = strlen(host) + 1;
    struct resolver *resolver = calloc(1, sizeof *resolver + host_bytes);

    if (resolver != NULL)
        memcpy(resolver->host, host, host_bytes);
    return resolver;
}

static struct request *make_request(const char *host) {
    size_t host_bytes = strlen(host) + 1;
    struct request *request = calloc(1, sizeof *request + host_bytes);

    if (request == NULL)
        return NULL;
    memcpy(request->host, host, host_bytes);
    request->hints = (struct addrinfo){.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    request->control =
        (struct gaicb){.ar_name = request->host, .ar_request = &request->hints};
    return request;
}

void resolver_ask(struct resolver *resolver) {
    int64_t now_ms = clock_ms();

    if (resolver->request != NULL ||
        (resolver->address_count > 0 && now_ms - resolver->answered_at_ms < FRESH_MS))
        return;
    resolver->asked_at_ms = now_ms;
    resolver->failure = EAI_MEMORY;
    resolver->request = make_request(resolver->host);
    if (resolver->request == NULL)
        return;
    struct gaicb *list[] = {&resolver->request->control};
    resolver->failure = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
    if (resolver->failure != 0) {
        free(resolver->request);
        resolver->request = NULL;
    }
}

static void keep_addresses(struct resolver *resolver, const struct addrinfo *found) {
    int count = 0;

    for (; found != NULL && count < ADDRESSES_MAX; found = found->ai_next)
        if (getnameinfo(found->ai_addr, found->ai_addrlen, resolver->addresses[count],
                        ADDRESS_BYTES, NULL, 0, NI_NUMERICHOST) == 0)
            count++;
    resolver->address_count = count;
    resolver->answered_at_ms = clock_ms();
}

static void take_answer(struct resolver *resolver, int outcome) {
    struct addrinfo *found = resolver->request->control.ar_result;

    resolver->failure = outcome;
    if (outcome == 0) {
        keep_addresses(resolver, found);
        freeaddrinfo(found);
    }
    free(resolver->request);
    resolver->request = NULL;
}

bool resolver_is_silent(const struct resolver *resolver) {
    return resolver->request != NULL &&
           clock_ms() - resolver->asked_at_ms >= RESOLVER_SILENCE_MS;
}

enum resolver_state resolver_look(struct resolver *resolver) {
    if (resolver->request != NULL) {
        int outcome = gai_error(&resolver->request->control);
        if (outcome != EAI_INPROGRESS)
            take_answer(resolver, outcome);
    }
    if (resolver->request != NULL &&
        !(resolver_is_silent(resolver) && resolver->address_count > 0))
        return RESOLVER_IS_BUSY;
    return resolver->address_count > 0 ? RESOLVER_HAS_ADDRESSES : RESOLVER_HAS_FAILED;
}

const char *resolver_fault(const struct resolver *resolver) {
    return resolver->failure == 0 ? "no address" : gai_strerror(resolver->failure);
}

unsigned resolver_address_count(const struct resolver *resolver) {
    return (unsigned)resolver->address_count;
}

const char *resolver_address(const struct resolver *resolver, unsigned at) {
    return resolver->addresses[at];
}

/* What is being worked on cannot be cancelled, and its memory is written to at its end. */
static void abandon(struct request *request) {
    if (gai_cancel(&request->control) == EAI_NOTCANCELED)
        return;
    if (gai_error(&request->control) == 0)
        freeaddrinfo(request->control.ar_result);
    free(request);
}

void resolver_close(struct resolver *resolver) {
    if (resolver == NULL)
        return;
    if (resolver->request != NULL)
        abandon(resolver->request);
    free(resolver);
}
