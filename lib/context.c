#include "context.h"

#include "base/log.h"

static struct identity *make_identity(const struct settings *settings) {
    const struct identity_options options = {
        .session_secret = settings_secret(settings, SETTING_NEXTAUTH_SECRET),
        .session_secret_previous =
            settings_secret(settings, SETTING_NEXTAUTH_SECRET_PREVIOUS),
        .secure_cookies = settings_portal_is_secure(settings),
        .assertion_public_key =
            span_of_text(settings_text(settings, SETTING_ASSERTION_PUBLIC_KEY)),
        .assertion_secret = settings_secret(settings, SETTING_ASSERTION_SECRET),
    };
    struct identity *identity = NULL;

    enum identity_error error = identity_new(&options, &identity);
    if (error != IDENTITY_OK)
        log_message(LOG_LEVEL_ERROR, "identity", "%s", identity_error_text(error));
    return identity;
}

static enum database_pipelining pipelining_of(const struct settings *settings) {
    const char *word = settings_text(settings, SETTING_PIPELINE);

    return strcmp(word, "on") == 0    ? DATABASE_PIPELINING_ON
           : strcmp(word, "off") == 0 ? DATABASE_PIPELINING_OFF
                                      : DATABASE_PIPELINING_AUTO;
}

static struct database *open_database(const struct settings *settings, int connections) {
    const struct database_options options = {
        .url = settings_secret(settings, SETTING_DATABASE_URL),
        .timeout_ms = (int)settings_number(settings, SETTING_DATABASE_TIMEOUT_MS),
        .application_name = "video-call",
        .connections = connections,
        .pipelining = pipelining_of(settings),
    };
    struct database *database = NULL;

    enum database_error error = database_open(&options, &database);
    if (error != DATABASE_OK)
        log_message(LOG_LEVEL_ERROR, "database", "%s", database_error_text(error));
    return database;
}

struct database *context_open_database(const struct settings *settings) {
    return open_database(settings, 1);
}

bool context_open(struct context *context, const struct settings *settings) {
    *context = (struct context){.settings = settings};
    context->identity = make_identity(settings);
    if (context->identity == NULL)
        return false;
    if (!settings_has(settings, SETTING_DATABASE_URL))
        return true;
    context->database =
        open_database(settings, (int)settings_number(settings, SETTING_CONNECTIONS));
    return context->database != NULL;
}

struct call_patience context_patience(const struct settings *settings) {
    return (struct call_patience){
        .after_heartbeat_sec = settings_number(settings, SETTING_STALE_AFTER_HEARTBEAT_SEC),
        .without_heartbeat_sec =
            settings_number(settings, SETTING_STALE_WITHOUT_HEARTBEAT_SEC),
    };
}

void context_close(struct context *context) {
    database_close(context->database);
    identity_free(context->identity);
    *context = (struct context){.settings = NULL};
}
