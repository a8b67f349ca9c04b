#include "postgres/connection_plan.h"

#include <sys/epoll.h>
#include <unistd.h>

bool connection_plan_open(struct connection_plan *plan,
                          const struct database_options *options) {
    char host[DATABASE_URL_HOST_BYTES];
    bool has_name = database_url_host_to_resolve(options->url, host);

    *plan = (struct connection_plan){
        .url = secret_copy(options->url),
        .application_name = options->application_name,
        .resolver = has_name ? resolver_open(host) : NULL,
        .looks_torn = database_url_looks_torn(options->url),
        .is_usable = database_url_is_usable(options->url),
        .pipelining = options->pipelining,
        .epoll = epoll_create1(EPOLL_CLOEXEC),
    };
    return plan->url != NULL && plan->epoll >= 0 && (!has_name || plan->resolver != NULL);
}

void connection_plan_close(struct connection_plan *plan) {
    if (plan->epoll >= 0)
        (void)close(plan->epoll);
    resolver_close(plan->resolver);
    secret_free(plan->url);
}
