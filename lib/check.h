/*
 * check: looks at a deployment before it serves, and says what is wrong and what to do.
 */
#ifndef VIDEO_CALL_CHECK_H
#define VIDEO_CALL_CHECK_H

#include "base/attributes.h"
#include "settings.h"

#include <stdio.h>

enum check_verdict {
    CHECK_OK,
    CHECK_ADVICE, /* it works, and could be better */
    CHECK_FAULT,  /* something will not work */
};

/* Called once for each item: what to do is NULL for OK. */
typedef void check_report(void *context, enum check_verdict verdict, const char *subject,
                          const char *what_to_do);

/* "ok", "advice" or "fault". */
const char *check_verdict_text(enum check_verdict verdict);

/*
 * Looks at identity, Agora's settings, the database, clocks, schema and privileges, and
 * reports each. Settings have been loaded, so their forms are right. Returns the number of
 * faults.
 */
int check_deployment(const struct settings *settings, check_report *report,
                     void *context) MUST_CHECK;

/* The same, printed as a line per item. */
int check_print(const struct settings *settings, FILE *out) MUST_CHECK NONNULL_ALL;

#endif
