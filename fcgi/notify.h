/*
 * notify: tells systemd how the service is doing (sd_notify(3)), without its library. Does
 * nothing where NOTIFY_SOCKET is not set.
 */
#ifndef VIDEO_CALL_NOTIFY_H
#define VIDEO_CALL_NOTIFY_H

#include "base/attributes.h"

#include <stdint.h>

/* Sends one state, such as "READY=1" or "STOPPING=1". Never waits, never fails aloud. */
void notify_send(const char *state) NONNULL_ALL;

/*
 * How often "WATCHDOG=1" is to be sent: half of what systemd allows this process
 * (WATCHDOG_USEC, WATCHDOG_PID, sd_watchdog_enabled(3)); 0 where it does not watch.
 */
int64_t notify_watchdog_interval_ms(void) MUST_CHECK;

#endif
