/*
 * context: what a process needs to identify callers and to query the database, made from
 * the settings. Workers and video-callctl share it.
 */
#ifndef VIDEO_CALL_CONTEXT_H
#define VIDEO_CALL_CONTEXT_H

#include "base/attributes.h"
#include "calls/call_types.h"
#include "identity/identity.h"
#include "postgres/database.h"
#include "settings.h"

struct context {
    const struct settings *settings;
    struct identity *identity;
    struct database *database; /* NULL: DATABASE_URL is not set */
};

/*
 * Derives the keys and starts connecting to the database, without waiting for it. settings
 * must outlive the context. Call it in the process that uses it: connections don't survive
 * a fork. False, logged: no keys, or out of memory. Free with context_close either way.
 */
bool context_open(struct context *context,
                  const struct settings *settings) MUST_CHECK NONNULL_ALL;

/*
 * Starts connecting to DATABASE_URL, which must be set, with one connection for one ask at
 * a time. NULL, logged, on failure. For database_close.
 */
struct database *
context_open_database(const struct settings *settings) MUST_CHECK NONNULL_ALL;

/* How long a call may go without a sign of life, by the settings. */
struct call_patience
context_patience(const struct settings *settings) MUST_CHECK NONNULL_ALL;

/* Closes and frees what it holds. */
void context_close(struct context *context) NONNULL_ALL;

#endif
