/*
 * call_rules: the rules of a call, each written once, as SQL over a row c of
 * public.video_calls and, where a caller acts, a row a of the access fragment
 * (mentorship.h). Compile-time text: an argument is SQL of ours, never a value.
 *
 * participants is {"instructor": side|null, "mentee": side|null}, a side being
 *     {"discordId", "joinedAt", "leftAt", "lastSeenAt", "visits": [{"joinedAt", "leftAt"}]}
 * joinedAt is the first join; leftAt is null while the side is there. Rows of older writers
 * may hold anything, in any form: they are read with care and never break a statement.
 *
 * Only call_ledger and call_history include this.
 */
#ifndef VIDEO_CALL_CALL_RULES_H
#define VIDEO_CALL_CALL_RULES_H

#include "mentorship.h"

/* clang-format off */

/* The last sign of life; a row of an older writer shows none but its start. */
#define CALL_LAST_SIGN "coalesce(c.last_sign_at, c.start_time)"

/*
 * The one rule of staleness, by two patiences in seconds. It is negated as a whole where a
 * call must be alive, so that the two never both hold.
 */
#define CALL_IS_STALE(after_heartbeat_sec, without_heartbeat_sec)                              \
    "(" CALL_LAST_SIGN " < now() - interval '1 second'"                                        \
    " * CASE WHEN c.heartbeat_at IS NULL THEN " without_heartbeat_sec "::int"                  \
    " ELSE " after_heartbeat_sec "::int END)"

/* SET clauses that close a call, as 'ended' or 'failed', at a point in time. */
#define CALL_SET_CLOSED(status, at)                                                            \
    " status = '" status "', end_time = " at ", updated_at = now(),"                           \
    " duration_seconds = greatest(0, floor(extract(epoch FROM " at " - c.start_time)))::int"

/* What is kept of one side, given as an SQL text; {} where it never joined. */
#define CALL_SIDE(side)                                                                        \
    "CASE WHEN jsonb_typeof(c.participants->(" side ")) = 'object'"                            \
    " THEN c.participants->(" side ") ELSE '{}'::jsonb END"

/* A time of ours among what is kept, as text; NULL where missing or of another form. */
#define CALL_SIDE_TIME(side, member)                                                           \
    "substring(c.participants->(" side ")->>'" member "'"                                      \
    " FROM '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$')"

/* The text of now, as participants keeps times. */
#define CALL_NOW MENTORSHIP_TIME("now()")

/* The side of a caller who comes for the first time. */
#define CALL_SIDE_NEW                                                                          \
    "jsonb_build_object('discordId', $1, 'joinedAt', " CALL_NOW ", 'leftAt', NULL,"            \
    " 'lastSeenAt', " CALL_NOW ", 'visits', jsonb_build_array("                                \
    "jsonb_build_object('joinedAt', " CALL_NOW ", 'leftAt', NULL)))"

/*
 * participants once the caller has come: again, for the first time, or once more although
 * already there (a retry, a second tab), which begins no new visit.
 */
#define CALL_PARTICIPANTS_JOINED                                                               \
    "jsonb_build_object('instructor', NULL, 'mentee', NULL)"                                   \
    " || CASE WHEN jsonb_typeof(c.participants) = 'object' THEN c.participants"                \
    " ELSE '{}'::jsonb END"                                                                    \
    " || jsonb_build_object(a.role,"                                                           \
    " CASE WHEN " CALL_SIDE_TIME("a.role", "joinedAt") " IS NULL THEN " CALL_SIDE_NEW          \
    " WHEN c.participants->a.role->>'leftAt' IS NULL THEN " CALL_SIDE("a.role")                \
    " || jsonb_build_object('discordId', $1, 'lastSeenAt', " CALL_NOW ")"                      \
    " ELSE " CALL_SIDE("a.role")                                                               \
    " || jsonb_build_object('discordId', $1, 'leftAt', NULL, 'lastSeenAt', " CALL_NOW ","      \
    " 'visits', CASE WHEN jsonb_typeof(c.participants->a.role->'visits') = 'array'"            \
    " THEN c.participants->a.role->'visits' ELSE '[]'::jsonb END"                              \
    " || jsonb_build_object('joinedAt', " CALL_NOW ", 'leftAt', NULL)) END)"

/* clang-format on */

#endif
