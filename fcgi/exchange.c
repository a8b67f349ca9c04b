#include "exchange.h"

#include "body.h"

enum problem exchange_take_mentorship_id(struct exchange *exchange, struct uuid *id) {
    enum problem problem =
        body_take_uuid(exchange->body, "mentorshipId", PROBLEM_MISSING_MENTORSHIP_ID,
                       PROBLEM_INVALID_MENTORSHIP_ID, id);

    if (problem == PROBLEM_NONE)
        memcpy(exchange->mentorship_id, id->text, sizeof id->text);
    return problem;
}

enum problem exchange_take_call_id(struct exchange *exchange, struct uuid *id) {
    enum problem problem = body_take_uuid(exchange->body, "callId", PROBLEM_MISSING_CALL_ID,
                                          PROBLEM_INVALID_CALL_ID, id);

    if (problem == PROBLEM_NONE)
        memcpy(exchange->call_id, id->text, sizeof id->text);
    return problem;
}
