/*
 * schema: whether the database is what the backend needs, said before a request meets it.
 *
 * Looks for the tables and columns, the one-active-call index, the grants of the role it is
 * connected as, and row-level security without a policy for that role (which would silently
 * show no rows). Reads catalogues only.
 */
#ifndef VIDEO_CALL_SCHEMA_H
#define VIDEO_CALL_SCHEMA_H

#include "compiler.h"
#include "database.h"

/* Called for each finding: subject "public.video_calls", remedy one sentence. */
typedef void schema_report(void *context, const char *subject, const char *remedy);

/*
 * Reports each fault and sets *fault_count; 0 means the backend can work. One round trip.
 * Errors are database_run's, and then nothing is reported.
 */
enum database_error schema_check(struct database *database, schema_report *report,
                                 void *context, int *fault_count) MUST_CHECK;

/*
 * The database's clock less this machine's, in milliseconds, to half the time the way there
 * and back takes. Sessions are judged by this machine's clock, calls and tokens by the
 * database's. One round trip. Errors are database_run's.
 */
enum database_error schema_clock_skew(struct database *database,
                                      int64_t *skew_ms) MUST_CHECK NONNULL_ALL;

#endif
