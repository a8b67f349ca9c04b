#include "problem.h"

#include <stddef.h>

#define RETRY_SOON_SEC 1

/* clang-format off */
static const struct problem_row TABLE[PROBLEM__COUNT] = {
    [PROBLEM_ROUTE_NOT_FOUND] = {404, "route_not_found", "Not found.", 0},
    [PROBLEM_METHOD_NOT_ALLOWED] = {405, "method_not_allowed", "This method isn't allowed here.", 0},
    [PROBLEM_BAD_REQUEST] = {400, "bad_request", "The request is invalid.", 0},
    [PROBLEM_BODY_TOO_LARGE] = {413, "body_too_large", "The request is too large.", 0},
    [PROBLEM_UNSUPPORTED_MEDIA_TYPE] = {415, "unsupported_media_type", "The request must be sent as application/json.", 0},
    [PROBLEM_UNAUTHENTICATED] = {401, "unauthenticated", "Please sign in again.", 0},
    [PROBLEM_INVALID_SIGNATURE] = {401, "invalid_signature", "The notification's signature is invalid.", 0},
    [PROBLEM_FOREIGN_ORIGIN] = {403, "foreign_origin", "This request didn't come from the portal.", 0},
    [PROBLEM_MALFORMED_JSON] = {400, "malformed_json", "The request must be a JSON object.", 0},
    [PROBLEM_DUPLICATE_MEMBER] = {400, "duplicate_member", "The request contains a field twice.", 0},
    [PROBLEM_MISSING_MENTORSHIP_ID] = {400, "missing_mentorship_id", "The mentorship is missing.", 0},
    [PROBLEM_INVALID_MENTORSHIP_ID] = {400, "invalid_mentorship_id", "This mentorship link isn't valid.", 0},
    [PROBLEM_MISSING_CALL_ID] = {400, "missing_call_id", "The call is missing.", 0},
    [PROBLEM_INVALID_CALL_ID] = {400, "invalid_call_id", "This call link isn't valid.", 0},
    [PROBLEM_DUPLICATE_PARAMETER] = {400, "duplicate_parameter", "The address contains a parameter twice.", 0},
    [PROBLEM_MALFORMED_QUERY] = {400, "malformed_query", "The address is invalid.", 0},
    [PROBLEM_INVALID_LIMIT] = {400, "invalid_limit", "The limit must be a number from 1 to 100.", 0},
    [PROBLEM_INVALID_CURSOR] = {400, "invalid_cursor", "This page of the history isn't available. Please start from the first page.", 0},
    [PROBLEM_MENTORSHIP_NOT_FOUND] = {404, "mentorship_not_found", "This mentorship doesn't exist.", 0},
    [PROBLEM_CALL_NOT_FOUND] = {404, "call_not_found", "This call doesn't exist.", 0},
    [PROBLEM_NOT_A_PARTICIPANT] = {403, "not_a_participant", "You don't have access to this mentorship.", 0},
    [PROBLEM_MENTORSHIP_NOT_ACTIVE] = {403, "mentorship_not_active", "This mentorship is no longer active.", 0},
    [PROBLEM_CALL_NOT_STARTED] = {409, "call_not_started", "The instructor hasn't started the call yet.", 0},
    [PROBLEM_AGORA_NOT_CONFIGURED] = {503, "agora_not_configured", "Video calls aren't set up on this server yet.", 60},
    [PROBLEM_DATABASE_UNAVAILABLE] = {503, "database_unavailable", "Video calls are temporarily unavailable. Please try again in a moment.", RETRY_SOON_SEC},
    [PROBLEM_NOT_READY] = {503, "not_ready", "The service is not ready.", RETRY_SOON_SEC},
    [PROBLEM_INTERNAL] = {500, "internal_error", "Something went wrong. Please try again.", 0},
};
/* clang-format on */

/* RFC 9110, 15, for the statuses of the table and for 200. */
static const struct {
    int status;
    const char *reason;
} REASONS[] = {
    {200, "OK"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {500, "Internal Server Error"},
    {503, "Service Unavailable"},
};

const char *problem_reason(int status) {
    for (size_t at = 0; at < sizeof REASONS / sizeof *REASONS; at++)
        if (REASONS[at].status == status)
            return REASONS[at].reason;
    return "";
}

const struct problem_row *problem_row(enum problem problem) {
    return &TABLE[problem];
}
