#include "cmocka_all.h"

#include "agora/agora_notification.h"

static const char BODY[] =
    "{\"eventType\":10,\"noticeId\":\"4eb720f0-8da7-11e9-a43e-53f411c2761f\",\"notifyMs\":"
    "1560408533119,\"payload\":{\"a\":\"1\",\"b\":2},\"productId\":1}";
static const char SIGNATURE[] =
    "de96da5acf03b0021ac3b4fa2225e7ae6f3533a30d50bb02c08ea4fa748bda24";

static enum agora_notification_error verify(const char *body, const char *signature) {
    return agora_notification_verify(SPAN_OF("secret"), span_of_text(body),
                                     span_of_text(signature));
}

static void the_published_signature_is_valid(void **state) {
    (void)state;
    assert_int_equal(verify(BODY, SIGNATURE), AGORA_NOTIFICATION_OK);
}

static void any_other_signature_is_refused(void **state) {
    char altered[sizeof SIGNATURE];

    (void)state;
    assert_int_equal(verify(BODY, NULL), AGORA_NOTIFICATION_E_SIGNATURE);
    assert_int_equal(verify(BODY, ""), AGORA_NOTIFICATION_E_SIGNATURE);
    assert_int_equal(verify("{}", SIGNATURE), AGORA_NOTIFICATION_E_SIGNATURE);
    for (size_t at = 0; at < sizeof SIGNATURE - 1; at++) {
        memcpy(altered, SIGNATURE, sizeof altered);
        altered[at] = altered[at] == '0' ? '1' : '0';
        assert_int_equal(verify(BODY, altered), AGORA_NOTIFICATION_E_SIGNATURE);
        altered[at] = '\0';
        assert_int_equal(verify(BODY, altered), AGORA_NOTIFICATION_E_SIGNATURE);
    }
}

static struct agora_notification read_body(const char *body) {
    struct agora_notification event;

    assert_int_equal(agora_notification_read(span_of_text(body), &event),
                     AGORA_NOTIFICATION_OK);
    return event;
}

static void a_join_is_read_in_full(void **state) {
    (void)state;
    struct agora_notification event =
        read_body("{\"noticeId\":\"n\",\"productId\":1,\"eventType\":107,\"payload\":{"
                  "\"channelName\":\"c\",\"ts\":1560408533,\"account\":\"42\","
                  "\"clientSeq\":7}}");
    assert_int_equal(event.kind, AGORA_NOTIFICATION_JOIN);
    assert_int_equal(event.event_type, 107);
    assert_string_equal(event.notice_id, "n");
    assert_string_equal(event.channel, "c");
    assert_string_equal(event.account, "42");
    assert_int_equal(event.at_sec, 1560408533);
    assert_int_equal(event.sequence, 7);
}

static void without_a_sequence_events_are_ordered_by_time(void **state) {
    (void)state;
    struct agora_notification event =
        read_body("{\"noticeId\":\"n\",\"productId\":1,\"eventType\":108,\"payload\":{"
                  "\"channelName\":\"c\",\"ts\":1560408533}}");
    assert_int_equal(event.kind, AGORA_NOTIFICATION_LEAVE);
    assert_int_equal(event.sequence, 1560408533000);
    assert_string_equal(event.account, "");
}

static void an_unrecognized_event_is_unknown(void **state) {
    static const char *const BODIES[] = {
        "{}",
        BODY,
        "{\"noticeId\":\"n\",\"productId\":1,\"eventType\":\"103\",\"payload\":{}}",
        "{\"noticeId\":\"n\",\"productId\":1,\"eventType\":103,\"payload\":[]}",
        "{\"noticeId\":\"n\",\"productId\":1,\"eventType\":103,\"payload\":null}",
        "{\"noticeId\":\"\",\"productId\":1,\"eventType\":103,\"payload\":{"
        "\"channelName\":\"c\",\"ts\":1}}",
        "{\"noticeId\":\"a\\u0000b\",\"productId\":1,\"eventType\":103,\"payload\":{"
        "\"channelName\":\"c\",\"ts\":1}}",
        "{\"noticeId\":\"n\",\"productId\":1,\"eventType\":103,\"payload\":{"
        "\"channelName\":\"c\",\"ts\":9223372036854775807}}",
        "{\"noticeId\":\"n\",\"productId\":1,\"eventType\":103,\"payload\":{"
        "\"channelName\":\"c\",\"ts\":-1}}",
        "{\"noticeId\":\"n\",\"productId\":2,\"eventType\":103,\"payload\":{"
        "\"channelName\":\"c\",\"ts\":1}}",
    };

    (void)state;
    for (size_t at = 0; at < sizeof BODIES / sizeof *BODIES; at++)
        assert_int_equal(read_body(BODIES[at]).kind, AGORA_NOTIFICATION_UNKNOWN);
}

static void anything_but_an_object_is_malformed(void **state) {
    static const char *const BODIES[] = {"",  "[]",    "null",
                                         "{", "{} {}", "{\"a\":1,\"a\":2}"};
    struct agora_notification event;

    (void)state;
    for (size_t at = 0; at < sizeof BODIES / sizeof *BODIES; at++)
        assert_int_equal(agora_notification_read(span_of_text(BODIES[at]), &event),
                         AGORA_NOTIFICATION_E_MALFORMED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_signature_is_valid),
        cmocka_unit_test(any_other_signature_is_refused),
        cmocka_unit_test(a_join_is_read_in_full),
        cmocka_unit_test(without_a_sequence_events_are_ordered_by_time),
        cmocka_unit_test(an_unrecognized_event_is_unknown),
        cmocka_unit_test(anything_but_an_object_is_malformed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
