#include "agora/agora_notification.h"

#include "base/json_reader.h"

#include <sodium.h>

#define SIGNATURE_BYTES     crypto_auth_hmacsha256_BYTES
#define SIGNATURE_HEX_BYTES ((size_t)2 * SIGNATURE_BYTES)
#define DEPTH_MAX           16
#define PRODUCT_RTC         1
#define LATEST_SEC          4102444800 /* the year 2100: anything later isn't in seconds */

const char *agora_notification_error_text(enum agora_notification_error error) {
    switch (error) {
    case AGORA_NOTIFICATION_OK:
        return "ok";
    case AGORA_NOTIFICATION_E_SIGNATURE:
        return "the signature is missing or wrong";
    case AGORA_NOTIFICATION_E_MALFORMED:
        return "the body is not a JSON object";
    }
    return "unknown agora notification error";
}

const char *agora_notification_kind_text(enum agora_notification_kind kind) {
    switch (kind) {
    case AGORA_NOTIFICATION_SIGN:
        return "sign";
    case AGORA_NOTIFICATION_JOIN:
        return "join";
    case AGORA_NOTIFICATION_LEAVE:
        return "leave";
    case AGORA_NOTIFICATION_DESTROY:
        return "destroy";
    case AGORA_NOTIFICATION_UNKNOWN:
        break;
    }
    return "unknown";
}

enum agora_notification_error
agora_notification_verify(struct span secret, struct span body, struct span signature_hex) {
    crypto_auth_hmacsha256_state state;
    uint8_t expected[SIGNATURE_BYTES];
    char expected_hex[SIGNATURE_HEX_BYTES + 1];
    enum agora_notification_error error = AGORA_NOTIFICATION_E_SIGNATURE;

    crypto_auth_hmacsha256_init(&state, (const uint8_t *)secret.data, secret.length_bytes);
    crypto_auth_hmacsha256_update(&state, (const uint8_t *)body.data, body.length_bytes);
    crypto_auth_hmacsha256_final(&state, expected);
    sodium_bin2hex(expected_hex, sizeof expected_hex, expected, sizeof expected);
    if (signature_hex.length_bytes == SIGNATURE_HEX_BYTES &&
        sodium_memcmp(expected_hex, signature_hex.data, SIGNATURE_HEX_BYTES) == 0)
        error = AGORA_NOTIFICATION_OK;
    sodium_memzero(&state, sizeof state);
    sodium_memzero(expected, sizeof expected);
    sodium_memzero(expected_hex, sizeof expected_hex);
    return error;
}

static enum agora_notification_kind kind_of_event(int64_t event_type) {
    switch (event_type) {
    case 101:
    case 111:
    case 112:
        return AGORA_NOTIFICATION_SIGN;
    case 102:
        return AGORA_NOTIFICATION_DESTROY;
    case 103:
    case 105:
    case 107:
        return AGORA_NOTIFICATION_JOIN;
    case 104:
    case 106:
    case 108:
        return AGORA_NOTIFICATION_LEAVE;
    default:
        return AGORA_NOTIFICATION_UNKNOWN;
    }
}

static bool take_integer(json_object *object, const char *name, int64_t *value) {
    json_object *member = NULL;

    if (!json_object_object_get_ex(object, name, &member) ||
        !json_object_is_type(member, json_type_int))
        return false;
    *value = json_object_get_int64(member);
    return true;
}

/* Copies a string that isn't empty, has no NUL and fits; else leaves text unchanged. */
static bool take_text(json_object *object, const char *name, char *text,
                      size_t text_bytes) {
    json_object *member = NULL;

    (void)json_object_object_get_ex(object, name, &member);
    struct span value = json_reader_text(member);
    if (value.data == NULL || value.length_bytes == 0 || value.length_bytes >= text_bytes ||
        memchr(value.data, '\0', value.length_bytes) != NULL)
        return false;
    memcpy(text, value.data, value.length_bytes);
    text[value.length_bytes] = '\0';
    return true;
}

static bool read_event(json_object *body, struct agora_notification *notification) {
    json_object *payload = NULL;
    int64_t product = 0;

    if (!take_integer(body, "eventType", &notification->event_type) ||
        !take_integer(body, "productId", &product) || product != PRODUCT_RTC ||
        !json_object_object_get_ex(body, "payload", &payload) ||
        !json_object_is_type(payload, json_type_object))
        return false;
    if (!take_text(body, "noticeId", notification->notice_id,
                   sizeof notification->notice_id) ||
        !take_text(payload, "channelName", notification->channel,
                   sizeof notification->channel) ||
        !take_integer(payload, "ts", &notification->at_sec) || notification->at_sec <= 0 ||
        notification->at_sec >= LATEST_SEC)
        return false;
    (void)take_text(payload, "account", notification->account,
                    sizeof notification->account);
    if (!take_integer(payload, "clientSeq", &notification->sequence))
        notification->sequence = notification->at_sec * 1000;
    return true;
}

enum agora_notification_error
agora_notification_read(struct span body, struct agora_notification *notification) {
    json_object *object = NULL;

    *notification = (struct agora_notification){.kind = AGORA_NOTIFICATION_UNKNOWN};
    if (json_reader_parse(body, DEPTH_MAX, &object) != JSON_READER_OK)
        return AGORA_NOTIFICATION_E_MALFORMED;
    if (read_event(object, notification))
        notification->kind = kind_of_event(notification->event_type);
    json_object_put(object);
    return AGORA_NOTIFICATION_OK;
}
