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
    .sql = MENTORSHIP_ACCESS("$6", MENTORSHIP_IS("$2"))
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
        " participants = " CALL_PARTICIPANTS_WITH(CALL_SIDE_JOINED("$3"))
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
        " participants = (SELECT " CALL_PARTICIPANTS_WITH(CALL_SIDE_JOINED("$3"))
        " FROM entitled a)"
        " RETURNING c.id, c.start_time, c.xmax <> 0 AS resumed"
        "), call AS (SELECT * FROM joined UNION ALL SELECT * FROM opened)"
        " SELECT a.role, a.is_active, call.id, " MENTORSHIP_TIME("call.start_time") ","
        " call.resumed FROM access a LEFT JOIN call ON true",
    .parameter_count = 6,
    .field_count = 5,
};

enum start_field { START_ROLE, START_IS_ACTIVE, START_CALL_ID, START_TIME, START_RESUMED };

/*
 * The caller's call, locked, so that what a simultaneous statement has just written is seen
 * and not this statement's older snapshot.
 */
#define CALL_OF_CALLER(label)                                                                  \
    MENTORSHIP_ACCESS(label, MENTORSHIP_OF_CALL("$2"))                                         \
    ", call AS (SELECT c.* FROM public.video_calls c, access a"                                \
    " WHERE c.id = $2::uuid AND a.role IS NOT NULL FOR NO KEY UPDATE OF c)"

static const struct database_statement END = {
    .name = "call_ledger_end",
    .sql = CALL_OF_CALLER("$3")
        ", ended AS ("
        " UPDATE public.video_calls c SET " CALL_SET_CLOSED("ended", "now()")
        " FROM call WHERE c.id = call.id AND call.status = 'active'"
        " RETURNING c.end_time, c.duration_seconds"
        ") SELECT a.role, " MENTORSHIP_TIME("coalesce(e.end_time, call.end_time)") ","
        " coalesce(e.duration_seconds, call.duration_seconds), a.mentorship_id"
        " FROM access a LEFT JOIN call ON true LEFT JOIN ended e ON true",
    .parameter_count = 3,
    .field_count = 4,
};

enum end_field { END_ROLE, END_TIME, END_DURATION, END_MENTORSHIP_ID };

/* `after` is the call as the leave makes it, which shows whether anybody is there still. */
static const struct database_statement LEAVE = {
    .name = "call_ledger_leave",
    .sql = CALL_OF_CALLER("$4")
        ", after AS ("
        " SELECT c.id, c.end_time, a.role, "
        CALL_PARTICIPANTS_WITH(CALL_SIDE_LEFT) " AS participants"
        " FROM call c, access a WHERE c.status = 'active'"
        "), judged AS ("
        " SELECT c.id, c.participants, "
        CALL_SIDE_IS_THERE("'instructor'", "$3") " OR " CALL_SIDE_IS_THERE("'mentee'", "$3")
        " AS is_inhabited FROM after c"
        "), gone AS ("
        " UPDATE public.video_calls c SET updated_at = now(), participants = j.participants"
        " FROM judged j WHERE c.id = j.id AND j.is_inhabited"
        " RETURNING c.status"
        "), ended AS ("
        " UPDATE public.video_calls c SET " CALL_SET_CLOSED("ended", "now()") ","
        " participants = j.participants"
        " FROM judged j WHERE c.id = j.id AND NOT j.is_inhabited"
        " RETURNING c.status"
        ") SELECT a.role, coalesce((SELECT status FROM gone), (SELECT status FROM ended),"
        " call.status), a.mentorship_id"
        " FROM access a LEFT JOIN call ON true",
    .parameter_count = 4,
    .field_count = 3,
};

enum leave_field { LEAVE_ROLE, LEAVE_STATUS, LEAVE_MENTORSHIP_ID };

