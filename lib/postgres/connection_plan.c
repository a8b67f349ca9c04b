#include "postgres/connection_plan.h"

#include <sys/epoll.h>
#include <unistd.h>

bool connection_plan_open(struct connection_plan *plan,
                          const struct database_options *options) {
    *plan = (struct connection_plan){
        .url = secret_copy(options->url),
        .application_name = options->application_name,
        .hosts = host_list_open(options->url),
        .pipelining = options->pipelining,
        .epoll = epoll_create1(EPOLL_CLOEXEC),
    };
    return plan->url != NULL && plan->hosts != NULL && plan->epoll >= 0;
}

void connection_plan_close(struct connection_plan *plan) {
    if (plan->epoll >= 0)
        (void)close(plan->epoll);
    host_list_close(plan->hosts);
    secret_free(plan->url);
}
