/*
 * exchange: one request and its response, and what a route's two steps may use.
 *
 * A route has two steps, with the database between them. Its ask checks the input and fills
 * exchange->pending.ask, or leaves it empty if the database isn't needed. Its answer reads
 * exchange->pending.result and fills exchange->json. If either returns a problem, that is
 * the response; after a problem from ask, answer isn't called. Before ask, dispatch has
 * identified the caller and parsed the body, if the route needs them.
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

/* What all of a worker's exchanges use. */
struct exchange_tools {
    const struct context *context;
    struct metrics *metrics;             /* of the whole pool */
    const struct scoreboard *scoreboard; /* of the whole pool */
};

struct exchange {
    const struct exchange_tools *tools;
    const struct request *request;
    struct identity_caller caller; /* if the route needs a caller */
    char label[64];                /* shown in pg_stat_activity while the statement runs */
    json_object *body;             /* an object, if the route takes a body */

    struct pending pending; /* the ask, and later its result */
    json_object *json;      /* the response; an empty object, for answer to fill */
    char *plain_text;       /* the response instead of json; malloc'ed by answer */

    /* what ask passes on to answer */
    struct uuid id; /* a mentorship's or a call's */
    int limit;
    struct agora_notification *notification; /* malloc'ed */

    /* for dispatch and the worker */
    const struct route *route; /* NULL: none found */
    enum problem problem;
    const char *allowed; /* with METHOD_NOT_ALLOWED: the path's methods; static */
    /* by clock_us(); asked_us and answered_us are 0 if the database wasn't asked */
    int64_t began_us, asked_us, answered_us;

    /* for the log; NULL or empty if unknown */
    const char *refusal; /* why the caller or the notification wasn't believed; static */
    char mentorship_id[UUID_TEXT_BYTES + 1];
    char call_id[UUID_TEXT_BYTES + 1];
};

typedef enum problem exchange_step(struct exchange *exchange);

/*
 * Starts an exchange; tools and request must outlive it. False if out of memory: problem is
 * then INTERNAL, and dispatch_answer may be called, but not dispatch_ask. Call exchange_end
 * either way.
 */
bool exchange_begin(struct exchange *exchange, const struct exchange_tools *tools,
                    const struct request *request) MUST_CHECK NONNULL_ALL;

/* Wipes and frees everything in it, but neither tools nor the request. */
void exchange_end(struct exchange *exchange) NONNULL_ALL;

/* The settings, and from them how long a call may go without a sign of life. */
const struct settings *exchange_settings(const struct exchange *exchange) NONNULL_ALL;
struct call_patience exchange_patience(const struct exchange *exchange) NONNULL_ALL;

/* The caller, as lib/calls takes it. */
struct call_caller exchange_caller(const struct exchange *exchange) NONNULL_ALL;

/*
 * Parses the request's body into exchange->body. Problems: MALFORMED_JSON,
 * DUPLICATE_MEMBER, INTERNAL (out of memory).
 */
enum problem exchange_parse_body(struct exchange *exchange) MUST_CHECK NONNULL_ALL;

/*
 * Read mentorshipId or callId from the body into exchange->id, and note it for the log.
 * Problems: MISSING_MENTORSHIP_ID, INVALID_MENTORSHIP_ID; MISSING_CALL_ID, INVALID_CALL_ID.
 */
enum problem exchange_take_mentorship_id(struct exchange *exchange) MUST_CHECK NONNULL_ALL;
enum problem exchange_take_call_id(struct exchange *exchange) MUST_CHECK NONNULL_ALL;

/* Note an id for the log; it's copied. */
void exchange_note_mentorship(struct exchange *exchange, const char *id) NONNULL_ALL;
void exchange_note_call(struct exchange *exchange, const char *id) NONNULL_ALL;

#endif
