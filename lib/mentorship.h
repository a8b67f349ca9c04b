/*
 * mentorship: who may do what in which mentorship.
 *
 * It owns the one SQL fragment that answers this. Every statement of the call ledger begins
 * with that fragment, so that the permission and the deed are one round trip and one
 * snapshot. On its own it serves the token: the right to join, and the database's clock.
 *
 * A person who is both instructor and mentee of one mentorship is its instructor.
 */
#ifndef VIDEO_CALL_MENTORSHIP_H
#define VIDEO_CALL_MENTORSHIP_H

#include "compiler.h"
#include "database.h"
#include "uuid.h"

#define MENTORSHIP_TIME_BYTES 25 /* 2026-01-31T18:04:05.123Z and its NUL */

enum mentorship_error {
    MENTORSHIP_OK = 0,
    MENTORSHIP_E_NOT_FOUND,       /* there is no such mentorship */
    MENTORSHIP_E_NOT_PARTICIPANT, /* the caller is neither its instructor nor its mentee */
    MENTORSHIP_E_NOT_ACTIVE,      /* it has ended or was cancelled */
    MENTORSHIP_E_UNAVAILABLE,     /* the database did not answer in time */
    MENTORSHIP_E_DATABASE,        /* the database answered with an error; see the log */
};

enum mentorship_role {
    MENTORSHIP_NOBODY,
    MENTORSHIP_INSTRUCTOR,
    MENTORSHIP_MENTEE,
};

struct mentorship_access {
    enum mentorship_role role;
    int64_t now_sec;                        /* the database's clock, seconds since 1970 */
    char expires_at[MENTORSHIP_TIME_BYTES]; /* now + the lifetime asked for */
};

/*
 * SQL, opens a statement: WITH access AS (…), a row per mentorship that meets the
 * condition, mentorship_id uuid, status (the portal's own), is_active bool, instructor_id
 * uuid, mentee_id uuid, role text ('instructor' | 'mentee' | NULL), instructor_name text,
 * mentee_name text for the caller $1 (a Discord id). The parameter label is
 * database_label's, by which the server shows whose work this is: for this statement only,
 * and before it looks at anything. Compile-time text only: a condition never holds anything
 * from outside.
 */
/* clang-format off */
#define MENTORSHIP_ACCESS(label, condition)                                                    \
    "WITH access AS ("                                                                         \
    " SELECT m.id AS mentorship_id, m.status, m.status = 'active' AS is_active,"               \
    " m.instructor_id, m.mentee_id,"                                                           \
    " CASE WHEN i.discord_id = $1 THEN 'instructor'"                                           \
    " WHEN e.discord_id = $1 THEN 'mentee' END AS role,"                                       \
    " i.name AS instructor_name,"                                                              \
    " coalesce(e.display_name, e.discord_username) AS mentee_name"                             \
    " FROM public.mentorships m"                                                               \
    " LEFT JOIN public.instructors i ON i.id = m.instructor_id"                                \
    " LEFT JOIN public.mentees e ON e.id = m.mentee_id"                                        \
    " WHERE (SELECT pg_catalog.set_config('application_name', " label "::text, true)) <> ''"   \
    " AND (" condition "))"

/* The conditions: one mentorship, that of one call, all of the caller's (by index). */
#define MENTORSHIP_IS(id_parameter) "m.id = " id_parameter "::uuid"
#define MENTORSHIP_OF_CALL(call_id_parameter)                                                  \
    "m.id = (SELECT c.mentorship_id FROM public.video_calls c"                                 \
    " WHERE c.id = " call_id_parameter "::uuid)"
#define MENTORSHIP_OF_CALLER                                                                   \
    "m.instructor_id = ANY (ARRAY("                                                            \
    "SELECT id FROM public.instructors WHERE discord_id = $1))"                                \
    " OR m.mentee_id = ANY (ARRAY("                                                            \
    "SELECT id FROM public.mentees WHERE discord_id = $1))"

/* SQL: a point in time as every answer shows it, RFC 3339 in UTC with milliseconds. */
#define MENTORSHIP_TIME(timestamptz_expression)                                                \
    "to_char((" timestamptz_expression ") AT TIME ZONE 'UTC',"                                 \
    " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"
/* clang-format on */

const char *mentorship_error_text(enum mentorship_error error);

/* "instructor" or "mentee"; "nobody" for neither. */
const char *mentorship_role_text(enum mentorship_role role);
/* The reverse, for what SQL answers; NULL is nobody. */
enum mentorship_role mentorship_role_of_text(const char *text);

/* How a database failure looks from here: UNAVAILABLE or DATABASE. */
enum mentorship_error mentorship_error_of_database(enum database_error error);

/*
 * Whether the caller may join a call of this mentorship now, and as what; fills access for
 * OK only. lifetime_sec is what expires_at is computed from. One round trip.
 * Errors: NOT_FOUND, NOT_PARTICIPANT, NOT_ACTIVE, UNAVAILABLE, DATABASE.
 */
enum mentorship_error
mentorship_authorise(struct database *database, const char *discord_id,
                     const struct uuid *mentorship_id, long lifetime_sec,
                     struct mentorship_access *access) MUST_CHECK NONNULL_ALL;

#endif
