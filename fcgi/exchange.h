/*
 * exchange: one request and its response on the way through a worker, and what the two
 * steps of a route may use.
 *
 * A route is answered in two steps with the database between them. Its ask checks the input
 * and fills exchange->pending.ask, or leaves it empty where the database has nothing to
 * say. Its answer reads exchange->pending.result and fills exchange->json. Either may
 * return a problem, which is then the response; an answer does not run after an ask that
 * did. The caller's identity and the form of the body have been checked before.
 */
#ifndef VIDEO_CALL_EXCHANGE_H
#define VIDEO_CALL_EXCHANGE_H

#include "base/json_add.h"
#include "base/uuid.h"
#include "context.h"
#include "metrics.h"
#include "postgres/pending.h"
#include "problem.h"
#include "request.h"

struct route;

/* What a worker gives to each of its exchanges. */
struct exchange_tools {
    const struct context *context;
    struct metrics *metrics; /* the pool's, as is the scoreboard */
    const struct scoreboard *scoreboard;
};

struct exchange {
    const struct exchange_tools *tools;
    const struct request *request;
    struct identity_caller caller; /* routes that need one */
    char label[64];                /* names this work in the database */
    json_object *body;             /* routes that take one: an object */

    struct pending pending; /* the ask, and later its result */
    json_object *json;      /* an empty object, for the answer to fill */
    char *plain_text;       /* malloc'ed by an answer that is this text instead */

    /* what an ask learns that its answer needs besides the result */
    struct uuid id; /* a mentorship's or a call's */
    int limit;
    struct agora_notification *notification; /* malloc'ed */

    /* the worker's */
    const struct route *route;
    enum problem problem;
    const char *allowed; /* of METHOD_NOT_ALLOWED: the method there is */
    int64_t began_us, asked_us, answered_us; /* 0: the database was not asked */

    /* for the log, empty where not known */
    const char *refusal; /* why the caller or the notification was not believed; static */
    char mentorship_id[UUID_TEXT_BYTES + 1];
    char call_id[UUID_TEXT_BYTES + 1];
};

typedef enum problem exchange_step(struct exchange *exchange);

/* False: out of memory. Free with exchange_end either way. */
bool exchange_begin(struct exchange *exchange, const struct exchange_tools *tools,
                    const struct request *request) MUST_CHECK NONNULL_ALL;

/* Frees and wipes all of it. */
void exchange_end(struct exchange *exchange) NONNULL_ALL;

/* The settings, and how long they let a call go without a sign of life. */
const struct settings *exchange_settings(const struct exchange *exchange) NONNULL_ALL;
struct call_patience exchange_patience(const struct exchange *exchange) NONNULL_ALL;

/* The caller, as lib/calls takes it. */
struct call_caller exchange_caller(const struct exchange *exchange) NONNULL_ALL;

/* Parses the body into exchange->body. Problems: MALFORMED_JSON, DUPLICATE_MEMBER. */
enum problem exchange_parse_body(struct exchange *exchange) MUST_CHECK NONNULL_ALL;

/* Take mentorshipId or callId from the body into exchange->id, noting it for the log. */
enum problem exchange_take_mentorship_id(struct exchange *exchange) MUST_CHECK NONNULL_ALL;
enum problem exchange_take_call_id(struct exchange *exchange) MUST_CHECK NONNULL_ALL;

/* Copies an id that the result holds, for the log. */
void exchange_note_mentorship(struct exchange *exchange, const char *id) NONNULL_ALL;
void exchange_note_call(struct exchange *exchange, const char *id) NONNULL_ALL;

#endif
