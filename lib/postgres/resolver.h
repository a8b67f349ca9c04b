/*
 * resolver: the addresses of one host name, found without waiting.
 *
 * A thread of glibc's waits for them (getaddrinfo_a), and the loop looks at it from time to
 * time. The last good addresses are kept for when the resolver fails, or says nothing for
 * RESOLVER_SILENCE_MS. While it says nothing it is asked again and again, so that one that
 * is back answers soon.
 *
 * Not thread-safe. Open it after fork().
 */
#ifndef VIDEO_CALL_RESOLVER_H
#define VIDEO_CALL_RESOLVER_H

#include "base/attributes.h"

#include <stdbool.h>

#define RESOLVER_SILENCE_MS 2000
#define RESOLVER_LOOK_MS    10 /* how often resolver_look wants to be called */

struct resolver;

enum resolver_state {
    RESOLVER_IS_BUSY,
    RESOLVER_HAS_ADDRESSES, /* new ones, or the last good */
    RESOLVER_HAS_FAILED,    /* and there are none from before */
};

/* For resolver_close; NULL when memory is short. Asks nobody yet. */
struct resolver *resolver_open(const char *host) MUST_CHECK NONNULL_ALL;

/* Looks the name up, unless that is under way or its answer is less than a second old. */
void resolver_ask(struct resolver *resolver) NONNULL_ALL;

/* How the lookup is getting on. Never waits. */
enum resolver_state resolver_look(struct resolver *resolver) MUST_CHECK NONNULL_ALL;

/* Why it has failed; static, never NULL, and does not name the host. */
const char *resolver_fault(const struct resolver *resolver) NONNULL_ALL;

/* Whether a lookup has been under way for RESOLVER_SILENCE_MS. */
bool resolver_is_silent(const struct resolver *resolver) MUST_CHECK NONNULL_ALL;

/* How many addresses are known, those of the last good answer. */
unsigned resolver_address_count(const struct resolver *resolver) MUST_CHECK NONNULL_ALL;

/* The numeric address at that place, counted from 0; valid until the next resolver_look. */
const char *resolver_address(const struct resolver *resolver,
                             unsigned at) MUST_CHECK NONNULL_ALL;

/*
 * Frees it; NULL is fine. Lookups that cannot be cancelled keep their few bytes, and
 * touch nothing of the resolver.
 */
void resolver_close(struct resolver *resolver);

#endif
