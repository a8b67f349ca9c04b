#include "base/secret.h"

#include <malloc.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/prctl.h>

#define STACK_WIPED_BYTES 65536
/* What glibc fills freed memory with. */
#define FREED_BYTE 0xa5

void secret_guard_process(bool is_debuggable) {
    (void)mallopt(M_PERTURB, FREED_BYTE);
    if (!is_debuggable)
        (void)prctl(PR_SET_DUMPABLE, 0);
}

struct secret *secret_new(size_t length_bytes) {
    struct secret *secret = malloc(sizeof *secret);
    if (secret == NULL)
        return NULL;
    secret->bytes = sodium_malloc(length_bytes + 1);
    if (secret->bytes == NULL) {
        free(secret);
        return NULL;
    }
    sodium_memzero(secret->bytes, length_bytes + 1);
    secret->length_bytes = length_bytes;
    return secret;
}

struct secret *secret_copy(struct span source) {
    struct secret *secret = secret_new(source.length_bytes);
    if (secret == NULL)
        return NULL;
    if (source.length_bytes > 0)
        memcpy(secret->bytes, source.data, source.length_bytes);
    secret_seal(secret);
    return secret;
}

void secret_seal(struct secret *secret) {
    /* If page rights can't be changed, there are still the guard pages and the wipe. */
    (void)sodium_mprotect_readonly(secret->bytes);
}

void secret_wipe_stack(void) {
    sodium_stackzero(STACK_WIPED_BYTES);
}

bool secret_lock(const struct secret *secret) {
    return sodium_mlock(secret->bytes, secret->length_bytes + 1) == 0;
}

struct span secret_span(const struct secret *secret) {
    if (secret == NULL)
        return SPAN_ABSENT;
    return (struct span){(const char *)secret->bytes, secret->length_bytes};
}

void secret_free(struct secret *secret) {
    if (secret == NULL)
        return;
    sodium_free(secret->bytes);
    free(secret);
}
