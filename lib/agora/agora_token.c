#include "agora/agora_token.h"

#include "base/base64.h"

#include <ctype.h>
#include <sodium.h>
#include <zlib.h>

#define SIGNATURE_BYTES     crypto_auth_hmacsha256_BYTES
#define CONTENT_MAX_BYTES   1024 /* of a token built here: two strings of 255 and change */
#define OPEN_TEXT_MAX_BYTES 4096
#define INFLATED_MAX_BYTES  8192

/* Any decompressor accepts a smaller window; a larger one wouldn't shorten a token. */
#define DEFLATE_WINDOW_BITS 10
#define DEFLATE_MEMORY      2

static const struct span VERSION = SPAN_OF("007");

#define SERVICE_RTC 1

enum rtc_privilege {
    RTC_JOIN_CHANNEL = 1,
    RTC_PUBLISH_AUDIO = 2,
    RTC_PUBLISH_VIDEO = 3,
    RTC_PUBLISH_DATA = 4,
};

const char *agora_token_error_text(enum agora_token_error error) {
    switch (error) {
    case AGORA_TOKEN_OK:
        return "ok";
    case AGORA_TOKEN_E_APP_ID:
        return "the App ID must be 32 hex digits";
    case AGORA_TOKEN_E_CERTIFICATE:
        return "the App certificate must be 32 hex digits";
    case AGORA_TOKEN_E_CHANNEL:
        return "the channel must be 1 to 63 characters that Agora allows";
    case AGORA_TOKEN_E_ACCOUNT:
        return "the account must be 1 to 255 bytes, and not \"0\"";
    case AGORA_TOKEN_E_LIFETIME:
        return "the lifetime must be at most 24 hours, and not 0";
    case AGORA_TOKEN_E_SALT:
        return "the salt must be from 1 to 99999999";
    case AGORA_TOKEN_E_MALFORMED:
        return "this is not an Agora token (AccessToken2)";
    case AGORA_TOKEN_E_SIGNATURE:
        return "the signature does not hold under this certificate";
    case AGORA_TOKEN_E_CRYPTO:
        return "a cryptographic or compression library failed";
    }
    return "unknown agora_token error";
}

bool agora_token_is_app_id(struct span text) {
    if (text.length_bytes != AGORA_TOKEN_APP_ID_BYTES)
        return false;
    for (size_t at = 0; at < text.length_bytes; at++)
        if (!isxdigit((unsigned char)text.data[at]))
            return false;
    return true;
}

/* Agora's documented set; 64 bytes or more are refused. */
static bool is_channel(struct span text) {
    static const char PUNCTUATION[] = " !#$%&()+-:;<=.>?@[]^_{}|~,";

    if (text.length_bytes == 0 || text.length_bytes > AGORA_TOKEN_CHANNEL_MAX_BYTES)
        return false;
    for (size_t at = 0; at < text.length_bytes; at++) {
        unsigned char c = (unsigned char)text.data[at];
        if (!isalnum(c) && (c == '\0' || strchr(PUNCTUATION, c) == NULL))
            return false;
    }
    return true;
}

static bool is_account(struct span text) {
    return text.length_bytes > 0 && text.length_bytes <= AGORA_TOKEN_ACCOUNT_MAX_BYTES &&
           !span_equals(text, SPAN_OF("0"));
}

uint32_t agora_token_random_salt(void) {
    return 1 + randombytes_uniform(AGORA_TOKEN_SALT_MAX);
}

/* ── writing: little-endian, into a buffer that the checked request can't overflow ───── */

struct writer {
    uint8_t bytes[CONTENT_MAX_BYTES];
    size_t length_bytes;
};

static void put_uint16(struct writer *writer, uint16_t value) {
    writer->bytes[writer->length_bytes++] = (uint8_t)value;
    writer->bytes[writer->length_bytes++] = (uint8_t)(value >> 8);
}

