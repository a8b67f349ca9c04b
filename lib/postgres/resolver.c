#include "postgres/resolver.h"

#include "base/clock.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESSES_MAX 8
#define ADDRESS_BYTES 64 /* IPv6 with a scope */
#define FRESH_MS      1000

/* glibc repeats a lost query only after 5 s; another lookup sends one immediately. */
#define LOOK_AGAIN_MS 1250
/* As many as start before glibc repeats the first query. */
#define LOOKUPS_MAX 4

/* Allocated separately because it may outlive the resolver. */
struct lookup {
    struct gaicb control;
    struct addrinfo hints;
    char host[];
};

struct resolver {
    bool is_asked; /* no lookup has ended since */
    int64_t asked_at_ms;
    int64_t looked_up_at_ms;             /* when the latest lookup started */
    struct lookup *lookups[LOOKUPS_MAX]; /* under way; NULL: none */
    int64_t answered_at_ms;              /* when addresses was filled */
    int failure;                         /* EAI_… of the last answer; 0: success */
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

static struct lookup *make_lookup(const char *host) {
    size_t host_bytes = strlen(host) + 1;
    struct lookup *lookup = calloc(1, sizeof *lookup + host_bytes);

    if (lookup == NULL)
        return NULL;
    memcpy(lookup->host, host, host_bytes);
    lookup->hints = (struct addrinfo){.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    lookup->control = (struct gaicb){.ar_name = lookup->host, .ar_request = &lookup->hints};
    return lookup;
}

/* 0, or EAI_…. */
static int start_lookup(const char *host, struct lookup **started) {
    struct lookup *lookup = make_lookup(host);

    if (lookup == NULL)
        return EAI_MEMORY;
    struct gaicb *list[] = {&lookup->control};
    int failure = getaddrinfo_a(GAI_NOWAIT, list, 1, NULL);
    if (failure == 0)
        *started = lookup;
    else
        free(lookup);
    return failure;
}

/* In parallel with those under way, if there is room. */
static void look_up(struct resolver *resolver) {
    resolver->looked_up_at_ms = clock_ms();
    for (int at = 0; at < LOOKUPS_MAX; at++) {
        if (resolver->lookups[at] != NULL)
            continue;
        resolver->failure = start_lookup(resolver->host, &resolver->lookups[at]);
        resolver->is_asked = resolver->failure == 0;
        return;
    }
}

void resolver_ask(struct resolver *resolver) {
    int64_t now_ms = clock_ms();

    if (resolver->is_asked ||
        (resolver->address_count > 0 && now_ms - resolver->answered_at_ms < FRESH_MS))
        return;
    resolver->asked_at_ms = now_ms;
    resolver->is_asked = true;
    look_up(resolver);
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

static void take_answer(struct resolver *resolver, struct lookup *lookup, int outcome) {
    resolver->is_asked = false;
    resolver->failure = outcome;
    if (outcome == 0) {
        keep_addresses(resolver, lookup->control.ar_result);
        freeaddrinfo(lookup->control.ar_result);
    }
    free(lookup);
}

static void take_answers(struct resolver *resolver) {
    for (int at = 0; at < LOOKUPS_MAX; at++) {
        struct lookup *lookup = resolver->lookups[at];
        int outcome = lookup == NULL ? EAI_INPROGRESS : gai_error(&lookup->control);
        if (outcome == EAI_INPROGRESS)
            continue;
        resolver->lookups[at] = NULL;
        take_answer(resolver, lookup, outcome);
    }
}

bool resolver_is_silent(const struct resolver *resolver) {
    return resolver->is_asked && clock_ms() - resolver->asked_at_ms >= RESOLVER_SILENCE_MS;
}

enum resolver_state resolver_look(struct resolver *resolver) {
    take_answers(resolver);
    if (resolver->is_asked && clock_ms() - resolver->looked_up_at_ms >= LOOK_AGAIN_MS)
        look_up(resolver);
    if (resolver->is_asked &&
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

/* A lookup in progress can't be cancelled, and glibc writes to its memory when it ends. */
static void abandon(struct lookup *lookup) {
    if (gai_cancel(&lookup->control) == EAI_NOTCANCELED)
        return;
    if (gai_error(&lookup->control) == 0)
        freeaddrinfo(lookup->control.ar_result);
    free(lookup);
}

void resolver_close(struct resolver *resolver) {
    if (resolver == NULL)
        return;
    for (int at = 0; at < LOOKUPS_MAX; at++)
        if (resolver->lookups[at] != NULL)
            abandon(resolver->lookups[at]);
    free(resolver);
}
