/*
 * service: what a process needs to answer requests, made from the settings.
 */
#ifndef VIDEO_CALL_SERVICE_H
#define VIDEO_CALL_SERVICE_H

#include "call_ledger.h"
#include "compiler.h"
#include "database.h"
#include "identity.h"
#include "metrics.h"
#include "settings.h"

/* What a worker holds from its start to its end. */
struct service {
    const struct settings *settings;
    struct identity *identity;
    struct database *database; /* NULL: DATABASE_URL is not set */
    struct metrics *metrics;   /* the pool's, as is the scoreboard; NULL in no worker */
    const struct scoreboard *scoreboard;
};

/*
 * Derives the keys and starts connecting to the database, without waiting for it. settings
 * must outlive the service. Call it in the process that uses it: connections do not survive
 * a fork. False, logged: no keys, or memory is short. Free with service_close either way.
 */
bool service_open(struct service *service,
                  const struct settings *settings) MUST_CHECK NONNULL_ALL;

/*
 * Starts connecting to DATABASE_URL, which must be set. NULL, logged, on failure. For
 * database_close.
 */
struct database *
service_open_database(const struct settings *settings) MUST_CHECK NONNULL_ALL;

/* After how long without a sign of life a call counts as dead, by the settings. */
struct call_ledger_patience
service_patience(const struct settings *settings) MUST_CHECK NONNULL_ALL;

/* Closes and frees what it holds. */
void service_close(struct service *service) NONNULL_ALL;

#endif
