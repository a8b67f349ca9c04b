/*
 * check: finds what is wrong with a deployment, and says what to do about it.
 */
#ifndef VIDEO_CALL_CHECK_H
#define VIDEO_CALL_CHECK_H

#include "base/attributes.h"
#include "settings.h"

#include <stdio.h>

enum check_verdict {
    CHECK_OK,
    CHECK_WARNING, /* it works, but is weak or incomplete */
    CHECK_FAULT,   /* something won't work, or the ledger is exposed */
};

#define CHECK_TEXT_BYTES 512

/* Called once for each item; what_to_do is NULL for OK. */
typedef void check_report(void *context, enum check_verdict verdict, const char *subject,
                          const char *what_to_do);

/* "ok", "warning" or "fault". */
const char *check_verdict_text(enum check_verdict verdict);

/*
 * Checks the keys that identify callers, secrets, Agora's settings, the socket and the
 * files of DATABASE_URL, and the database with its clock, schema and privileges, and
 * reports each item. As root it checks whether nginx's user and the service's can open the
 * socket and the files, not whether root can. Returns the number of faults; warnings don't
 * count.
 */
int check_deployment(const struct settings *settings, check_report *report,
                     void *context) MUST_CHECK;

/*
 * False if this process is root, the socket "unix:PATH" exists and nginx's user (www-data,
 * or nginx) can't connect to it; text then says why. True for tcp: addresses, and if it
 * can't be known.
 */
bool check_socket_is_reachable(const char *listen,
                               char text[static CHECK_TEXT_BYTES]) MUST_CHECK;

/* The same, printed as one line per item. */
int check_print(const struct settings *settings, FILE *out) MUST_CHECK NONNULL_ALL;

#endif
