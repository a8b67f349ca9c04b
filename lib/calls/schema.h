/*
 * schema: whether the database fits this program, said before a request meets it.
 *
 * Program and SQL are two halves of one release. The program names the version of the
 * functions it was written for; a later one serves it, too.
 */
#ifndef VIDEO_CALL_SCHEMA_H
#define VIDEO_CALL_SCHEMA_H

#include "base/attributes.h"
#include "postgres/ask.h"
#include "postgres/result.h"

#include <stdint.h>

/* What video_call.version() must say at least. */
#define SCHEMA_VERSION 2

enum schema_finding {
    SCHEMA_MISSING, /* nothing can be served until it is there */
    SCHEMA_EXPOSED, /* it works, and somebody may do more than they should */
};

/* Called for each finding: subject "public.video_calls", remedy one sentence. */
typedef void schema_report(void *context, enum schema_finding finding, const char *subject,
                           const char *remedy);

/* How many findings of each kind were reported. */
struct schema_summary {
    int missing, exposed;
};

void schema_check_ask(struct ask *ask) NONNULL_ALL;

/*
 * Reports each finding; fills summary for OK only. A schema that is missing or too old is a
 * finding. Errors: those of the result, but SCHEMA and PERMISSION.
 */
enum database_error schema_check_read(const struct result *result, schema_report *report,
                                      void *context,
                                      struct schema_summary *summary) MUST_CHECK;

/*
 * The database's clock, in milliseconds since 1970. Sessions are judged by this machine's,
 * calls and tokens by the database's. Errors: those of the result.
 */
void schema_clock_ask(struct ask *ask) NONNULL_ALL;
enum database_error schema_clock_read(const struct result *result,
                                      int64_t *clock_ms) MUST_CHECK NONNULL_ALL;

#endif
