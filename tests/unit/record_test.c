#include "cmocka_all.h"

#include "record.h"

#include <stdlib.h>
#include <string.h>

/* A request as nginx sends it, built record by record. */
struct wire {
    unsigned char bytes[RECORD_REQUEST_MAX_BYTES];
    size_t byte_count;
};

static struct wire wire;

static void put(unsigned type, unsigned id, const void *content, size_t content_bytes,
                unsigned padding_bytes) {
    unsigned char header[] = {1,
                              (unsigned char)type,
                              (unsigned char)(id >> 8),
                              (unsigned char)id,
                              (unsigned char)(content_bytes >> 8),
                              (unsigned char)content_bytes,
                              (unsigned char)padding_bytes,
                              0};
    memcpy(wire.bytes + wire.byte_count, header, sizeof header);
    wire.byte_count += sizeof header;
    if (content_bytes > 0)
        memcpy(wire.bytes + wire.byte_count, content, content_bytes);
    wire.byte_count += content_bytes;
    memset(wire.bytes + wire.byte_count, 0, padding_bytes);
    wire.byte_count += padding_bytes;
}

static void begin(unsigned role) {
    const unsigned char content[] = {0, (unsigned char)role, 0, 0, 0, 0, 0, 0};
    wire.byte_count = 0;
    put(1, 1, content, sizeof content, 0);
}

static enum record_state look(void) {
    return record_look(wire.bytes, wire.byte_count);
}

/* One short pair, and one whose value has a long length. */
static const char PAIRS[] = "\x0e\x04REQUEST_METHODPOST\x01\x80\x00\x00\x03xabc";
#define PAIRS_BYTES (sizeof PAIRS - 1)

static void whole_request(void) {
    begin(1);
    put(4, 1, PAIRS, PAIRS_BYTES, 5);
    put(4, 1, NULL, 0, 0);
    put(5, 1, "{}", 2, 6);
    put(5, 1, NULL, 0, 0);
}

static void a_whole_request_is_whole_and_every_part_of_it_incomplete(void **state) {
    (void)state;
    whole_request();
    assert_int_equal(look(), RECORD_WHOLE);
    for (size_t length = 0; length < wire.byte_count; length++)
        assert_int_equal(record_look(wire.bytes, length), RECORD_INCOMPLETE);
}

static void pairs_may_be_cut_anywhere(void **state) {
    (void)state;
    for (size_t cut = 1; cut < PAIRS_BYTES; cut++) {
        begin(1);
        put(4, 1, PAIRS, cut, 0);
        put(4, 1, PAIRS + cut, PAIRS_BYTES - cut, 3);
        put(4, 1, NULL, 0, 0);
        put(5, 1, NULL, 0, 0);
        assert_int_equal(look(), RECORD_WHOLE);
    }
}

static void wrong_lengths_are_refused(void **state) {
    static const struct {
        const char *bytes;
        size_t byte_count;
    } LIES[] = {
        {"\xff\xff\xff\xfe\x01", 5}, /* a name of 2 GiB */
        {"\x01\xff\xff\xff\xff", 5}, /* a value of 2 GiB */
        {"\x05\x05"
         "abc",
         5},                 /* the stream ends inside a pair */
        {"\x05", 1},         /* between its lengths */
        {"\x05\x80\x00", 3}, /* inside a length */
    };
    (void)state;
    for (size_t at = 0; at < sizeof LIES / sizeof *LIES; at++) {
        begin(1);
        put(4, 1, LIES[at].bytes, LIES[at].byte_count, 0);
        put(4, 1, NULL, 0, 0);
        put(5, 1, NULL, 0, 0);
        assert_int_equal(look(), RECORD_REFUSED);
    }
}

