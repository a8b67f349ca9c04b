#include "problem.h"

#define RETRY_SOON_SEC 1

/* clang-format off */
static const struct problem_row TABLE[PROBLEM__COUNT] = {
    [PROBLEM_ROUTE_NOT_FOUND] = {404, "route_not_found", "There is nothing at this address.", 0},
    [PROBLEM_METHOD_NOT_ALLOWED] = {405, "method_not_allowed", "This address does not take this method.", 0},
    [PROBLEM_BAD_REQUEST] = {400, "bad_request", "The request is incomplete or contradicts itself.", 0},
    [PROBLEM_BODY_TOO_LARGE] = {413, "body_too_large", "The request body is larger than 8 KiB.", 0},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {415, "unsupported_media_type", "The request body must be sent as application/json.", 0},
    [PROBLEM_UNAUTHENTICATED] = {401, "unauthenticated", "Please sign in again.", 0},
    [PROBLEM_INVALID_SIGNATURE] = {401, "invalid_signature", "This notification is not signed with the secret of this deployment.", 0},
    [PROBLEM_FOREIGN_ORIGIN] = {403, "foreign_origin", "This request did not come from the portal's own pages.", 0},
    [PROBLEM_MALFORMED_JSON] = {400, "malformed_json", "The request body is not a JSON object.", 0},
    [PROBLEM_DUPLICATE_MEMBER] = {400, "duplicate_member", "A member of the JSON object is given twice.", 0},
    [PROBLEM_MISSING_MENTORSHIP_ID] = {400, "missing_mentorship_id", "mentorshipId is missing.", 0},
    [PROBLEM_INVALID_MENTORSHIP_ID] = {400, "invalid_mentorship_id", "mentorshipId must be a UUID.", 0},
    [PROBLEM_MISSING_CALL_ID] = {400, "missing_call_id", "callId is missing.", 0},
    [PROBLEM_INVALID_CALL_ID] = {400, "invalid_call_id", "callId must be a UUID.", 0},
    [PROBLEM_DUPLICATE_PARAMETER] = {400, "duplicate_parameter", "A query parameter is given twice.", 0},
    [PROBLEM_MALFORMED_QUERY] = {400, "malformed_query", "The query string cannot be read.", 0},
    [PROBLEM_INVALID_LIMIT] = {400, "invalid_limit", "limit must be a number from 1 to 100.", 0},
    [PROBLEM_INVALID_CURSOR] = {400, "invalid_cursor", "cursor must be the nextCursor of an earlier answer.", 0},
    [PROBLEM_MENTORSHIP_NOT_FOUND] = {404, "mentorship_not_found", "This mentorship does not exist.", 0},
    [PROBLEM_CALL_NOT_FOUND] = {404, "call_not_found", "This call does not exist.", 0},
    [PROBLEM_NOT_A_PARTICIPANT] = {403, "not_a_participant", "You do not belong to this mentorship.", 0},
    [PROBLEM_MENTORSHIP_NOT_ACTIVE] = {403, "mentorship_not_active", "This mentorship is not active any more.", 0},
    [PROBLEM_CALL_NOT_STARTED] = {409, "call_not_started", "The instructor has not started the call yet.", 0},
    [PROBLEM_AGORA_NOT_CONFIGURED] = {503, "agora_not_configured", "Video calls are not set up on this server yet.", 60},
    [PROBLEM_DATABASE_UNAVAILABLE] = {503, "database_unavailable", "The service cannot be reached right now. Please try again in a moment.", RETRY_SOON_SEC},
    [PROBLEM_NOT_READY] = {503, "not_ready", "The service is not able to serve.", RETRY_SOON_SEC},
    [PROBLEM_INTERNAL] = {500, "internal_error", "Something went wrong on the server.", 0},
};
/* clang-format on */

const struct problem_row *problem_row(enum problem problem) {
    return &TABLE[problem];
}
