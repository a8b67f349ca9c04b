/*
 * database_url: what can be known of a connection string without connecting.
 */
#ifndef VIDEO_CALL_DATABASE_URL_H
#define VIDEO_CALL_DATABASE_URL_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdbool.h>

#define DATABASE_URL_HOST_BYTES 256 /* the longest name of DNS, and its NUL */

/* Whether libpq can parse it; says nothing about whether anybody answers. */
bool database_is_url(struct span url) MUST_CHECK;

/*
 * Whether nobody on the way can read or replace what goes over it: it stays on this
 * machine, or the server's certificate is verified by name. False where it cannot be
 * parsed.
 */
bool database_url_is_protected(struct span url) MUST_CHECK;

/*
 * The one host name that libpq would have to resolve. False, and host empty: there is none
 * (a socket's path, a numeric address, hostaddr), or it is left to libpq (several hosts, a
 * service file).
 */
bool database_url_host_to_resolve(struct span url,
                                  char host[static DATABASE_URL_HOST_BYTES]) MUST_CHECK;

/* Whether host and port can be ones; false is always a torn password. */
bool database_url_is_usable(struct span url) MUST_CHECK;

/*
 * Whether a password that was not percent-encoded seems to have been taken for something
 * else: then host, port and database may be pieces of it, which must not be shown.
 */
bool database_url_looks_torn(struct span url) MUST_CHECK;

/*
 * What may be shown of libpq's reason for a failed attempt: it names the host, which may be
 * a piece of the password. Returns reason, or a static text in its place.
 */
const char *database_url_fault(bool looks_torn, const char *reason) NONNULL_ALL;

#endif