static const struct database_statement HEARTBEAT = {
    .name = "call_ledger_heartbeat",
    .sql = CALL_OF_CALLER("$4")
        ", beaten AS ("
        " UPDATE public.video_calls c SET heartbeat_at = now(), last_sign_at = now(),"
        " updated_at = now(), participants = "
        CALL_PARTICIPANTS_WITH(CALL_SIDE_BEATEN("$3"))
        " FROM call, access a WHERE c.id = call.id AND call.status = 'active'"
        " RETURNING c.*"
        "), shown AS (SELECT * FROM beaten"
        " UNION ALL SELECT * FROM call WHERE status <> 'active')"
        " SELECT a.role, c.status, a.mentorship_id,"
        CALL_SIDE_FIELDS("instructor", "$3") "," CALL_SIDE_FIELDS("mentee", "$3")
        " FROM access a LEFT JOIN shown c ON true",
    .parameter_count = 4,
    .field_count = 3 + CALL_SIDE__COUNT * CALL_PARTICIPANT_FIELDS,
};

enum heartbeat_field {
    HEARTBEAT_ROLE,
    HEARTBEAT_STATUS,
    HEARTBEAT_MENTORSHIP_ID,
    HEARTBEAT_SIDES
};

/* A call that is locked shows life, or is being closed: either way it is not for us. */
static const struct database_statement CLOSE_STALE = {
    .name = "call_ledger_close_stale",
    .sql = "UPDATE public.video_calls c SET " CALL_SET_CLOSED("failed", CALL_LAST_SIGN)
        " WHERE c.id IN (SELECT c.id FROM public.video_calls c"
        " WHERE c.status = 'active' AND " CALL_IS_STALE("$1", "$2")
        " LIMIT $3::int FOR NO KEY UPDATE OF c SKIP LOCKED)"
        " RETURNING c.id, c.mentorship_id, " MENTORSHIP_TIME("c.end_time") ","
        " c.heartbeat_at IS NOT NULL",
    .parameter_count = 3,
    .field_count = 4,
};

enum closed_field { CLOSED_CALL_ID, CLOSED_MENTORSHIP_ID, CLOSED_END_TIME, CLOSED_HEARTBEAT };

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
    if (database_is_away(error))
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

#define NUMBER_TEXT_BYTES 24

static void number_text(long number, char text[static NUMBER_TEXT_BYTES]) {
    (void)snprintf(text, NUMBER_TEXT_BYTES, "%ld", number);
}

