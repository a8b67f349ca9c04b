/*
 * call_rules: the rules of a call, each written once, as SQL over a row c of
 * public.video_calls and, where a caller acts, a row a of the access fragment
 * (mentorship.h). Compile-time text: an argument is SQL of ours, never a value.
 *
 * participants is {"instructor": side|null, "mentee": side|null}, a side being
 *     {"discordId", "joinedAt", "leftAt", "lastSeenAt", "hasHeartbeat",
 *      "visits": [{"joinedAt", "leftAt"}],
 *      "agora": {"joinedAt", "leftAt", "visits": [{"joinedAt", "leftAt"}]}}
 * joinedAt is the first join; leftAt is null while the side is there. visits is what the
 * pages said, agora what Agora saw, where it tells; the two are never mixed, so that either
 * can be checked against the other. Times are text of one form (CALL_NOW), which sorts as
 * the times do. Rows of older writers may hold anything, in any form: they are read with
 * care and never break a statement.
 *
 * Only the call_ modules include this.
 */
#ifndef VIDEO_CALL_CALL_RULES_H
#define VIDEO_CALL_CALL_RULES_H

#include "mentorship.h"

/* A number that the preprocessor knows, as SQL. */
#define CALL_TEXT_OF(number)  CALL_TEXT_OF_(number)
#define CALL_TEXT_OF_(number) #number

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

/* Whole seconds from the start to a point in time. */
#define CALL_DURATION(at)                                                                      \
    "greatest(0, floor(extract(epoch FROM " at " - c.start_time)))::int"

/* SET clauses that close a call, as 'ended' or 'failed', at a point in time. */
#define CALL_SET_CLOSED(status, at)                                                            \
    " status = '" status "', end_time = " at ", updated_at = now(),"                           \
    " duration_seconds = " CALL_DURATION(at)

/* What is kept of one side, given as an SQL text; {} where it never joined. */
#define CALL_SIDE(side)                                                                        \
    "CASE WHEN jsonb_typeof(c.participants->(" side ")) = 'object'"                            \
    " THEN c.participants->(" side ") ELSE '{}'::jsonb END"

/* A time of ours in an SQL text; NULL where missing or of another form. */
#define CALL_TIME_TEXT(text)                                                                   \
    "substring(" text                                                                          \
    " FROM '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[.][0-9]{3}Z$')"

/* A time among what is kept of a side: as the pages told it, and as Agora did. */
#define CALL_SIDE_TIME(side, member)                                                           \
    CALL_TIME_TEXT("(c.participants->(" side ")->>'" member "')")
#define CALL_SIDE_AGORA_TIME(side, member)                                                     \
    CALL_TIME_TEXT("(c.participants->(" side ")->'agora'->>'" member "')")

/* The text of now, as participants keeps times, and of a patience before the call's now. */
#define CALL_NOW MENTORSHIP_TIME("now()")
#define CALL_SILENT_SINCE(after_heartbeat_sec)                                                 \
    MENTORSHIP_TIME("coalesce(c.end_time, now()) - interval '1 second' * "                     \
                    after_heartbeat_sec "::int")

/* Whether a side that has sent heartbeats has stopped without a word. */
#define CALL_SIDE_IS_SILENT(side, after_heartbeat_sec)                                         \
    "coalesce(coalesce(c.participants->(" side ")->'hasHeartbeat' = 'true', false)"            \
    " AND " CALL_SIDE_TIME(side, "leftAt") " IS NULL"                                          \
    " AND " CALL_SIDE_TIME(side, "lastSeenAt") " COLLATE \"C\""                                \
    " < " CALL_SILENT_SINCE(after_heartbeat_sec) ", false)"

/*
 * When a side left, as text; NULL while it is there. Its page said so; or Agora saw it go
 * and its page has shown no sign since, but nobody stays longer than the call; or its page
 * fell silent. What most rows do not have is looked for first: a history is many rows.
 */
#define CALL_SIDE_LEFT_AT(side, after_heartbeat_sec)                                           \
    "coalesce(" CALL_SIDE_TIME(side, "leftAt") ","                                             \
    " CASE WHEN coalesce(c.participants->(" side ") ? 'agora', false)"                         \
    " AND " CALL_SIDE_AGORA_TIME(side, "leftAt") " COLLATE \"C\""                              \
    " >= coalesce(" CALL_SIDE_TIME(side, "lastSeenAt") ", '')"                                 \
    " THEN least(" CALL_SIDE_AGORA_TIME(side, "leftAt") " COLLATE \"C\","                      \
    " " MENTORSHIP_TIME("c.end_time") ") END,"                                                 \
    " CASE WHEN " CALL_SIDE_IS_SILENT(side, after_heartbeat_sec)                               \
    " THEN " CALL_SIDE_TIME(side, "lastSeenAt") " END)"

/* Whether a side has ever been there, and whether it is now. */
#define CALL_SIDE_CAME(side)                                                                   \
    "coalesce(jsonb_typeof(c.participants->(" side ")) = 'object', false)"
#define CALL_SIDE_IS_THERE(side, after_heartbeat_sec)                                          \
    "(" CALL_SIDE_CAME(side) " AND " CALL_SIDE_LEFT_AT(side, after_heartbeat_sec) " IS NULL)"

/*
 * What answers show of one side, for call_participant_read. A row of an older writer knows
 * less than ours.
 */
