/*
 * host_list: the hosts of a connection string and their addresses, for libpq.
 *
 * libpq resolves host names inside PQconnectStart, and those of further hosts inside
 * PQconnectPoll, which blocks a loop for seconds when the resolver is down. Here each name
 * is resolved outside the loop (see resolver.h), and libpq gets addresses (hostaddr) along
 * with the names (host), which TLS still verifies the server by. Sockets, numeric
 * addresses, and hosts with a hostaddr in the string need no lookup.
 *
 * Service file and environment are read once, when the list is opened.
 *
 * Not thread-safe. Open it after fork().
 */
#ifndef VIDEO_CALL_HOST_LIST_H
#define VIDEO_CALL_HOST_LIST_H

#include "base/attributes.h"
#include "base/span.h"
#include "postgres/resolver.h"

#include <stdbool.h>

struct host_list;

/*
 * Values for libpq's options of the same names: comma-separated, with one item in each for
 * every address of every host.
 */
struct host_list_options {
    char *host, *hostaddr, *port;
};

/*
 * For host_list_close; NULL if out of memory. The URL must have no fault
 * (database_url_fault). Starts no lookup yet.
 */
struct host_list *host_list_open(struct span url) MUST_CHECK;

/* Starts a lookup for each name without a fresh answer. */
void host_list_ask(struct host_list *list) NONNULL_ALL;

/*
 * The state of the lookups; never waits. HAS_ADDRESSES once there is a host to try and
 * every lookup has ended or been under way for RESOLVER_SILENCE_MS.
 */
enum resolver_state host_list_look(struct host_list *list) MUST_CHECK NONNULL_ALL;

/* Why the first name without an address can't be resolved; static, never NULL, names no
 * host. */
const char *host_list_fault(const struct host_list *list) NONNULL_ALL;

/*
 * Fills options with the current addresses, in the order of the hosts, rotated so that the
 * item at `from` (modulo their number) comes first. Hosts without an address are left out.
 * False if out of memory; call host_list_free_options even then.
 */
bool host_list_fill_options(const struct host_list *list, unsigned from,
                            struct host_list_options *options) MUST_CHECK NONNULL_ALL;

void host_list_free_options(struct host_list_options *options) NONNULL_ALL;

/* Frees it; NULL is fine. */
void host_list_close(struct host_list *list);

#endif