static void put_uint32(struct writer *writer, uint32_t value) {
    put_uint16(writer, (uint16_t)value);
    put_uint16(writer, (uint16_t)(value >> 16));
}

static void put_string(struct writer *writer, struct span text) {
    put_uint16(writer, (uint16_t)text.length_bytes);
    memcpy(writer->bytes + writer->length_bytes, text.data, text.length_bytes);
    writer->length_bytes += text.length_bytes;
}

static void put_privileges(struct writer *writer,
                           const struct agora_token_request *request) {
    uint16_t highest =
        request->role == AGORA_TOKEN_HOST ? RTC_PUBLISH_DATA : RTC_JOIN_CHANNEL;

    put_uint16(writer, highest);
    for (uint16_t privilege = RTC_JOIN_CHANNEL; privilege <= highest; privilege++) {
        put_uint16(writer, privilege);
        put_uint32(writer, request->lifetime_sec);
    }
}

static void put_signed_part(struct writer *writer,
                            const struct agora_token_request *request) {
    put_string(writer, request->app_id);
    put_uint32(writer, request->issued_at_sec);
    put_uint32(writer, request->lifetime_sec);
    put_uint32(writer, request->salt);
    put_uint16(writer, 1);
    put_uint16(writer, SERVICE_RTC);
    put_privileges(writer, request);
    put_string(writer, request->channel);
    put_string(writer, request->account);
}

/* ── signing ─────────────────────────────────────────────────────────────────────────── */

static void hmac(const uint8_t *key, size_t key_bytes, struct span message,
                 uint8_t mac[static SIGNATURE_BYTES]) {
    crypto_auth_hmacsha256_state state;

    crypto_auth_hmacsha256_init(&state, key, key_bytes);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)message.data,
                                  message.length_bytes);
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_memzero(&state, sizeof state);
}

static void hmac_under_uint32(uint32_t key, struct span message,
                              uint8_t mac[static SIGNATURE_BYTES]) {
    uint8_t little_endian[4] = {(uint8_t)key, (uint8_t)(key >> 8), (uint8_t)(key >> 16),
                                (uint8_t)(key >> 24)};

    hmac(little_endian, sizeof little_endian, message, mac);
}

static void sign(uint32_t issued_at_sec, uint32_t salt, struct span certificate,
                 struct span message, uint8_t signature[static SIGNATURE_BYTES]) {
    uint8_t key[SIGNATURE_BYTES];

    hmac_under_uint32(issued_at_sec, certificate, key);
    hmac_under_uint32(salt, (struct span){(const char *)key, sizeof key}, key);
    hmac(key, sizeof key, message, signature);
    sodium_memzero(key, sizeof key);
}

/* ── building ────────────────────────────────────────────────────────────────────────── */