enum call_ledger_error call_ledger_start(struct database *database, const char *discord_id,
                                         const struct uuid *mentorship_id,
                                         const struct call_ledger_patience *patience,
                                         bool mentee_may_open,
                                         struct call_ledger_start *start) {
    char after_heartbeat[NUMBER_TEXT_BYTES], without_heartbeat[NUMBER_TEXT_BYTES];
    const char *parameters[] = {discord_id,
                                mentorship_id->text,
                                after_heartbeat,
                                without_heartbeat,
                                mentee_may_open ? "true" : "false",
                                database_label(database)};
    struct database_answer *answer = NULL;

    number_text(patience->after_heartbeat_sec, after_heartbeat);
    number_text(patience->without_heartbeat_sec, without_heartbeat);
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
    const char *parameters[] = {discord_id, call_id->text, database_label(database)};
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

enum call_ledger_error call_ledger_leave(struct database *database, const char *discord_id,
                                         const struct uuid *call_id,
                                         const struct call_ledger_patience *patience,
                                         struct call_ledger_leave *leave) {
    char after_heartbeat[NUMBER_TEXT_BYTES];
    const char *parameters[] = {discord_id, call_id->text, after_heartbeat,
                                database_label(database)};
    struct database_answer *answer = NULL;

    number_text(patience->after_heartbeat_sec, after_heartbeat);
    enum call_ledger_error error =
        error_of_database(database_run(database, &LEAVE, parameters, &answer));
    if (error == CALL_LEDGER_OK)
        error = judge_access(answer, CALL_LEDGER_E_CALL_NOT_FOUND);
    if (error == CALL_LEDGER_OK) {
        database_answer_copy(answer, 0, LEAVE_STATUS, leave->status, sizeof leave->status);
        database_answer_copy(answer, 0, LEAVE_MENTORSHIP_ID, leave->mentorship_id,
                             sizeof leave->mentorship_id);
    }
    database_answer_free(answer);
    return error;
}

enum call_ledger_error call_ledger_heartbeat(struct database *database,
                                             const char *discord_id,
                                             const struct uuid *call_id,
                                             const struct call_ledger_patience *patience,
                                             struct call_ledger_heartbeat *heartbeat) {
    char after_heartbeat[NUMBER_TEXT_BYTES];
    const char *parameters[] = {discord_id, call_id->text, after_heartbeat,
                                database_label(database)};
    struct database_answer *answer = NULL;

    number_text(patience->after_heartbeat_sec, after_heartbeat);
    enum call_ledger_error error =
        error_of_database(database_run(database, &HEARTBEAT, parameters, &answer));
    if (error == CALL_LEDGER_OK)
        error = judge_access(answer, CALL_LEDGER_E_CALL_NOT_FOUND);
    if (error != CALL_LEDGER_OK) {
        database_answer_free(answer);
        return error;
    }
    database_answer_copy(answer, 0, HEARTBEAT_STATUS, heartbeat->status,
                         sizeof heartbeat->status);
    database_answer_copy(answer, 0, HEARTBEAT_MENTORSHIP_ID, heartbeat->mentorship_id,
                         sizeof heartbeat->mentorship_id);
    call_participant_read(answer, 0, HEARTBEAT_SIDES, heartbeat->participants);
    heartbeat->answer = answer;
    return CALL_LEDGER_OK;
}

void call_ledger_heartbeat_free(struct call_ledger_heartbeat *heartbeat) {
    database_answer_free(heartbeat->answer);
    *heartbeat = (struct call_ledger_heartbeat){.answer = NULL};
}

static void read_closed(const struct database_answer *answer, int row,
                        struct call_ledger_closed *closed) {
    database_answer_copy(answer, row, CLOSED_CALL_ID, closed->call_id,
                         sizeof closed->call_id);
    database_answer_copy(answer, row, CLOSED_MENTORSHIP_ID, closed->mentorship_id,
                         sizeof closed->mentorship_id);
    database_answer_copy(answer, row, CLOSED_END_TIME, closed->end_time,
                         sizeof closed->end_time);
    closed->had_heartbeat = database_answer_is_true(answer, row, CLOSED_HEARTBEAT);
}

enum call_ledger_error call_ledger_close_stale(
    struct database *database, const struct call_ledger_patience *patience,
    struct call_ledger_closed closed[static CALL_LEDGER_CLOSE_MOST], int *closed_count) {
    char after_heartbeat[NUMBER_TEXT_BYTES], without_heartbeat[NUMBER_TEXT_BYTES];
    char most[NUMBER_TEXT_BYTES];
    const char *parameters[] = {after_heartbeat, without_heartbeat, most};
    struct database_answer *answer = NULL;

    number_text(patience->after_heartbeat_sec, after_heartbeat);
    number_text(patience->without_heartbeat_sec, without_heartbeat);
    number_text(CALL_LEDGER_CLOSE_MOST, most);
    *closed_count = 0;
    enum call_ledger_error error =
        error_of_database(database_run(database, &CLOSE_STALE, parameters, &answer));
    if (error != CALL_LEDGER_OK)
        return error;
    int rows = database_answer_rows(answer);
    for (; *closed_count < rows && *closed_count < CALL_LEDGER_CLOSE_MOST; ++*closed_count)
        read_closed(answer, *closed_count, &closed[*closed_count]);
    database_answer_free(answer);
    return CALL_LEDGER_OK;
}
