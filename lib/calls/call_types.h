/*
 * call_types: types shared by the asks about calls.
 */
#ifndef VIDEO_CALL_CALL_TYPES_H
#define VIDEO_CALL_CALL_TYPES_H

#include "base/attributes.h"
#include "base/uuid.h"

#include <stdbool.h>

#define CALL_ID_BYTES     (UUID_TEXT_BYTES + 1)
#define CALL_TIME_BYTES   25 /* 2026-01-31T18:04:05.123Z and its NUL */
#define CALL_STATUS_BYTES 16 /* active | ended | failed */

/* Who sends the request. */
struct call_caller {
    const char *discord_id;
    const char *label; /* shown in pg_stat_activity, such as the request id */
};

/* How long a call or participant may show no sign of life before it counts as gone. */
struct call_patience {
    long after_heartbeat_sec;   /* if there was ever a heartbeat */
    long without_heartbeat_sec; /* if the pages send none */
};

enum call_role {
    CALL_ROLE_NONE,
    CALL_ROLE_INSTRUCTOR,
    CALL_ROLE_MENTEE,
};

/* "instructor", "mentee" or "nobody". */
const char *call_role_text(enum call_role role);
/* The reverse, for a column of a result; NULL or another word is NONE. */
enum call_role call_role_of_text(const char *text);

#endif
