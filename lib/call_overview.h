/*
 * call_overview: what a dashboard shows: the caller's mentorships, each with the call that
 * is alive in it now.
 *
 * Reads only. Its cost grows with the caller's mentorships, not with their past calls.
 */
#ifndef VIDEO_CALL_CALL_OVERVIEW_H
#define VIDEO_CALL_CALL_OVERVIEW_H

#include "call_ledger.h"
#include "compiler.h"
#include "database.h"
#include "mentorship.h"
#include "uuid.h"

#define CALL_OVERVIEW_MOST         500 /* of one person; beyond, the oldest are left out */
#define CALL_OVERVIEW_STATUS_BYTES 32

enum call_overview_error {
    CALL_OVERVIEW_OK = 0,
    CALL_OVERVIEW_E_UNAVAILABLE, /* the database did not answer in time */
    CALL_OVERVIEW_E_DATABASE,    /* the database answered with an error; see the log */
    CALL_OVERVIEW_E_MEMORY,
};

struct call_overview_item {
    char mentorship_id[UUID_TEXT_BYTES + 1];
    char status[CALL_OVERVIEW_STATUS_BYTES]; /* the mentorship's, as the portal has it */
    enum mentorship_role role;               /* the caller's */
    const char *counterpart_name;            /* NULL where the portal has none */
    char call_id[UUID_TEXT_BYTES + 1]; /* empty: no call is alive; the rest is unset */
    char start_time[MENTORSHIP_TIME_BYTES];
    bool instructor_is_there;
    bool mentee_is_there;
};

/* Those with the newest call first, those that never had one last. */
struct call_overview {
    struct call_overview_item *items;
    int item_count;
    struct database_answer *answer; /* holds the names */
};

const char *call_overview_error_text(enum call_overview_error error);

/*
 * Fills overview for OK only; free it with call_overview_free. A caller who is in no
 * mentorship gets none. One round trip. Errors: all but OK.
 */
enum call_overview_error
call_overview_read(struct database *database, const char *discord_id,
                   const struct call_ledger_patience *patience,
                   struct call_overview *overview) MUST_CHECK NONNULL_ALL;

/* Frees what it holds and zeroes it; a zeroed one is fine. */
void call_overview_free(struct call_overview *overview) NONNULL_ALL;

#endif
