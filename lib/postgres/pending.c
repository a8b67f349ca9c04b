#include "postgres/pending.h"

#include <stddef.h>

void pending_list_append(struct pending_list *list, struct pending *pending) {
    pending->previous = list->last;
    pending->next = NULL;
    if (list->last == NULL)
        list->first = pending;
    else
        list->last->next = pending;
    list->last = pending;
    list->count++;
}

void pending_list_prepend_all(struct pending_list *list, struct pending_list *more) {
    if (more->first == NULL)
        return;
    more->last->next = list->first;
    if (list->first == NULL)
        list->last = more->last;
    else
        list->first->previous = more->last;
    list->first = more->first;
    list->count += more->count;
    *more = (struct pending_list){.first = NULL};
}

void pending_list_remove(struct pending_list *list, struct pending *pending) {
    if (pending->previous == NULL)
        list->first = pending->next;
    else
        pending->previous->next = pending->next;
    if (pending->next == NULL)
        list->last = pending->previous;
    else
        pending->next->previous = pending->previous;
    pending->previous = pending->next = NULL;
    list->count--;
}

struct pending *pending_list_take(struct pending_list *list) {
    struct pending *first = list->first;

    if (first != NULL)
        pending_list_remove(list, first);
    return first;
}
