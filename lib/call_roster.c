#include "call_roster.h"

#include "call_rules.h"

#include <stdio.h>
#include <stdlib.h>

/* clang-format off */

/* $1 is nobody: there is no caller whose role it would be. */
static const struct database_statement READ = {
    .name = "call_roster_read",
    .sql = MENTORSHIP_ACCESS("$4", "m.id IN (SELECT c.mentorship_id FROM public.video_calls c"
        " WHERE c.status = 'active')")
        " SELECT c.id, c.mentorship_id, " MENTORSHIP_TIME("c.start_time") ","
        " " MENTORSHIP_TIME(CALL_LAST_SIGN) "," CALL_DURATION("now()") ","
        " " CALL_IS_STALE("$2", "$3") ","
        CALL_SIDE_FIELDS("instructor", "$2") "," CALL_SIDE_FIELDS("mentee", "$2")
        " FROM public.video_calls c JOIN access a ON a.mentorship_id = c.mentorship_id"
        " WHERE c.status = 'active' ORDER BY c.start_time DESC, c.id"
        " LIMIT " CALL_TEXT_OF(CALL_ROSTER_MOST),
    .parameter_count = 4,
    .field_count = 6 + CALL_SIDE__COUNT * CALL_PARTICIPANT_FIELDS,
};

enum read_field {
    READ_CALL_ID,
    READ_MENTORSHIP_ID,
    READ_START_TIME,
    READ_LAST_SIGN,
    READ_AGE,
    READ_IS_STALE,
    READ_SIDES,
};

static const struct database_statement COUNT = {
    .name = "call_roster_count",
    .sql = "SELECT count(*) FROM public.video_calls WHERE status = 'active'",
    .parameter_count = 0,
    .field_count = 1,
};

static const struct database_statement END = {
    .name = "call_roster_end",
    .sql = "WITH call AS (SELECT * FROM public.video_calls WHERE id = $1::uuid"
        " FOR NO KEY UPDATE"
        "), ended AS ("
        " UPDATE public.video_calls c SET " CALL_SET_CLOSED("ended", "now()")
        " FROM call WHERE c.id = call.id AND call.status = 'active'"
        " RETURNING c.end_time, c.duration_seconds"
        ") SELECT " MENTORSHIP_TIME("coalesce(e.end_time, call.end_time)") ","
        " coalesce(e.duration_seconds, call.duration_seconds), call.mentorship_id"
        " FROM call LEFT JOIN ended e ON true",
    .parameter_count = 1,
    .field_count = 3,
};

/* clang-format on */

enum end_field { END_TIME, END_DURATION, END_MENTORSHIP_ID };

const char *call_roster_error_text(enum call_roster_error error) {
    switch (error) {
    case CALL_ROSTER_OK:
        return "ok";
    case CALL_ROSTER_E_CALL_NOT_FOUND:
        return "there is no such call";
    case CALL_ROSTER_E_UNAVAILABLE:
        return "the database did not answer in time";
    case CALL_ROSTER_E_DATABASE:
        return "the database answered with an error";
    case CALL_ROSTER_E_MEMORY:
        return "memory is short";
    }
    return "unknown call roster error";
}

static enum call_roster_error error_of_database(enum database_error error) {
    if (error == DATABASE_OK)
        return CALL_ROSTER_OK;
    if (database_is_away(error))
        return CALL_ROSTER_E_UNAVAILABLE;
    return CALL_ROSTER_E_DATABASE;
}

static void read_call(const struct database_answer *answer, int row,
                      struct call_roster_call *call) {
    database_answer_copy(answer, row, READ_CALL_ID, call->call_id, sizeof call->call_id);
    database_answer_copy(answer, row, READ_MENTORSHIP_ID, call->mentorship_id,
                         sizeof call->mentorship_id);
    database_answer_copy(answer, row, READ_START_TIME, call->start_time,
                         sizeof call->start_time);
    database_answer_copy(answer, row, READ_LAST_SIGN, call->last_sign_time,
                         sizeof call->last_sign_time);
    call->age_sec = database_answer_integer(answer, row, READ_AGE);
    call->is_stale = database_answer_is_true(answer, row, READ_IS_STALE);
    call_participant_read(answer, row, READ_SIDES, call->participants);
}

static enum call_roster_error read_calls(struct call_roster *roster) {
    roster->call_count = database_answer_rows(roster->answer);
    roster->calls = calloc((size_t)roster->call_count + 1, sizeof *roster->calls);
    if (roster->calls == NULL)
        return CALL_ROSTER_E_MEMORY;
    for (int row = 0; row < roster->call_count; row++)
        read_call(roster->answer, row, &roster->calls[row]);
    return CALL_ROSTER_OK;
}

enum call_roster_error call_roster_read(struct database *database,
                                        const struct call_ledger_patience *patience,
                                        struct call_roster *roster) {
    char after_heartbeat[24], without_heartbeat[24];
    const char *parameters[] = {NULL, after_heartbeat, without_heartbeat,
                                database_label(database)};
    struct call_roster read = {.calls = NULL};

    (void)snprintf(after_heartbeat, sizeof after_heartbeat, "%ld",
                   patience->after_heartbeat_sec);
    (void)snprintf(without_heartbeat, sizeof without_heartbeat, "%ld",
                   patience->without_heartbeat_sec);
    enum call_roster_error error =
        error_of_database(database_run(database, &READ, parameters, &read.answer));
    if (error == CALL_ROSTER_OK)
        error = read_calls(&read);
    if (error == CALL_ROSTER_OK) {
        *roster = read;
        read = (struct call_roster){.calls = NULL};
    }
    call_roster_free(&read);
    return error;
}

enum call_roster_error call_roster_count(struct database *database, int64_t *count) {
    struct database_answer *answer = NULL;
    enum call_roster_error error =
        error_of_database(database_run(database, &COUNT, NULL, &answer));

    if (error == CALL_ROSTER_OK)
        *count = database_answer_integer(answer, 0, 0);
    database_answer_free(answer);
    return error;
}

enum call_roster_error call_roster_end(struct database *database,
                                       const struct uuid *call_id,
                                       struct call_ledger_end *end) {
    const char *parameters[] = {call_id->text};
    struct database_answer *answer = NULL;

    enum call_roster_error error =
        error_of_database(database_run(database, &END, parameters, &answer));
    if (error == CALL_ROSTER_OK && database_answer_rows(answer) == 0)
        error = CALL_ROSTER_E_CALL_NOT_FOUND;
    if (error == CALL_ROSTER_OK) {
        database_answer_copy(answer, 0, END_TIME, end->end_time, sizeof end->end_time);
        database_answer_copy(answer, 0, END_MENTORSHIP_ID, end->mentorship_id,
                             sizeof end->mentorship_id);
        end->duration_sec = database_answer_integer(answer, 0, END_DURATION);
    }
    database_answer_free(answer);
    return error;
}

void call_roster_free(struct call_roster *roster) {
    free(roster->calls);
    database_answer_free(roster->answer);
    *roster = (struct call_roster){.calls = NULL};
}
