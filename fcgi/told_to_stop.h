/*
 * told_to_stop: how a child of the pool learns that it is to end.
 *
 * SIGTERM and SIGINT are blocked but for while the child waits in ppoll, so that what it
 * has begun is finished; SIGHUP is the parent's alone.
 */
#ifndef VIDEO_CALL_TOLD_TO_STOP_H
#define VIDEO_CALL_TOLD_TO_STOP_H

#include <stdbool.h>

/* Before FCGX_Init, which leaves alone what is neither default nor ignored. */
void told_to_stop_listen(void);

/* Whether one of the two has come. */
bool told_to_stop(void);

#endif
