/*
 * secret: bytes that must not leak, kept in libsodium's guarded memory.
 *
 * Storage comes from sodium_malloc: guard pages around it, locked against swapping where
 * the system allows, wiped when freed. Long-lived secrets are made read-only once filled.
 * A lock is not inherited: after fork() the child calls secret_lock() for each it keeps.
 * Not for short-lived scratch: wipe that with sodium_memzero where it lives.
 */
#ifndef VIDEO_CALL_SECRET_H
#define VIDEO_CALL_SECRET_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

struct secret {
    uint8_t
        *bytes; /* NUL-terminated behind length_bytes, so that text can be read as text */
    size_t length_bytes;
};

/*
 * Call it before the first secret is read. Libraries free their buffers unwiped, so freed
 * blocks of over 1 KiB are overwritten from now on; smaller ones are for their users to
 * wipe. Unless is_debuggable, only root can read this process's memory or attach a
 * debugger, and it leaves no core dump.
 */
void secret_guard_process(bool is_debuggable);

/*
 * Copies the source into guarded, read-only memory. sodium_init() must have succeeded.
 * Returns NULL when memory is short. The source stays the caller's, to wipe where it must.
 */
struct secret *secret_copy(struct span source) MUST_CHECK;

/* Guarded, writable, zeroed memory of that size; NULL when memory is short. */
struct secret *secret_new(size_t length_bytes) MUST_CHECK;

/* Makes it read-only: a write ends the process. */
void secret_seal(struct secret *secret) NONNULL_ALL;

/*
 * Wipes the part of the stack that the caller's callees have used, 64 KiB of it: what they
 * left there, and what the dynamic linker saved of their registers.
 */
void secret_wipe_stack(void);

/* Locks it against swapping again, after fork() (mlock(2)). False: the system won't. */
bool secret_lock(const struct secret *secret) NONNULL_ALL;

/* The bytes, or an absent span for NULL. Valid until secret_free. */
struct span secret_span(const struct secret *secret);

/* Wipes and frees; NULL is fine. */
void secret_free(struct secret *secret);

#endif
