/*
 * agora_notification: the signed events that Agora's servers send about a channel.
 *
 * Agora POSTs a JSON object per event ("Notifications", formerly NCS) and signs the bytes
 * of the body: the header Agora-Signature-V2 is their HMAC-SHA256, in lower-case hex, keyed
 * with the secret that Agora's Console shows (docs.agora.io, "Receive notifications about
 * channel events", Authenticate the webhook). The older Agora-Signature, with SHA-1, is
 * ignored. The signature covers no time, so anyone who has a notification can replay it:
 * handling one twice must be harmless.
 *
 * This module verifies and reads. What an event means for a call is up to agora_event.h.
 */
#ifndef VIDEO_CALL_AGORA_NOTIFICATION_H
#define VIDEO_CALL_AGORA_NOTIFICATION_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

#define AGORA_NOTIFICATION_ID_MAX_BYTES      64
#define AGORA_NOTIFICATION_CHANNEL_MAX_BYTES 64
#define AGORA_NOTIFICATION_ACCOUNT_MAX_BYTES 255

enum agora_notification_error {
    AGORA_NOTIFICATION_OK = 0,
    AGORA_NOTIFICATION_E_SIGNATURE, /* missing, malformed, or of other bytes */
    AGORA_NOTIFICATION_E_MALFORMED, /* signed, but not a JSON object */
};

enum agora_notification_kind {
    AGORA_NOTIFICATION_UNKNOWN, /* another product, an unknown event, or one without channel
                                   or time: only event_type is set */
    AGORA_NOTIFICATION_SIGN,    /* 101 channel created, 111 and 112 role changed */
    AGORA_NOTIFICATION_JOIN,    /* 103, 105 (live profile), 107 (communication) */
    AGORA_NOTIFICATION_LEAVE,   /* 104, 106, 108 */
    AGORA_NOTIFICATION_DESTROY, /* 102 channel destroyed: the last user left */
};

struct agora_notification {
    enum agora_notification_kind kind;
    int64_t event_type;
    char notice_id[AGORA_NOTIFICATION_ID_MAX_BYTES + 1]; /* the same if it is resent */
    char channel[AGORA_NOTIFICATION_CHANNEL_MAX_BYTES + 1];
    char account[AGORA_NOTIFICATION_ACCOUNT_MAX_BYTES + 1]; /* empty: only a numeric uid */
    int64_t at_sec;   /* payload.ts, seconds since 1970 by Agora's clock */
    int64_t sequence; /* payload.clientSeq, which grows per client; if missing, at_sec in
                         milliseconds, which is on the same scale */
};

const char *agora_notification_error_text(enum agora_notification_error error);

/* "join", "leave", "destroy", "sign" or "unknown". */
const char *agora_notification_kind_text(enum agora_notification_kind kind);

/*
 * Whether signature_hex is Agora's signature of body, in constant time. Errors: SIGNATURE,
 * also if it is absent.
 */
enum agora_notification_error
agora_notification_verify(struct span secret, struct span body,
                          struct span signature_hex) MUST_CHECK;

/* Reads a body whose signature has been verified. Errors: MALFORMED. */
enum agora_notification_error
agora_notification_read(struct span body,
                        struct agora_notification *notification) MUST_CHECK NONNULL_ALL;

#endif
