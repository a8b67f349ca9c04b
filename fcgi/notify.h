/*
 * notify: tells systemd the state of the service (sd_notify(3)), without libsystemd. Does
 * nothing unless NOTIFY_SOCKET is set.
 */
#ifndef VIDEO_CALL_NOTIFY_H
#define VIDEO_CALL_NOTIFY_H

#include "base/attributes.h"

#include <stdint.h>

/* Sends one state, such as "READY=1" or "STOPPING=1". Never blocks; ignores errors. */
void notify_send(const char *state) NONNULL_ALL;

/*
 * How often to send "WATCHDOG=1": half the time that systemd allows this process
 * (WATCHDOG_USEC, WATCHDOG_PID, sd_watchdog_enabled(3)); 0 without a watchdog.
 */
int64_t notify_watchdog_interval_ms(void) MUST_CHECK;

#endif
