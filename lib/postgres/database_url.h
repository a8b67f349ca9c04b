/*
 * database_url: what a connection string means, found out without connecting.
 *
 * libpq itself reads it, so everything libpq knows counts: a URI or keywords and values,
 * several hosts, a service file (service=, PGSERVICE) and the environment (PGHOST,
 * PGHOSTADDR, PGPORT, PGSSLMODE, …).
 *
 * No message of this module repeats any part of the string: if a password isn't
 * percent-encoded, what libpq takes for the host, port or database is a piece of it.
 */
#ifndef VIDEO_CALL_DATABASE_URL_H
#define VIDEO_CALL_DATABASE_URL_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdbool.h>

#define DATABASE_URL_HOSTS_MAX     16
#define DATABASE_URL_NAME_BYTES    256 /* the longest DNS name and its NUL */
#define DATABASE_URL_ADDRESS_BYTES 64  /* IPv6 with a scope */
#define DATABASE_URL_PORT_BYTES    8

/* libpq's host, hostaddr and port; empty for libpq's default. */
struct database_url_host {
    char name[DATABASE_URL_NAME_BYTES]; /* or a socket's folder, or an address */
    char address[DATABASE_URL_ADDRESS_BYTES];
    char port[DATABASE_URL_PORT_BYTES];
};

/*
 * NULL if libpq can use it, whether or not a server answers. Otherwise what is wrong, to
 * follow its name ("DATABASE_URL …"); static. Refused, besides what libpq refuses: a URI
 * with an @ that neither ends the password nor starts the parameter host, because it is
 * most likely part of the password; more than DATABASE_URL_HOSTS_MAX hosts; texts that
 * don't fit struct database_url_host.
 */
const char *database_url_fault(struct span url) MUST_CHECK;

/*
 * Whether its traffic is safe from eavesdropping and tampering: every host is on this
 * machine, or the server's certificate is verified by name. False if it has a fault.
 */
bool database_url_is_protected(struct span url) MUST_CHECK;

/* Its hosts, in order. Returns how many, at least 1; 0 if it has a fault. */
int database_url_hosts(struct span url,
                       struct database_url_host hosts[static DATABASE_URL_HOSTS_MAX])
    MUST_CHECK;

/* Whether name is a Unix socket's folder, an abstract socket, or empty (libpq's
 * default). */
bool database_url_is_socket(const char *name) MUST_CHECK NONNULL_ALL;

#endif
