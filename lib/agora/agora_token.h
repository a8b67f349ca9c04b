/*
 * agora_token: builds and opens AccessToken2 ("007"), the token with which Agora lets
 * one user account into one channel.
 *
 * The form is Agora's own: AgoraIO/Tools, DynamicKey/AgoraDynamicKey, AccessToken2 and
 * RtcTokenBuilder2 ("buildTokenWithUserAccount"). A token is "007" followed by the padded
 * standard base64 of a zlib stream holding
 *
 *     string  signature           HMAC-SHA256, 32 bytes
 *     string  app_id              32 hex digits as text
 *     uint32  issued_at           seconds since 1970
 *     uint32  expire              seconds after issued_at
 *     uint32  salt                1 .. 99999999
 *     uint16  number of services, then per service: uint16 type, uint16 number of
 *             privileges, (uint16 privilege, uint32 expire) ascending, and for RTC
 *             (type 1): string channel, string account
 *
 * Integers are little-endian; a string is a uint16 length and its bytes. The signature is
 * HMAC(k2, everything after the signature), k2 = HMAC(salt, HMAC(issued_at, certificate)),
 * where the integers are the HMAC keys.
 *
 * This module issues tokens for the RTC service with a string user account only. It knows
 * nothing of mentorships: its caller decides who gets which role. Every expiry is a
 * duration from issued_at, never a point in time.
 */
#ifndef VIDEO_CALL_AGORA_TOKEN_H
#define VIDEO_CALL_AGORA_TOKEN_H

#include "base/attributes.h"
#include "base/span.h"

#include <stdint.h>

#define AGORA_TOKEN_APP_ID_BYTES      32 /* hex digits */
#define AGORA_TOKEN_CERTIFICATE_BYTES 32 /* hex digits */
#define AGORA_TOKEN_CHANNEL_MAX_BYTES 63
#define AGORA_TOKEN_ACCOUNT_MAX_BYTES 255
#define AGORA_TOKEN_LIFETIME_MAX_SEC  86400
#define AGORA_TOKEN_SALT_MAX          99999999u

/* Any token this module builds fits, with its NUL. */
#define AGORA_TOKEN_TEXT_BYTES 1024

enum agora_token_error {
    AGORA_TOKEN_OK = 0,
    AGORA_TOKEN_E_APP_ID,      /* not 32 hex digits */
    AGORA_TOKEN_E_CERTIFICATE, /* not 32 hex digits */
    AGORA_TOKEN_E_CHANNEL,   /* empty, 64 bytes or more, or outside Agora's character set */
    AGORA_TOKEN_E_ACCOUNT,   /* empty, "0" (either would admit anyone), over 255 bytes */
    AGORA_TOKEN_E_LIFETIME,  /* 0, or over 24 hours */
    AGORA_TOKEN_E_SALT,      /* 0, or over 99999999 */
    AGORA_TOKEN_E_MALFORMED, /* opening: not a 007 token, or lengths that don't add up */
    AGORA_TOKEN_E_SIGNATURE, /* opening: made with another certificate, or altered */
    AGORA_TOKEN_E_CRYPTO,    /* OpenSSL, zlib or the random source failed */
};

enum agora_token_role {
    AGORA_TOKEN_HOST,     /* join, publish audio, video and data */
    AGORA_TOKEN_AUDIENCE, /* join only: what Agora's builder gives a subscriber */
};

struct agora_token_request {
    struct span app_id;
    struct span certificate; /* secret; stays the caller's */
    struct span channel;
    struct span account;
    enum agora_token_role role;
    uint32_t issued_at_sec; /* seconds since 1970 */
    uint32_t lifetime_sec;  /* of the token and of each of its privileges */
    uint32_t salt;          /* 1 .. AGORA_TOKEN_SALT_MAX; see agora_token_random_salt */
};

/* For a person, to follow a colon; static, never NULL. */
const char *agora_token_error_text(enum agora_token_error error);

/* True for exactly 32 hex digits: the form of both App ID and certificate. */
bool agora_token_is_app_id(struct span text);

/* A salt from libsodium's random source. */
uint32_t agora_token_random_salt(void);

/*
 * Builds a token into text, NUL-terminated. On any error, text is empty. Errors: all but
 * MALFORMED and SIGNATURE.
 */
enum agora_token_error
agora_token_build(const struct agora_token_request *request,
                  char text[static AGORA_TOKEN_TEXT_BYTES]) MUST_CHECK NONNULL_ALL;

#define AGORA_TOKEN_PRIVILEGES_MAX 8
#define AGORA_TOKEN_SERVICES_MAX   8

struct agora_token_privilege {
    uint16_t privilege;
    uint32_t expire_sec;
};

struct agora_token_service {
    uint16_t type; /* 1 is RTC; for any other, the rest is unset */
    size_t privilege_count;
    struct agora_token_privilege privileges[AGORA_TOKEN_PRIVILEGES_MAX];
    char channel[AGORA_TOKEN_ACCOUNT_MAX_BYTES + 1];
    char account[AGORA_TOKEN_ACCOUNT_MAX_BYTES + 1];
};

struct agora_token_content {
    char app_id[AGORA_TOKEN_APP_ID_BYTES + 1];
    uint32_t issued_at_sec;
    uint32_t lifetime_sec;
    uint32_t salt;
    size_t service_count;
    struct agora_token_service services[AGORA_TOKEN_SERVICES_MAX];
    bool signature_holds; /* also false if no certificate was given */
};

/*
 * Opens a token. It reads the RTC service, which Agora's builders write first; at any other
 * service it reads the type and stops. With a certificate it checks the signature, in
 * constant time. Fills content for OK and SIGNATURE; otherwise content is zeroed. Doesn't
 * check expiry. Over 4 KiB of text, or 8 KiB once inflated, is MALFORMED. Errors:
 * MALFORMED, SIGNATURE, CERTIFICATE, CRYPTO.
 */
enum agora_token_error
agora_token_open(struct span text, struct span certificate,
                 struct agora_token_content *content) MUST_CHECK NONNULL_ALL;

#endif
