/*
 * stop_signal: how a child of the pool learns that it is to end.
 *
 * SIGTERM and SIGINT are blocked but for while the child waits in ppoll, so that what it
 * has begun is finished; SIGHUP is the parent's alone.
 */
#ifndef VIDEO_CALL_STOP_SIGNAL_H
#define VIDEO_CALL_STOP_SIGNAL_H

#include <stdbool.h>

/* Before FCGX_Init, which leaves alone what is neither default nor ignored. */
void stop_signal_listen(void);

/* Whether one of the two has come. */
bool stop_signal_received(void);

#endif
