#include "stop_signal.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t was_received;

static void on_stop(int signal_number) {
    (void)signal_number;
    was_received = 1;
}

void stop_signal_listen(void) {
    struct sigaction stop = {.sa_handler = on_stop};
    struct sigaction ignore = {.sa_handler = SIG_IGN};

    (void)sigaction(SIGTERM, &stop, NULL);
    (void)sigaction(SIGINT, &stop, NULL);
    (void)sigaction(SIGHUP, &ignore, NULL);
}

bool stop_signal_received(void) {
    return was_received != 0;
}