static void another_order_role_or_request_is_refused(void **state) {
    (void)state;
    begin(2); /* an authorizer */
    assert_int_equal(look(), RECORD_REFUSED);
    wire.byte_count = 0;
    put(4, 1, PAIRS, PAIRS_BYTES, 0); /* no begin record */
    assert_int_equal(look(), RECORD_REFUSED);
    begin(1);
    put(5, 1, "x", 1, 0); /* a body before the parameters' end */
    assert_int_equal(look(), RECORD_REFUSED);
    begin(1);
    put(4, 2, PAIRS, PAIRS_BYTES, 0); /* of another request */
    assert_int_equal(look(), RECORD_REFUSED);
    wire.byte_count = 0;
    put(9, 0, "x", 1, 0); /* FCGI_GET_VALUES */
    assert_int_equal(look(), RECORD_REFUSED);
    whole_request();
    wire.bytes[0] = 2; /* another version */
    assert_int_equal(look(), RECORD_REFUSED);
    assert_int_equal(record_look((const unsigned char *)"GET / HTTP/1.1", 14),
                     RECORD_REFUSED);
}

/* libfcgi doesn't skip it: its content would be read as the next record. */
static void padding_after_the_begin_record_or_the_last_parameter_is_refused(void **state) {
    static const unsigned char BEGIN[] = {0, 1, 0, 0, 0, 0, 0, 0};
    (void)state;
    wire.byte_count = 0;
    put(1, 1, BEGIN, sizeof BEGIN, 8);
    put(4, 1, NULL, 0, 0);
    put(5, 1, NULL, 0, 0);
    assert_int_equal(look(), RECORD_REFUSED);
    begin(1);
    put(4, 1, PAIRS, PAIRS_BYTES, 5);
    put(4, 1, NULL, 0, 8);
    put(5, 1, NULL, 0, 0);
    assert_int_equal(look(), RECORD_REFUSED);
}

static void too_many_parameters_are_refused_and_too_large_a_body_is_whole(void **state) {
    static char many[40000];
    (void)state;
    memset(many, 0, sizeof many); /* pairs of empty names and values */
    begin(1);
    put(4, 1, many, sizeof many, 0);
    put(4, 1, many, sizeof many, 0);
    assert_int_equal(look(), RECORD_REFUSED);
    begin(1);
    put(4, 1, NULL, 0, 0);
    put(5, 1, many, sizeof many, 0);
    assert_int_equal(look(), RECORD_INCOMPLETE);
    put(5, 1, many, sizeof many, 0);
    assert_int_equal(look(), RECORD_WHOLE);
}

static void a_long_response_is_cut_into_records(void **state) {
    const size_t sizes[] = {0, 1, 65527, 65528, 65529, 200000};
    char *text = malloc(200000);
    (void)state;
    memset(text, 'x', 200000);
    for (size_t at = 0; at < sizeof sizes / sizeof *sizes; at++) {
        size_t frame_bytes = 0, content_bytes = 0, position = 0;
        unsigned char *frame =
            record_frame((struct span){text, sizes[at]}, 0x102, &frame_bytes);
        unsigned type = 0;
        while (position < frame_bytes) {
            const unsigned char *record = frame + position;
            size_t length = (size_t)(record[4] << 8 | record[5]);
            assert_int_equal(record[2] << 8 | record[3], 0x102);
            type = record[1];
            content_bytes += type == 6 ? length : 0;
            position += 8 + length + record[6];
        }
        assert_int_equal(position, frame_bytes);
        assert_int_equal(content_bytes, sizes[at]);
        assert_int_equal(type, 3);
        free(frame);
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_request_is_whole_and_every_part_of_it_incomplete),
        cmocka_unit_test(pairs_may_be_cut_anywhere),
        cmocka_unit_test(wrong_lengths_are_refused),
        cmocka_unit_test(another_order_role_or_request_is_refused),
        cmocka_unit_test(padding_after_the_begin_record_or_the_last_parameter_is_refused),
        cmocka_unit_test(too_many_parameters_are_refused_and_too_large_a_body_is_whole),
        cmocka_unit_test(a_long_response_is_cut_into_records),
    };
    return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
