#include "call_overview.h"

#include "call_rules.h"

#include <stdio.h>
#include <stdlib.h>

/* clang-format off */

/* The newest call of each mentorship is one step of the history's index. */
static const struct database_statement OVERVIEW = {
    .name = "call_overview",
    .sql = MENTORSHIP_ACCESS("$4", MENTORSHIP_OF_CALLER)
        " SELECT a.mentorship_id, a.status, a.role,"
        " CASE a.role WHEN 'instructor' THEN a.mentee_name ELSE a.instructor_name END,"
        " c.id, " MENTORSHIP_TIME("c.start_time") ", "
        CALL_SIDE_IS_THERE("'instructor'", "$2") ", " CALL_SIDE_IS_THERE("'mentee'", "$2")
        " FROM access a LEFT JOIN public.video_calls c ON c.mentorship_id = a.mentorship_id"
        " AND c.status = 'active' AND NOT " CALL_IS_STALE("$2", "$3")
        " LEFT JOIN LATERAL (SELECT n.start_time FROM public.video_calls n"
        " WHERE n.mentorship_id = a.mentorship_id"
        " ORDER BY n.start_time DESC, n.id DESC LIMIT 1) newest ON true"
        " ORDER BY newest.start_time DESC NULLS LAST, a.mentorship_id"
        " LIMIT " CALL_TEXT_OF(CALL_OVERVIEW_MOST),
    .parameter_count = 4,
    .field_count = 8,
};

/* clang-format on */

enum overview_field {
    OVERVIEW_MENTORSHIP_ID,
    OVERVIEW_STATUS,
    OVERVIEW_ROLE,
    OVERVIEW_COUNTERPART,
    OVERVIEW_CALL_ID,
    OVERVIEW_START_TIME,
    OVERVIEW_INSTRUCTOR,
    OVERVIEW_MENTEE,
};

const char *call_overview_error_text(enum call_overview_error error) {
    switch (error) {
    case CALL_OVERVIEW_OK:
        return "ok";
    case CALL_OVERVIEW_E_UNAVAILABLE:
        return "the database did not answer in time";
    case CALL_OVERVIEW_E_DATABASE:
        return "the database answered with an error";
    case CALL_OVERVIEW_E_MEMORY:
        return "memory is short";
    }
    return "unknown call overview error";
}

static enum call_overview_error error_of_database(enum database_error error) {
    if (error == DATABASE_OK)
        return CALL_OVERVIEW_OK;
    if (database_is_away(error))
        return CALL_OVERVIEW_E_UNAVAILABLE;
    return CALL_OVERVIEW_E_DATABASE;
}

static void read_item(const struct database_answer *answer, int row,
                      struct call_overview_item *item) {
    database_answer_copy(answer, row, OVERVIEW_MENTORSHIP_ID, item->mentorship_id,
                         sizeof item->mentorship_id);
    database_answer_copy(answer, row, OVERVIEW_STATUS, item->status, sizeof item->status);
    item->role = mentorship_role_of_text(database_answer_text(answer, row, OVERVIEW_ROLE));
    item->counterpart_name = database_answer_text(answer, row, OVERVIEW_COUNTERPART);
    database_answer_copy(answer, row, OVERVIEW_CALL_ID, item->call_id,
                         sizeof item->call_id);
    database_answer_copy(answer, row, OVERVIEW_START_TIME, item->start_time,
                         sizeof item->start_time);
    item->instructor_is_there = database_answer_is_true(answer, row, OVERVIEW_INSTRUCTOR);
    item->mentee_is_there = database_answer_is_true(answer, row, OVERVIEW_MENTEE);
}

static enum call_overview_error read_items(struct call_overview *overview) {
    overview->item_count = database_answer_rows(overview->answer);
    overview->items = calloc((size_t)overview->item_count + 1, sizeof *overview->items);
    if (overview->items == NULL)
        return CALL_OVERVIEW_E_MEMORY;
    for (int row = 0; row < overview->item_count; row++)
        read_item(overview->answer, row, &overview->items[row]);
    return CALL_OVERVIEW_OK;
}

enum call_overview_error call_overview_read(struct database *database,
                                            const char *discord_id,
                                            const struct call_ledger_patience *patience,
                                            struct call_overview *overview) {
    char after_heartbeat[24], without_heartbeat[24];
    const char *parameters[] = {discord_id, after_heartbeat, without_heartbeat,
                                database_label(database)};
    struct call_overview read = {.items = NULL};

    (void)snprintf(after_heartbeat, sizeof after_heartbeat, "%ld",
                   patience->after_heartbeat_sec);
    (void)snprintf(without_heartbeat, sizeof without_heartbeat, "%ld",
                   patience->without_heartbeat_sec);
    enum call_overview_error error =
        error_of_database(database_run(database, &OVERVIEW, parameters, &read.answer));
    if (error == CALL_OVERVIEW_OK)
        error = read_items(&read);
    if (error == CALL_OVERVIEW_OK) {
        *overview = read;
        read = (struct call_overview){.items = NULL};
    }
    call_overview_free(&read);
    return error;
}

void call_overview_free(struct call_overview *overview) {
    free(overview->items);
    database_answer_free(overview->answer);
    *overview = (struct call_overview){.items = NULL};
}
