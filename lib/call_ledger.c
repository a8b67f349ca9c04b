#include "call_ledger.h"

#include "call_rules.h"

#include <stdio.h>

/* clang-format off */

/*
 * ON CONFLICT sees the row of a start that committed a moment ago, which this statement's
 * own snapshot does not: so any number of simultaneous starts get the same row. The INSERT
 * reads the count of `closed` so that the stale call is closed before it. `joined` and
 * `opened` exclude each other; a mentee who may not open only joins. xmax is 0 in a row
 * just inserted.
 */
static const struct database_statement START = {
    .name = "call_ledger_start",
    .sql = MENTORSHIP_ACCESS(MENTORSHIP_IS("$2"))
        ", entitled AS ("
        " SELECT *, role = 'instructor' OR $5::bool AS may_open FROM access"
        " WHERE role IS NOT NULL AND is_active"
        "), closed AS ("
        " UPDATE public.video_calls c SET " CALL_SET_CLOSED("failed", CALL_LAST_SIGN)
        " FROM entitled a"
        " WHERE c.mentorship_id = a.mentorship_id AND c.status = 'active'"
        " AND " CALL_IS_STALE("$3", "$4")
        " RETURNING c.id"
        "), joined AS ("
        " UPDATE public.video_calls c SET last_sign_at = now(), updated_at = now(),"
        " participants = " CALL_PARTICIPANTS_JOINED
        " FROM entitled a"
        " WHERE NOT a.may_open"
        " AND c.mentorship_id = a.mentorship_id AND c.status = 'active'"
        " AND NOT " CALL_IS_STALE("$3", "$4")
        " RETURNING c.id, c.start_time, true AS resumed"
        "), opened AS ("
        " INSERT INTO public.video_calls AS c (mentorship_id, instructor_id, mentee_id,"
        " start_time, status, participants, last_sign_at, created_at, updated_at)"
        " SELECT a.mentorship_id, a.instructor_id, a.mentee_id, now(), 'active',"
        " jsonb_build_object('instructor', NULL, 'mentee', NULL)"
        " || jsonb_build_object(a.role, " CALL_SIDE_NEW "), now(), now(), now()"
        " FROM entitled a, (SELECT count(*) AS closed_count FROM closed) AS before"
        " WHERE a.may_open AND before.closed_count >= 0"
        " ON CONFLICT (mentorship_id) WHERE status = 'active' DO UPDATE SET"
        " last_sign_at = now(), updated_at = now(),"
        " participants = (SELECT " CALL_PARTICIPANTS_JOINED " FROM entitled a)"
        " RETURNING c.id, c.start_time, c.xmax <> 0 AS resumed"
        "), call AS (SELECT * FROM joined UNION ALL SELECT * FROM opened)"
        " SELECT a.role, a.is_active, call.id, " MENTORSHIP_TIME("call.start_time") ","
        " call.resumed FROM access a LEFT JOIN call ON true",
    .parameter_count = 5,
    .field_count = 5,
};

enum start_field { START_ROLE, START_IS_ACTIVE, START_CALL_ID, START_TIME, START_RESUMED };

/*
 * The caller's call, locked, so that what a simultaneous statement has just written is seen
 * and not this statement's older snapshot.
 */
#define CALL_OF_CALLER                                                                         \
    MENTORSHIP_ACCESS(MENTORSHIP_OF_CALL("$2"))                                                \
    ", call AS (SELECT c.* FROM public.video_calls c, access a"                                \
    " WHERE c.id = $2::uuid AND a.role IS NOT NULL FOR NO KEY UPDATE OF c)"

static const struct database_statement END = {
    .name = "call_ledger_end",
    .sql = CALL_OF_CALLER
        ", ended AS ("
        " UPDATE public.video_calls c SET " CALL_SET_CLOSED("ended", "now()")
        " FROM call WHERE c.id = call.id AND call.status = 'active'"
        " RETURNING c.end_time, c.duration_seconds"
        ") SELECT a.role, " MENTORSHIP_TIME("coalesce(e.end_time, call.end_time)") ","
        " coalesce(e.duration_seconds, call.duration_seconds), a.mentorship_id"
        " FROM access a LEFT JOIN call ON true LEFT JOIN ended e ON true",
    .parameter_count = 2,
    .field_count = 4,
};

enum end_field { END_ROLE, END_TIME, END_DURATION, END_MENTORSHIP_ID };

/* clang-format on */

