/*
 * database_url: what a connection string says, found out without connecting.
 *
 * It is libpq that reads it, so that everything libpq knows counts: a URI or keywords and
 * values, several hosts, a service file (service=, PGSERVICE) and the environment (PGHOST,
 * PGHOSTADDR, PGPORT, PGSSLMODE, …).
 *
 * No text of this module repeats any part of the string: where a password isn't
 * percent-encoded, what libpq takes for host, port or database is a piece of it.
 */
#ifndef VIDEO_CALL_DATABASE_URL_H
#define VIDEO_CALL_DATABASE_URL_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdbool.h>

#define DATABASE_URL_HOSTS_MOST    16
#define DATABASE_URL_NAME_BYTES    256 /* the longest name of DNS, and its NUL */
#define DATABASE_URL_ADDRESS_BYTES 64  /* IPv6 with a scope */
#define DATABASE_URL_PORT_BYTES    8

/* As libpq's host, hostaddr and port; empty where libpq shall take its default. */
struct database_url_host {
    char name[DATABASE_URL_NAME_BYTES]; /* also the folder of a socket, or an address */
    char address[DATABASE_URL_ADDRESS_BYTES];
    char port[DATABASE_URL_PORT_BYTES];
};

/*
 * NULL where libpq can use it, which says nothing about whether anybody answers. Otherwise
 * what is wrong, to be put behind its name ("DATABASE_URL …"); static. Refused, besides
 * what libpq refuses: a URI with an @ that is neither behind the password nor at the
 * beginning of the parameter host, because it is most likely a part of the password; more
 * than DATABASE_URL_HOSTS_MOST hosts; texts that don't fit struct database_url_host.
 */
const char *database_url_fault(struct span url) MUST_CHECK;

/*
 * Whether nobody on the way can read or replace what goes over it: with each of its hosts
 * it stays on this machine, or the server's certificate is verified by name. False where it
 * has a fault.
 */
bool database_url_is_protected(struct span url) MUST_CHECK;

/* Its hosts, in its order. Returns how many, at least 1; 0 where it has a fault. */
int database_url_hosts(struct span url,
                       struct database_url_host hosts[static DATABASE_URL_HOSTS_MOST])
    MUST_CHECK;

/* Whether it is a unix socket's folder, an abstract socket, or empty: libpq's default. */
bool database_url_is_socket(const char *name) MUST_CHECK NONNULL_ALL;

#endif
