/*
 * host_list: the hosts of a connection string, with their addresses, for libpq.
 *
 * libpq resolves host names inside PQconnectStart, and those of further hosts inside
 * PQconnectPoll, which stops a loop for seconds when the resolver is gone. Here each name
 * is resolved beside the loop (see resolver.h), and libpq is given addresses (hostaddr)
 * beside the names (host), by which TLS still verifies the server. Sockets, numeric
 * addresses, and hosts whose hostaddr the string gives need no resolving.
 *
 * Service files and environment variables are read once, when the list is opened.
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
 * Values of libpq's options of these names: as many items each, separated by commas, one
 * for each address of each host.
 */
struct host_list_options {
    char *host, *hostaddr, *port;
};

/*
 * For host_list_close. The URL must have no fault (database_url_fault). NULL when memory is
 * short. Asks no resolver yet.
 */
struct host_list *host_list_open(struct span url) MUST_CHECK;

/* Starts a request for each name that has no fresh answer. */
void host_list_ask(struct host_list *list) NONNULL_ALL;

/*
 * How the requests are getting on; never waits. HAS_ADDRESSES once no name is being looked
 * for any more, or those that are have been for RESOLVER_SILENCE_MS, and there is a host to
 * be tried.
 */
enum resolver_state host_list_look(struct host_list *list) MUST_CHECK NONNULL_ALL;

/* Why the first that cannot be resolved cannot; static, never NULL, and names no host. */
const char *host_list_fault(const struct host_list *list) NONNULL_ALL;

/*
 * Fills options, for host_list_free_options either way, with what there is now: in the
 * order of the hosts, rotated so that the item at `from`, counted around, is the first.
 * Hosts without an address are left out. False when memory is short.
 */
bool host_list_fill_options(const struct host_list *list, unsigned from,
                            struct host_list_options *options) MUST_CHECK NONNULL_ALL;

void host_list_free_options(struct host_list_options *options) NONNULL_ALL;

/* Frees it; NULL is fine. */
void host_list_close(struct host_list *list);

#endif
