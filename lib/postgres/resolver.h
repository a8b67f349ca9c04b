/*
 * resolver: the addresses of one host name, looked up without blocking.
 *
 * A glibc thread waits for the answer (getaddrinfo_a), and the loop polls it. The last good
 * addresses are kept for when the name server fails or is silent for RESOLVER_SILENCE_MS.
 * While it is silent the lookup is repeated, so one that recovers answers soon.
 *
 * Not thread-safe. Open it after fork().
 */
#ifndef VIDEO_CALL_RESOLVER_H
#define VIDEO_CALL_RESOLVER_H

#include "base/attributes.h"

#include <stdbool.h>

#define RESOLVER_SILENCE_MS 2000
#define RESOLVER_LOOK_MS    10 /* how often to call resolver_look */

struct resolver;

enum resolver_state {
    RESOLVER_IS_BUSY,
    RESOLVER_HAS_ADDRESSES, /* new ones, or the last good ones */
    RESOLVER_HAS_FAILED,    /* and no earlier addresses are known */
};

/* For resolver_close; NULL if out of memory. Starts no lookup yet. */
struct resolver *resolver_open(const char *host) MUST_CHECK NONNULL_ALL;

/* Starts a lookup, unless one is under way or the last answer is less than a second old. */
void resolver_ask(struct resolver *resolver) NONNULL_ALL;

/* The state of the lookup. Never waits. */
enum resolver_state resolver_look(struct resolver *resolver) MUST_CHECK NONNULL_ALL;

/* Why it failed; static, never NULL, doesn't name the host. */
const char *resolver_fault(const struct resolver *resolver) NONNULL_ALL;

/* Whether a lookup has been under way for RESOLVER_SILENCE_MS. */
bool resolver_is_silent(const struct resolver *resolver) MUST_CHECK NONNULL_ALL;

/* How many addresses the last good answer had. */
unsigned resolver_address_count(const struct resolver *resolver) MUST_CHECK NONNULL_ALL;

/* The numeric address at that index, from 0; valid until the next resolver_look. */
const char *resolver_address(const struct resolver *resolver,
                             unsigned at) MUST_CHECK NONNULL_ALL;

/*
 * Frees it; NULL is fine. Lookups that can't be cancelled leak their few bytes and don't
 * touch the resolver.
 */
void resolver_close(struct resolver *resolver);

#endif