static bool deflate_whole(const struct writer *content, uint8_t *out, size_t *out_bytes) {
    z_stream stream = {.next_in = (Bytef *)content->bytes,
                       .avail_in = (uInt)content->length_bytes,
                       .next_out = out,
                       .avail_out = (uInt)*out_bytes};

    if (deflateInit2(&stream, Z_NO_COMPRESSION, Z_DEFLATED, DEFLATE_WINDOW_BITS,
                     DEFLATE_MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return false;
    bool ended = deflate(&stream, Z_FINISH) == Z_STREAM_END;
    *out_bytes = stream.total_out;
    (void)deflateEnd(&stream);
    return ended;
}

static enum agora_token_error encode(const struct writer *content, char *text) {
    uint8_t compressed[CONTENT_MAX_BYTES];
    size_t compressed_bytes = sizeof compressed;

    if (!deflate_whole(content, compressed, &compressed_bytes))
        return AGORA_TOKEN_E_CRYPTO;
    if (VERSION.length_bytes +
            sodium_base64_ENCODED_LEN(compressed_bytes, sodium_base64_VARIANT_ORIGINAL) >
        AGORA_TOKEN_TEXT_BYTES)
        return AGORA_TOKEN_E_CRYPTO;
    memcpy(text, VERSION.data, VERSION.length_bytes);
    (void)sodium_bin2base64(text + VERSION.length_bytes,
                            AGORA_TOKEN_TEXT_BYTES - VERSION.length_bytes, compressed,
                            compressed_bytes, sodium_base64_VARIANT_ORIGINAL);
    return AGORA_TOKEN_OK;
}

static enum agora_token_error check(const struct agora_token_request *request) {
    if (!agora_token_is_app_id(request->app_id))
        return AGORA_TOKEN_E_APP_ID;
    if (!agora_token_is_app_id(request->certificate))
        return AGORA_TOKEN_E_CERTIFICATE;
    if (!is_channel(request->channel))
        return AGORA_TOKEN_E_CHANNEL;
    if (!is_account(request->account))
        return AGORA_TOKEN_E_ACCOUNT;
    if (request->lifetime_sec == 0 || request->lifetime_sec > AGORA_TOKEN_LIFETIME_MAX_SEC)
        return AGORA_TOKEN_E_LIFETIME;
    if (request->salt == 0 || request->salt > AGORA_TOKEN_SALT_MAX)
        return AGORA_TOKEN_E_SALT;
    return AGORA_TOKEN_OK;
}

enum agora_token_error agora_token_build(const struct agora_token_request *request,
                                         char text[static AGORA_TOKEN_TEXT_BYTES]) {
    uint8_t signature[SIGNATURE_BYTES];
    struct writer signed_part, content;

    text[0] = '\0';
    enum agora_token_error error = check(request);
    if (error != AGORA_TOKEN_OK)
        return error;
    signed_part.length_bytes = 0;
    put_signed_part(&signed_part, request);
    struct span message = {(const char *)signed_part.bytes, signed_part.length_bytes};
    sign(request->issued_at_sec, request->salt, request->certificate, message, signature);

    content.length_bytes = 0;
    put_string(&content, (struct span){(const char *)signature, sizeof signature});
    memcpy(content.bytes + content.length_bytes, message.data, message.length_bytes);
    content.length_bytes += message.length_bytes;
    error = encode(&content, text);
    if (error != AGORA_TOKEN_OK)
        text[0] = '\0';
    return error;
}

/* ── opening ─────────────────────────────────────────────────────────────────────────── */

/* After the first failed read, ok stays false and everything reads as zero. */
struct reader {
    struct span rest;
    bool ok;
};

static struct span take(struct reader *reader, size_t length_bytes) {
    if (!reader->ok || reader->rest.length_bytes < length_bytes) {
        reader->ok = false;
        return SPAN_ABSENT;
    }
    struct span taken = {reader->rest.data, length_bytes};
    reader->rest.data += length_bytes;
    reader->rest.length_bytes -= length_bytes;
    return taken;
}

static uint32_t take_integer(struct reader *reader, size_t length_bytes) {
    struct span bytes = take(reader, length_bytes);
    uint32_t value = 0;

    for (size_t at = bytes.length_bytes; at > 0; at--)
        value = value << 8 | (uint8_t)bytes.data[at - 1];
    return value;
}

static uint16_t take_uint16(struct reader *reader) {
    return (uint16_t)take_integer(reader, 2);
}

static struct span take_string(struct reader *reader) {
    return take(reader, take_uint16(reader));
}

/* Copies a string into text; fails if it doesn't fit or contains a NUL. */
static void take_text(struct reader *reader, char *text, size_t text_bytes) {
    struct span string = take_string(reader);

    if (!reader->ok || string.length_bytes >= text_bytes ||
        memchr(string.data, '\0', string.length_bytes) != NULL) {
        reader->ok = false;
        return;
    }
    memcpy(text, string.data, string.length_bytes);
    text[string.length_bytes] = '\0';
}

static void take_privileges(struct reader *reader, struct agora_token_service *service) {
    service->privilege_count = take_uint16(reader);
    if (service->privilege_count > AGORA_TOKEN_PRIVILEGES_MAX) {
        service->privilege_count = 0;
        reader->ok = false;
    }
    for (size_t at = 0; at < service->privilege_count; at++) {
        service->privileges[at].privilege = take_uint16(reader);
        service->privileges[at].expire_sec = take_integer(reader, 4);
    }
}

/* False for any other service: it can't be known where that ends. */
static bool take_service(struct reader *reader, struct agora_token_service *service) {
    service->type = take_uint16(reader);
    if (service->type != SERVICE_RTC) {
        (void)take(reader, reader->rest.length_bytes);
        return false;
    }
    take_privileges(reader, service);
    take_text(reader, service->channel, sizeof service->channel);
    take_text(reader, service->account, sizeof service->account);
    return true;
}

static bool take_content(struct reader *reader, struct agora_token_content *content) {
    take_text(reader, content->app_id, sizeof content->app_id);
    content->issued_at_sec = take_integer(reader, 4);
    content->lifetime_sec = take_integer(reader, 4);
    content->salt = take_integer(reader, 4);
    content->service_count = take_uint16(reader);
    if (content->service_count > AGORA_TOKEN_SERVICES_MAX)
        return false;
    for (size_t at = 0; at < content->service_count; at++) {
        if (!take_service(reader, &content->services[at]))
            content->service_count = at + 1;
    }
    return reader->ok && reader->rest.length_bytes == 0 &&
           agora_token_is_app_id(span_of_text(content->app_id));
}

static bool inflate_whole(struct span compressed, uint8_t *out, size_t *out_bytes) {
    z_stream stream = {.next_in = (Bytef *)compressed.data,
                       .avail_in = (uInt)compressed.length_bytes,
                       .next_out = out,
                       .avail_out = (uInt)*out_bytes};

    if (inflateInit(&stream) != Z_OK)
        return false;
    bool whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
    *out_bytes = stream.total_out;
    (void)inflateEnd(&stream);
    return whole;
}

static bool decode(struct span text, uint8_t *out, size_t *out_bytes) {
    uint8_t compressed[OPEN_TEXT_MAX_BYTES];
    size_t compressed_bytes = 0;

    if (text.length_bytes > OPEN_TEXT_MAX_BYTES || !span_starts_with(text, VERSION))
        return false;
    struct span encoded = {text.data + VERSION.length_bytes,
                           text.length_bytes - VERSION.length_bytes};
    if (!base64_decode(encoded, BASE64_STANDARD, compressed, sizeof compressed,
                       &compressed_bytes))
        return false;
    return inflate_whole((struct span){(const char *)compressed, compressed_bytes}, out,
                         out_bytes);
}

enum agora_token_error agora_token_open(struct span text, struct span certificate,
                                        struct agora_token_content *content) {
    uint8_t inflated[INFLATED_MAX_BYTES], expected[SIGNATURE_BYTES];
    size_t inflated_bytes = sizeof inflated;

    memset(content, 0, sizeof *content);
    if (certificate.data != NULL && !agora_token_is_app_id(certificate))
        return AGORA_TOKEN_E_CERTIFICATE;
    if (!decode(text, inflated, &inflated_bytes))
        return AGORA_TOKEN_E_MALFORMED;
    struct reader reader = {{(const char *)inflated, inflated_bytes}, true};
    struct span signature = take_string(&reader);
    struct span message = reader.rest;
    if (signature.length_bytes != SIGNATURE_BYTES || !take_content(&reader, content)) {
        memset(content, 0, sizeof *content);
        return AGORA_TOKEN_E_MALFORMED;
    }
    if (certificate.data == NULL)
        return AGORA_TOKEN_OK;
    sign(content->issued_at_sec, content->salt, certificate, message, expected);
    content->signature_holds =
        sodium_memcmp(expected, signature.data, SIGNATURE_BYTES) == 0;
    sodium_memzero(expected, sizeof expected);
    return content->signature_holds ? AGORA_TOKEN_OK : AGORA_TOKEN_E_SIGNATURE;
}
