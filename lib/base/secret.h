/*
 * secret: bytes that must not leak, kept in libsodium's guarded memory.
 *
 * Storage comes from sodium_malloc: guard pages around it, locked against swapping if the
 * system allows it, wiped when freed. Long-lived secrets are made read-only once filled.
 * Locks aren't inherited: after fork() the child calls secret_lock() for each secret it
 * keeps. Not for short-lived buffers: wipe those with sodium_memzero.
 */
#ifndef VIDEO_CALL_SECRET_H
#define VIDEO_CALL_SECRET_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

struct secret {
    uint8_t *bytes; /* with a NUL after them, so that text is a C string */
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
 * Copies the source into guarded, read-only memory. sodium_init() must have succeeded. NULL
 * if out of memory. The source stays the caller's, who may have to wipe it.
 */
struct secret *secret_copy(struct span source) MUST_CHECK;

/* Guarded, writable, zeroed memory of that size; NULL if out of memory. */
struct secret *secret_new(size_t length_bytes) MUST_CHECK;

/* Makes it read-only: a write ends the process. */
void secret_seal(struct secret *secret) NONNULL_ALL;

/*
 * Wipes 64 KiB of the stack below the caller: what the functions it called left there,
 * including the registers that the dynamic linker saved.
 */
void secret_wipe_stack(void);

/* Locks it against swapping (mlock(2)), after fork(). False if the system refuses. */
bool secret_lock(const struct secret *secret) NONNULL_ALL;

/* The bytes, or an absent span for NULL. Valid until secret_free. */
struct span secret_span(const struct secret *secret);

/* Wipes and frees; NULL is fine. */
void secret_free(struct secret *secret);

#endif
