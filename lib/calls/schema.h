/*
 * schema: checks whether the database fits this program before any request is served.
 *
 * The program and the SQL are two halves of one release. The program names the version of
 * the functions it was written for; later versions work too.
 */
#ifndef VIDEO_CALL_SCHEMA_H
#define VIDEO_CALL_SCHEMA_H

#include "base/attributes.h"
#include "postgres/ask.h"
#include "postgres/result.h"

#include <stdint.h>

/* The lowest video_call.version() this program works with. */
#define SCHEMA_VERSION 2

enum schema_finding {
    SCHEMA_MISSING, /* requests fail until it is fixed */
    SCHEMA_EXPOSED, /* it works, but someone has more access than they should */
};

/* Called for each finding: subject such as "public.video_calls", remedy one sentence. */
typedef void schema_report(void *context, enum schema_finding finding, const char *subject,
                           const char *remedy);

/* How many findings of each kind were reported. */
struct schema_summary {
    int missing, exposed;
};

void schema_check_ask(struct ask *ask) NONNULL_ALL;

/*
 * Reports each finding; fills summary on OK only. A schema that is missing or too old is a
 * finding. Errors: those of the result, except SCHEMA and PERMISSION.
 */
enum database_error schema_check_read(const struct result *result, schema_report *report,
                                      void *context,
                                      struct schema_summary *summary) MUST_CHECK;

/*
 * The database's clock, in milliseconds since 1970. Sessions expire by this machine's
 * clock, calls and tokens by the database's. Errors: those of the result.
 */
void schema_clock_ask(struct ask *ask) NONNULL_ALL;
enum database_error schema_clock_read(const struct result *result,
                                      int64_t *clock_ms) MUST_CHECK NONNULL_ALL;

#endif
