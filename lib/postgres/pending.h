/*
 * pending: a submitted ask, and lists of them.
 *
 * It is embedded in its owner's struct, so nothing is allocated per ask. See database.h for
 * its life.
 */
#ifndef VIDEO_CALL_PENDING_H
#define VIDEO_CALL_PENDING_H

#include "base/attributes.h"
#include "postgres/ask.h"
#include "postgres/result.h"

#include <stdbool.h>
#include <stdint.h>

enum pending_state {
    PENDING_IS_IDLE,       /* owned by the caller */
    PENDING_IS_WAITING,    /* in the queue */
    PENDING_IS_LOCKED_OUT, /* to be sent again, on the lane for locked-out asks */
    PENDING_IS_SENT,       /* in a connection's FIFO */
    PENDING_IS_DONE,       /* its result is ready to be taken */
};

struct in_flight_slot;

/*
 * It must not move from database_submit until database_take_done has returned it or
 * database_forget was called on it.
 */
struct pending {
    struct ask ask;       /* filled by the caller, as is deadline_ms */
    int64_t deadline_ms;  /* by clock_ms(); then it fails with TIMEOUT */
    struct result result; /* filled when done; the caller frees it */

    /* private to lib/postgres */
    enum pending_state state;
    int64_t submitted_at_ms;     /* by clock_ms() */
    int sent_count;              /* on how many connections */
    bool was_locked_out;         /* ran into the lock timeout: try again */
    struct in_flight_slot *slot; /* while sent; else NULL */
    struct pending *previous, *next;
};

/* Zeroed, it is empty. */
struct pending_list {
    struct pending *first, *last;
    int count;
};

void pending_list_append(struct pending_list *list, struct pending *pending) NONNULL_ALL;

/* Moves all of more, in order, to the front of list; more is empty afterwards. */
void pending_list_prepend_all(struct pending_list *list,
                              struct pending_list *more) NONNULL_ALL;

/* pending must be in the list. */
void pending_list_remove(struct pending_list *list, struct pending *pending) NONNULL_ALL;

/* Removes and returns the first; NULL if the list is empty. */
struct pending *pending_list_take(struct pending_list *list) NONNULL_ALL;

#endif