#define CALL_SIDE_FIELDS(side, after_heartbeat_sec)                                            \
    " " CALL_SIDE_CAME("'" side "'") ", a." side "_name,"                                      \
    " CASE WHEN " CALL_SIDE_CAME("'" side "'") " THEN"                                         \
    " coalesce(" CALL_SIDE_TIME("'" side "'", "joinedAt") ","                                  \
    " " CALL_SIDE_AGORA_TIME("'" side "'", "joinedAt") ","                                     \
    " " MENTORSHIP_TIME("c.start_time") ") END,"                                               \
    " CASE WHEN " CALL_SIDE_CAME("'" side "'") " THEN"                                         \
    " coalesce(" CALL_SIDE_LEFT_AT("'" side "'", after_heartbeat_sec) ","                      \
    " " MENTORSHIP_TIME("c.end_time") ") END"

/* The visits a side's pages told of, and how one ends and another begins. */
#define CALL_SIDE_VISITS(side)                                                                 \
    "CASE WHEN jsonb_typeof(c.participants->(" side ")->'visits') = 'array'"                   \
    " THEN c.participants->(" side ")->'visits' ELSE '[]'::jsonb END"
#define CALL_VISITS_ENDED(visits, at) "jsonb_set(" visits ", '{-1,leftAt}', to_jsonb(" at "))"
#define CALL_VISIT_NEW "jsonb_build_object('joinedAt', " CALL_NOW ", 'leftAt', NULL)"

/*
 * One visit more. A page that leaves and comes back without end would make the row, and
 * every write of it, ever larger: the last visit that is kept goes on instead.
 */
#define CALL_VISITS_MOST "200"
#define CALL_VISITS_WITH_NEW(visits)                                                           \
    "CASE WHEN jsonb_array_length(" visits ") < " CALL_VISITS_MOST                             \
    " THEN " visits " || " CALL_VISIT_NEW                                                      \
    " ELSE jsonb_set(" visits ", '{-1,leftAt}', 'null') END"

/* Members of the caller's side. */
#define CALL_SIDE_NEW                                                                          \
    "jsonb_build_object('discordId', $1, 'joinedAt', " CALL_NOW ", 'leftAt', NULL,"            \
    " 'lastSeenAt', " CALL_NOW ", 'visits', jsonb_build_array(" CALL_VISIT_NEW "))"
#define CALL_SIDE_SEEN "jsonb_build_object('discordId', $1, 'lastSeenAt', " CALL_NOW ")"
#define CALL_SIDE_BACK(visits)                                                                 \
    "jsonb_build_object('discordId', $1, 'leftAt', NULL, 'lastSeenAt', " CALL_NOW ","          \
    " 'visits', " CALL_VISITS_WITH_NEW(visits) ")"

/*
 * The caller's side once its page has shown that it is there: for the first time, again
 * after a leave or a silence, which begins a new visit, or once more (a retry, a second
 * tab), which begins none.
 */
#define CALL_SIDE_JOINED(after_heartbeat_sec)                                                  \
    CALL_SIDE("a.role") " || CASE"                                                             \
    " WHEN " CALL_SIDE_TIME("a.role", "joinedAt") " IS NULL THEN " CALL_SIDE_NEW               \
    " WHEN c.participants->a.role->>'leftAt' IS NOT NULL"                                      \
    " THEN " CALL_SIDE_BACK(CALL_SIDE_VISITS("a.role"))                                        \
    " WHEN " CALL_SIDE_IS_SILENT("a.role", after_heartbeat_sec)                                \
    " THEN " CALL_SIDE_BACK(CALL_VISITS_ENDED(CALL_SIDE_VISITS("a.role"),                      \
                            CALL_SIDE_TIME("a.role", "lastSeenAt")))                           \
    " ELSE " CALL_SIDE_SEEN " END"

/*
 * The caller's side after a heartbeat. It joins nobody who never came. One that overtakes
 * the same page's leave, or is overtaken by it, brings nobody back; one that comes later is
 * another page of the same person's.
 */
#define CALL_SIDE_BEATEN(after_heartbeat_sec)                                                  \
    "CASE WHEN " CALL_SIDE_TIME("a.role", "joinedAt") " IS NULL"                               \
    " OR " CALL_SIDE_TIME("a.role", "leftAt") " COLLATE \"C\""                                 \
    " > " MENTORSHIP_TIME("now() - interval '10 seconds'")                                     \
    " THEN c.participants->a.role"                                                             \
    " ELSE " CALL_SIDE_JOINED(after_heartbeat_sec)                                             \
    " || jsonb_build_object('hasHeartbeat', true) END"

/* The caller's side after a leave; one that never came, or has left already, stays so. */
#define CALL_SIDE_LEFT                                                                         \
    "CASE WHEN " CALL_SIDE_TIME("a.role", "joinedAt") " IS NULL"                               \
    " OR c.participants->a.role->>'leftAt' IS NOT NULL"                                        \
    " THEN c.participants->a.role"                                                             \
    " ELSE " CALL_SIDE("a.role") " || jsonb_build_object('leftAt', " CALL_NOW ","              \
    " 'lastSeenAt', " CALL_NOW ", 'visits', "                                                  \
    CALL_VISITS_ENDED(CALL_SIDE_VISITS("a.role"), CALL_NOW) ") END"

/* participants with another side in the caller's place. */
#define CALL_PARTICIPANTS_WITH(side)                                                           \
    "jsonb_build_object('instructor', NULL, 'mentee', NULL)"                                   \
    " || CASE WHEN jsonb_typeof(c.participants) = 'object' THEN c.participants"                \
    " ELSE '{}'::jsonb END || jsonb_build_object(a.role, " side ")"

/* clang-format on */

#endif
