/*
 * pending: an ask on its way, and lists of such.
 *
 * It is a member of whatever it is for, so nothing is allocated per ask. See database.h for
 * what happens to it.
 */
#ifndef VIDEO_CALL_PENDING_H
#define VIDEO_CALL_PENDING_H

#include "base/attributes.h"
#include "postgres/ask.h"
#include "postgres/result.h"

#include <stdbool.h>
#include <stdint.h>

enum pending_state {
    PENDING_IS_IDLE,       /* its asker's alone */
    PENDING_IS_WAITING,    /* in the queue */
    PENDING_IS_LOCKED_OUT, /* to be sent again, on the lane for such */
    PENDING_IS_SENT,       /* in the FIFO of a connection */
    PENDING_IS_DONE,       /* its result is there, to be taken */
};

struct in_flight_slot;

/*
 * It must stay where it is from database_submit until database_take_done has returned it,
 * or database_forget was called for it.
 */
struct pending {
    struct ask ask;       /* filled by the asker, as is deadline_ms */
    int64_t deadline_ms;  /* by clock_ms(): then it is done, with TIMEOUT */
    struct result result; /* filled when done; the asker frees it */

    /* the rest is this room's */
    enum pending_state state;
    int64_t submitted_at_ms;     /* by clock_ms() */
    int sent_count;              /* how many connections it was sent on */
    bool was_locked_out;         /* the server gave up waiting for a lock: try again */
    struct in_flight_slot *slot; /* while sent: its place, else NULL */
    struct pending *previous, *next;
};

/* A zeroed one is empty. */
struct pending_list {
    struct pending *first, *last;
    int count;
};

void pending_list_append(struct pending_list *list, struct pending *pending) NONNULL_ALL;

/* All of more, in its order, before what list holds; more is empty then. */
void pending_list_prepend_all(struct pending_list *list,
                              struct pending_list *more) NONNULL_ALL;

/* pending must be in the list. */
void pending_list_remove(struct pending_list *list, struct pending *pending) NONNULL_ALL;

/* Takes the first; NULL where the list is empty. */
struct pending *pending_list_take(struct pending_list *list) NONNULL_ALL;

#endif