const char *call_ledger_error_text(enum call_ledger_error error) {
    switch (error) {
    case CALL_LEDGER_OK:
        return "ok";
    case CALL_LEDGER_E_MENTORSHIP_NOT_FOUND:
        return "there is no such mentorship";
    case CALL_LEDGER_E_NOT_PARTICIPANT:
        return "the caller does not belong to the mentorship";
    case CALL_LEDGER_E_NOT_ACTIVE:
        return "the mentorship is not active";
    case CALL_LEDGER_E_CALL_NOT_FOUND:
        return "there is no such call";
    case CALL_LEDGER_E_NOT_STARTED:
        return "no call is active";
    case CALL_LEDGER_E_UNAVAILABLE:
        return "the database did not answer in time";
    case CALL_LEDGER_E_DATABASE:
        return "the database answered with an error";
    }
    return "unknown call ledger error";
}

static enum call_ledger_error error_of_database(enum database_error error) {
    if (error == DATABASE_OK)
        return CALL_LEDGER_OK;
    if (error == DATABASE_E_UNAVAILABLE || error == DATABASE_E_TIMEOUT)
        return CALL_LEDGER_E_UNAVAILABLE;
    return CALL_LEDGER_E_DATABASE;
}

/* The verdict that every answer begins with; not_found is what no row means. */
static enum call_ledger_error judge_access(const struct database_answer *answer,
                                           enum call_ledger_error not_found) {
    if (database_answer_rows(answer) == 0)
        return not_found;
    if (database_answer_text(answer, 0, 0) == NULL)
        return CALL_LEDGER_E_NOT_PARTICIPANT;
    return CALL_LEDGER_OK;
}

static enum call_ledger_error judge_start(const struct database_answer *answer) {
    enum call_ledger_error error = judge_access(answer, CALL_LEDGER_E_MENTORSHIP_NOT_FOUND);

    if (error != CALL_LEDGER_OK)
        return error;
    if (!database_answer_is_true(answer, 0, START_IS_ACTIVE))
        return CALL_LEDGER_E_NOT_ACTIVE;
    if (database_answer_text(answer, 0, START_CALL_ID) == NULL)
        return CALL_LEDGER_E_NOT_STARTED;
    return CALL_LEDGER_OK;
}

enum call_ledger_error call_ledger_start(struct database *database, const char *discord_id,
                                         const struct uuid *mentorship_id,
                                         const struct call_ledger_patience *patience,
                                         bool mentee_may_open,
                                         struct call_ledger_start *start) {
    char after_heartbeat[24], without_heartbeat[24];
    const char *parameters[] = {discord_id, mentorship_id->text, after_heartbeat,
                                without_heartbeat, mentee_may_open ? "true" : "false"};
    struct database_answer *answer = NULL;

    (void)snprintf(after_heartbeat, sizeof after_heartbeat, "%ld",
                   patience->after_heartbeat_sec);
    (void)snprintf(without_heartbeat, sizeof without_heartbeat, "%ld",
                   patience->without_heartbeat_sec);
    enum call_ledger_error error =
        error_of_database(database_run(database, &START, parameters, &answer));
    if (error == CALL_LEDGER_OK)
        error = judge_start(answer);
    if (error == CALL_LEDGER_OK) {
        database_answer_copy(answer, 0, START_CALL_ID, start->call_id,
                             sizeof start->call_id);
        database_answer_copy(answer, 0, START_TIME, start->start_time,
                             sizeof start->start_time);
        start->resumed = database_answer_is_true(answer, 0, START_RESUMED);
    }
    database_answer_free(answer);
    return error;
}

enum call_ledger_error call_ledger_end(struct database *database, const char *discord_id,
                                       const struct uuid *call_id,
                                       struct call_ledger_end *end) {
    const char *parameters[] = {discord_id, call_id->text};
    struct database_answer *answer = NULL;

    enum call_ledger_error error =
        error_of_database(database_run(database, &END, parameters, &answer));
    if (error == CALL_LEDGER_OK)
        error = judge_access(answer, CALL_LEDGER_E_CALL_NOT_FOUND);
    if (error == CALL_LEDGER_OK) {
        database_answer_copy(answer, 0, END_TIME, end->end_time, sizeof end->end_time);
        database_answer_copy(answer, 0, END_MENTORSHIP_ID, end->mentorship_id,
                             sizeof end->mentorship_id);
        end->duration_sec = database_answer_integer(answer, 0, END_DURATION);
    }
    database_answer_free(answer);
    return error;
}
