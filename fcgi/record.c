#include "record.h"

#include <stdlib.h>

#define HEADER_BYTES 8
#define CONTENT_MAX  65528 /* per record; a multiple of 8, so that the next is aligned */
#define VERSION      1
#define RESPONDER    1
#define TYPE_BEGIN   1
#define TYPE_END     3
#define TYPE_PARAMS  4
#define TYPE_STDIN   5
#define TYPE_STDOUT  6
#define LONG_LENGTH  0x80

struct record {
    unsigned type, id;
    /*
     * libfcgi forgets padding when it goes on to the parameters or to the body, and takes
     * it for the next record: so the records before (BEGIN_REQUEST, the empty PARAMS) must
     * have none.
     */
    size_t content_bytes, padding_bytes;
    const unsigned char *content;
};

/* How far the name-value pairs have been read: a record can end anywhere in a pair. */
struct pairs {
    unsigned length_bytes_left; /* still missing of the current length; 0: between two */
    bool is_value_length;       /* of the current or next length */
    bool is_in_pair; /* the name's length has begun, the value's isn't complete */
    uint32_t length;
    uint64_t skip_bytes; /* of the current name and value */
    size_t all_bytes;
};

enum stage { STAGE_BEGIN, STAGE_PARAMS, STAGE_STDIN, STAGE_DONE };

struct walk {
    enum stage stage;
    unsigned id;
    struct pairs pairs;
    size_t body_bytes;
};

/* Returns false if the length is impossible. */
static bool take_length_byte(struct pairs *pairs, unsigned char byte) {
    if (pairs->length_bytes_left == 0) {
        pairs->is_in_pair = true;
        pairs->length = byte & ~(unsigned)LONG_LENGTH;
        pairs->length_bytes_left = (byte & LONG_LENGTH) != 0 ? 3 : 0;
    } else {
        pairs->length = pairs->length << 8 | byte;
        pairs->length_bytes_left--;
    }
    if (pairs->length_bytes_left > 0)
        return true;
    if (pairs->length > RECORD_PARAMETERS_MAX_BYTES)
        return false;
    pairs->skip_bytes += pairs->length;
    pairs->is_in_pair = !pairs->is_value_length;
    pairs->is_value_length = !pairs->is_value_length;
    return true;
}

static bool take_pairs(struct pairs *pairs, const unsigned char *bytes, size_t byte_count) {
    pairs->all_bytes += byte_count;
    if (pairs->all_bytes > RECORD_PARAMETERS_MAX_BYTES)
        return false;
    for (size_t at = 0; at < byte_count;) {
        bool reads_length = pairs->is_in_pair || pairs->skip_bytes == 0;
        size_t left_bytes = byte_count - at;
        if (reads_length) {
            if (!take_length_byte(pairs, bytes[at++]))
                return false;
            continue;
        }
        size_t skipped =
            pairs->skip_bytes < left_bytes ? (size_t)pairs->skip_bytes : left_bytes;
        pairs->skip_bytes -= skipped;
        at += skipped;
    }
    return true;
}

static bool pairs_are_whole(const struct pairs *pairs) {
    return !pairs->is_in_pair && pairs->length_bytes_left == 0 && pairs->skip_bytes == 0;
}

static bool take_begin(struct walk *walk, const struct record *record) {
    if (record->type != TYPE_BEGIN || record->content_bytes != 8 || record->id == 0 ||
        record->padding_bytes != 0)
        return false;
    walk->id = record->id;
    walk->stage = STAGE_PARAMS;
    return (record->content[0] << 8 | record->content[1]) == RESPONDER;
}

static bool take_params(struct walk *walk, const struct record *record) {
    if (record->type != TYPE_PARAMS)
        return false;
    if (record->content_bytes > 0)
        return take_pairs(&walk->pairs, record->content, record->content_bytes);
    walk->stage = STAGE_STDIN;
    return pairs_are_whole(&walk->pairs) && record->padding_bytes == 0;
}

static bool take_stdin(struct walk *walk, const struct record *record) {
    if (record->type != TYPE_STDIN)
        return false;
    walk->body_bytes += record->content_bytes;
    if (record->content_bytes == 0 || walk->body_bytes > RECORD_BODY_MAX_BYTES)
        walk->stage = STAGE_DONE;
    return true;
}

/* Returns false if the record isn't allowed here. */
static bool take_record(struct walk *walk, const struct record *record) {
    if (walk->stage == STAGE_BEGIN)
        return take_begin(walk, record);
    if (record->id != walk->id)
        return false;
    return walk->stage == STAGE_PARAMS ? take_params(walk, record)
                                       : take_stdin(walk, record);
}

enum record_state record_look(const unsigned char *bytes, size_t byte_count) {
    struct walk walk = {.stage = STAGE_BEGIN};

    while (walk.stage != STAGE_DONE) {
        if (byte_count > 0 && bytes[0] != VERSION)
            return RECORD_REFUSED;
        if (byte_count < HEADER_BYTES)
            return RECORD_INCOMPLETE;
        struct record record = {.type = bytes[1],
                                .id = (unsigned)(bytes[2] << 8 | bytes[3]),
                                .content_bytes = (size_t)(bytes[4] << 8 | bytes[5]),
                                .padding_bytes = bytes[6],
                                .content = bytes + HEADER_BYTES};
        size_t all_bytes = HEADER_BYTES + record.content_bytes + record.padding_bytes;
        if (byte_count < all_bytes)
            return RECORD_INCOMPLETE;
        if (!take_record(&walk, &record))
            return RECORD_REFUSED;
        bytes += all_bytes;
        byte_count -= all_bytes;
    }
    return RECORD_WHOLE;
}

static unsigned char *put_header(unsigned char *at, unsigned type, int request_id,
                                 size_t content_bytes) {
    *at++ = VERSION;
    *at++ = (unsigned char)type;
    *at++ = (unsigned char)(request_id >> 8);
    *at++ = (unsigned char)request_id;
    *at++ = (unsigned char)(content_bytes >> 8);
    *at++ = (unsigned char)content_bytes;
    *at++ = 0;
    *at++ = 0;
    return at;
}

unsigned char *record_frame(struct span text, int request_id, size_t *frame_bytes) {
    size_t records = text.length_bytes / CONTENT_MAX + 1;
    unsigned char *frame =
        malloc(text.length_bytes + (records + 2) * HEADER_BYTES + HEADER_BYTES);
    unsigned char *at = frame;

    if (frame == NULL)
        return NULL;
    for (size_t sent = 0; sent < text.length_bytes;) {
        size_t left_bytes = text.length_bytes - sent;
        size_t content_bytes = left_bytes < CONTENT_MAX ? left_bytes : CONTENT_MAX;
        at = put_header(at, TYPE_STDOUT, request_id, content_bytes);
        memcpy(at, text.data + sent, content_bytes);
        at += content_bytes;
        sent += content_bytes;
    }
    at = put_header(at, TYPE_STDOUT, request_id, 0);
    at = put_header(at, TYPE_END, request_id, 8);
    /* Application status 0, protocol status FCGI_REQUEST_COMPLETE. */
    memset(at, 0, 8);
    *frame_bytes = (size_t)(at + 8 - frame);
    return frame;
}
