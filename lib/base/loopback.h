/*
 * loopback: whether a host is this machine, so that nobody can eavesdrop on the way.
 */
#ifndef VIDEO_CALL_LOOPBACK_H
#define VIDEO_CALL_LOOPBACK_H

#include "base/attributes.h"

#include <stdbool.h>

/* True for localhost, 127.0.0.0/8 and ::1. Looks up no name. */
bool loopback_is_host(const char *host) MUST_CHECK NONNULL_ALL;

#endif
