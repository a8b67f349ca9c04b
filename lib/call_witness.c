#include "call_witness.h"

#include "call_rules.h"

#include <stdio.h>

/* clang-format off */

#define CLOCK_SLACK "interval '2 seconds'"
#define LATE_BY     "interval '1 minute'"

/*
 * `visits` folds the caller's events, in the order of their sequence: each leave closes one
 * visit, and what follows belongs to the next. An event without a side keeps no visits.
 * Nothing is written where the notice is known already.
 */
static const struct database_statement NOTE = {
    .name = "call_witness_note",
    .sql = MENTORSHIP_ACCESS("$7", MENTORSHIP_IS("$2"))
        ", moment AS (SELECT to_timestamp($3::bigint) AS at"
        "), call AS ("
        " SELECT c.* FROM public.video_calls c, access a, moment"
        " WHERE c.mentorship_id = a.mentorship_id"
        " AND c.start_time <= moment.at + " CLOCK_SLACK
        " AND (c.end_time IS NULL OR moment.at <= c.end_time"
        " + CASE WHEN $6 IN ('leave', 'destroy') THEN " LATE_BY " ELSE interval '0' END)"
        " ORDER BY c.start_time DESC, c.id DESC LIMIT 1 FOR NO KEY UPDATE OF c"
        "), noted AS ("
        " SELECT call.id, coalesce(call.agora_events, '{}') || jsonb_build_object($5::text,"
        " jsonb_build_object('kind', $6::text, 'role', a.role, 'at', "
        MENTORSHIP_TIME("moment.at") ", 'sequence', $4::bigint)) AS events"
        " FROM call, access a, moment WHERE NOT coalesce(call.agora_events ? $5, false)"
        "), ordered AS ("
        " SELECT event.value->>'kind' AS kind, event.value->>'at' AS at,"
        " count(*) FILTER (WHERE event.value->>'kind' = 'leave')"
        " OVER (ORDER BY (event.value->>'sequence')::bigint, event.key"
        " ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS visit"
        " FROM noted, access a, jsonb_each(noted.events) AS event"
        " WHERE event.value->>'kind' IN ('join', 'leave')"
        " AND event.value->>'role' = a.role"
        "), visits AS ("
        " SELECT visit, min(at) FILTER (WHERE kind = 'join') AS joined_at,"
        " max(at) FILTER (WHERE kind = 'leave') AS left_at FROM ordered GROUP BY visit"
        "), side AS ("
        " SELECT jsonb_build_object('joinedAt', min(coalesce(joined_at, left_at)),"
        " 'leftAt', (array_agg(left_at ORDER BY visit DESC))[1],"
        " 'visits', jsonb_agg(jsonb_build_object('joinedAt', joined_at, 'leftAt', left_at)"
        " ORDER BY visit)) AS agora FROM visits HAVING count(*) > 0"
        "), written AS ("
        " UPDATE public.video_calls c SET agora_events = noted.events, updated_at = now(),"
        " last_sign_at = CASE WHEN c.status = 'active' THEN"
        " greatest(" CALL_LAST_SIGN ", least(moment.at, now())) ELSE c.last_sign_at END,"
        " participants = CASE WHEN side.agora IS NULL THEN c.participants ELSE "
        CALL_PARTICIPANTS_WITH(CALL_SIDE("a.role")
            " || jsonb_build_object('discordId', $1, 'agora', side.agora)") " END,"
        " status = CASE WHEN ending.is_due THEN 'ended' ELSE c.status END,"
        " end_time = CASE WHEN ending.is_due THEN ending.at ELSE c.end_time END,"
        " duration_seconds = CASE WHEN ending.is_due THEN "
        CALL_DURATION("ending.at") " ELSE c.duration_seconds END"
        " FROM noted CROSS JOIN access a CROSS JOIN moment LEFT JOIN side ON true"
        " CROSS JOIN LATERAL (SELECT $6 = 'destroy' AND call.status = 'active'"
        " AND moment.at + " CLOCK_SLACK " >= coalesce(call.last_sign_at, call.start_time)"
        " AS is_due, least(greatest(moment.at, call.start_time), now()) AS at"
        " FROM call) AS ending"
        " WHERE c.id = noted.id RETURNING ending.is_due"
        ") SELECT a.mentorship_id, a.role, call.id, written.is_due"
        " FROM access a LEFT JOIN call ON true LEFT JOIN written ON true",
    .parameter_count = 7,
    .field_count = 4,
};

enum note_field { NOTE_MENTORSHIP_ID, NOTE_ROLE, NOTE_CALL_ID, NOTE_ENDED };

/* clang-format on */

const char *call_witness_error_text(enum call_witness_error error) {
    switch (error) {
    case CALL_WITNESS_OK:
        return "ok";
    case CALL_WITNESS_E_CHANNEL:
        return "the channel is no mentorship";
    case CALL_WITNESS_E_NO_CALL:
        return "nobody has started a call at that time";
    case CALL_WITNESS_E_UNAVAILABLE:
        return "the database did not answer in time";
    case CALL_WITNESS_E_DATABASE:
        return "the database answered with an error";
    }
    return "unknown call witness error";
}

static enum call_witness_error error_of_database(enum database_error error) {
    if (error == DATABASE_OK)
        return CALL_WITNESS_OK;
    if (database_is_away(error))
        return CALL_WITNESS_E_UNAVAILABLE;
    return CALL_WITNESS_E_DATABASE;
}

static enum call_witness_error read_note(const struct database_answer *answer,
                                         struct call_witness_note *note) {
    if (database_answer_rows(answer) == 0)
        return CALL_WITNESS_E_CHANNEL;
    if (database_answer_text(answer, 0, NOTE_CALL_ID) == NULL)
        return CALL_WITNESS_E_NO_CALL;
    database_answer_copy(answer, 0, NOTE_CALL_ID, note->call_id, sizeof note->call_id);
    database_answer_copy(answer, 0, NOTE_MENTORSHIP_ID, note->mentorship_id,
                         sizeof note->mentorship_id);
    note->role = mentorship_role_of_text(database_answer_text(answer, 0, NOTE_ROLE));
    note->ended = database_answer_is_true(answer, 0, NOTE_ENDED);
    return CALL_WITNESS_OK;
}

enum call_witness_error call_witness_note(struct database *database,
                                          const struct agora_notification *event,
                                          struct call_witness_note *note) {
    struct uuid mentorship_id;
    char at_sec[24], sequence[24];
    const char *parameters[] = {event->account[0] == '\0' ? NULL : event->account,
                                mentorship_id.text,
                                at_sec,
                                sequence,
                                event->notice_id,
                                agora_notification_kind_text(event->kind),
                                database_label(database)};
    struct database_answer *answer = NULL;

    if (!uuid_parse(span_of_text(event->channel), &mentorship_id))
        return CALL_WITNESS_E_CHANNEL;
    (void)snprintf(at_sec, sizeof at_sec, "%lld", (long long)event->at_sec);
    (void)snprintf(sequence, sizeof sequence, "%lld", (long long)event->sequence);
    enum call_witness_error error =
        error_of_database(database_run(database, &NOTE, parameters, &answer));
    if (error == CALL_WITNESS_OK)
        error = read_note(answer, note);
    database_answer_free(answer);
    return error;
}
