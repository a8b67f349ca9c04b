#include "mentorship.h"

#include <stdio.h>

/* clang-format off */
static const struct database_statement AUTHORISE = {
    .name = "mentorship_authorise",
    .sql = MENTORSHIP_ACCESS("$4", MENTORSHIP_IS("$2"))
        " SELECT role, is_active, floor(extract(epoch FROM now()))::bigint,"
        " " MENTORSHIP_TIME("now() + $3::int * interval '1 second'")
        " FROM access",
    .parameter_count = 4,
    .field_count = 4,
};
/* clang-format on */

enum authorise_field { FIELD_ROLE, FIELD_IS_ACTIVE, FIELD_NOW_SEC, FIELD_EXPIRES_AT };

const char *mentorship_error_text(enum mentorship_error error) {
    switch (error) {
    case MENTORSHIP_OK:
        return "ok";
    case MENTORSHIP_E_NOT_FOUND:
        return "there is no such mentorship";
    case MENTORSHIP_E_NOT_PARTICIPANT:
        return "the caller does not belong to the mentorship";
    case MENTORSHIP_E_NOT_ACTIVE:
        return "the mentorship is not active";
    case MENTORSHIP_E_UNAVAILABLE:
        return "the database did not answer in time";
    case MENTORSHIP_E_DATABASE:
        return "the database answered with an error";
    }
    return "unknown mentorship error";
}

const char *mentorship_role_text(enum mentorship_role role) {
    switch (role) {
    case MENTORSHIP_INSTRUCTOR:
        return "instructor";
    case MENTORSHIP_MENTEE:
        return "mentee";
    case MENTORSHIP_NOBODY:
        break;
    }
    return "nobody";
}

enum mentorship_role mentorship_role_of_text(const char *text) {
    if (text != NULL && strcmp(text, "instructor") == 0)
        return MENTORSHIP_INSTRUCTOR;
    if (text != NULL && strcmp(text, "mentee") == 0)
        return MENTORSHIP_MENTEE;
    return MENTORSHIP_NOBODY;
}

enum mentorship_error mentorship_error_of_database(enum database_error error) {
    if (error == DATABASE_OK)
        return MENTORSHIP_OK;
    if (database_is_away(error))
        return MENTORSHIP_E_UNAVAILABLE;
    return MENTORSHIP_E_DATABASE;
}

static enum mentorship_error judge(const struct database_answer *answer,
                                   struct mentorship_access *access) {
    if (database_answer_rows(answer) != 1)
        return MENTORSHIP_E_NOT_FOUND;
    access->role = mentorship_role_of_text(database_answer_text(answer, 0, FIELD_ROLE));
    if (access->role == MENTORSHIP_NOBODY)
        return MENTORSHIP_E_NOT_PARTICIPANT;
    if (!database_answer_is_true(answer, 0, FIELD_IS_ACTIVE))
        return MENTORSHIP_E_NOT_ACTIVE;
    access->now_sec = database_answer_integer(answer, 0, FIELD_NOW_SEC);
    database_answer_copy(answer, 0, FIELD_EXPIRES_AT, access->expires_at,
                         sizeof access->expires_at);
    return MENTORSHIP_OK;
}

enum mentorship_error mentorship_authorise(struct database *database,
                                           const char *discord_id,
                                           const struct uuid *mentorship_id,
                                           long lifetime_sec,
                                           struct mentorship_access *access) {
    char lifetime[24];
    const char *parameters[] = {discord_id, mentorship_id->text, lifetime,
                                database_label(database)};
    struct database_answer *answer = NULL;
    struct mentorship_access judged = {.role = MENTORSHIP_NOBODY};

    (void)snprintf(lifetime, sizeof lifetime, "%ld", lifetime_sec);
    enum mentorship_error error = mentorship_error_of_database(
        database_run(database, &AUTHORISE, parameters, &answer));
    if (error == MENTORSHIP_OK)
        error = judge(answer, &judged);
    if (error == MENTORSHIP_OK)
        *access = judged;
    database_answer_free(answer);
    return error;
}
