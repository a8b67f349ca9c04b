/*
 * check: looks at a deployment before it serves, and says what is wrong and what to do.
 */
#ifndef VIDEO_CALL_CHECK_H
#define VIDEO_CALL_CHECK_H

#include "compiler.h"
#include "settings.h"

#include <stdio.h>

/*
 * Prints a line per item, "ok" or what is wrong: identity, Agora settings, database, schema
 * and grants. Settings have been loaded, so their forms are right. Returns the number of
 * faults.
 */
int check_deployment(const struct settings *settings, FILE *out) NONNULL_ALL;

#endif
