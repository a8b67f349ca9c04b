/*
 * stop_signal: tells a child of the pool that it must stop.
 *
 * SIGTERM and SIGINT are blocked except while the child waits in epoll_pwait or ppoll, so
 * it finishes what it has started. It ignores SIGHUP, which is for the parent.
 */
#ifndef VIDEO_CALL_STOP_SIGNAL_H
#define VIDEO_CALL_STOP_SIGNAL_H

#include <stdbool.h>

/* Installs the handlers. Call it before FCGX_Init, which leaves existing ones alone. */
void stop_signal_listen(void);

/* Whether SIGTERM or SIGINT has arrived. */
bool stop_signal_received(void);

#endif
