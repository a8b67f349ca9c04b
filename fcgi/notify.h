/*
 * notify: tells systemd how the service is doing (sd_notify(3)), without its library. Does
 * nothing where NOTIFY_SOCKET is not set.
 */
#ifndef VIDEO_CALL_NOTIFY_H
#define VIDEO_CALL_NOTIFY_H

#include "compiler.h"

/* Sends one state, such as "READY=1" or "STOPPING=1". Never waits, never fails aloud. */
void notify_send(const char *state) NONNULL_ALL;

#endif
