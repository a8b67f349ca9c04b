#include "cmocka_all.h"

#include "postgres/breaker.h"
#include "postgres/in_flight.h"

static struct pending submitted(int64_t at_ms, int64_t given_ms) {
    return (struct pending){.submitted_at_ms = at_ms, .deadline_ms = at_ms + given_ms};
}

static void asks_leave_in_the_order_they_came_around_the_ring(void **state) {
    (void)state;
    static struct in_flight in_flight;
    static struct pending asks[3 * IN_FLIGHT_MAX];
    int added = 0, taken = 0;

    while (taken < 3 * IN_FLIGHT_MAX) {
        while (added < 3 * IN_FLIGHT_MAX && in_flight.count < IN_FLIGHT_MAX)
            in_flight_add(&in_flight, &asks[added++], 0);
        for (int at = 0; at < 50 && in_flight.count > 0; at++)
            assert_ptr_equal(in_flight_take(&in_flight, 0), &asks[taken++]);
    }
    assert_int_equal(in_flight.count, 0);
}

static void a_slot_stays_when_its_ask_is_forgotten(void **state) {
    (void)state;
    static struct in_flight in_flight;
    struct pending a = submitted(0, 100), b = submitted(0, 100);

    in_flight_add(&in_flight, &a, 0);
    in_flight_add(&in_flight, &b, 0);
    in_flight_disown(&a);
    assert_null(a.slot);
    assert_null(in_flight_at(&in_flight, 0));
    assert_ptr_equal(in_flight_at(&in_flight, 1), &b);
    assert_null(in_flight_take(&in_flight, 0));
    assert_ptr_equal(in_flight_take(&in_flight, 0), &b);
    assert_int_equal(b.sent_count, 1);
}

static void a_head_is_stuck_by_its_deadline_and_its_time_at_the_head(void **state) {
    (void)state;
    static struct in_flight in_flight;
    struct pending first = submitted(1000, 3000), second = submitted(1000, 500);

    assert_int_equal(in_flight_stuck_at_ms(&in_flight), INT64_MAX);
    in_flight_add(&in_flight, &first, 1000);
    in_flight_add(&in_flight, &second, 1000);
    assert_int_equal(in_flight_stuck_at_ms(&in_flight), 4000);
    (void)in_flight_take(&in_flight, 2000);
    /* Already late when it became the head: it gets its timeout again. */
    assert_int_equal(in_flight_stuck_at_ms(&in_flight), 2500);
}

static void lists_keep_their_order(void **state) {
    (void)state;
    struct pending_list list = {.first = NULL}, more = {.first = NULL};
    struct pending asks[5] = {{.sent_count = 0}};

    pending_list_prepend_all(&list, &more);
    pending_list_append(&more, &asks[0]);
    pending_list_append(&more, &asks[1]);
    pending_list_append(&list, &asks[2]);
    pending_list_append(&list, &asks[3]);
    pending_list_append(&list, &asks[4]);
    pending_list_remove(&list, &asks[3]);
    pending_list_prepend_all(&list, &more);
    assert_int_equal(list.count, 4);
    assert_null(more.first);
    assert_ptr_equal(pending_list_take(&list), &asks[0]);
    assert_ptr_equal(pending_list_take(&list), &asks[1]);
    assert_ptr_equal(pending_list_take(&list), &asks[2]);
    assert_ptr_equal(pending_list_take(&list), &asks[4]);
    assert_null(pending_list_take(&list));
    assert_null(list.last);
}

static void
the_breaker_accepts_asks_only_after_the_server_closed_the_connection(void **state) {
    (void)state;
    struct breaker breaker = {.was_reported_down = true};

    breaker_note_loss(&breaker, false, 5000);
    assert_int_equal(breaker.taking_until_ms, 0);
    assert_int_equal(breaker.waiting_until_ms, 6000);
    breaker_note_loss(&breaker, true, 5000);
    assert_int_equal(breaker.taking_until_ms, 6000);
    breaker_note_failure(&breaker, "refused");
    assert_int_equal(breaker.taking_until_ms, 0);
    assert_int_equal(breaker.waiting_until_ms, 6000);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_leave_in_the_order_they_came_around_the_ring),
        cmocka_unit_test(a_slot_stays_when_its_ask_is_forgotten),
        cmocka_unit_test(a_head_is_stuck_by_its_deadline_and_its_time_at_the_head),
        cmocka_unit_test(lists_keep_their_order),
        cmocka_unit_test(
            the_breaker_accepts_asks_only_after_the_server_closed_the_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
