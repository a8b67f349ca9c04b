#include "ctl.h"

#include "base/json_add.h"
#include "identity/identity.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void print_session(const struct ctl *ctl, const char *name, const char *session) {
    if (!ctl->wants_json) {
        printf("%s=%s\n", name, session);
        return;
    }
    json_object *json = json_object_new_object();
    json_add_text(json, "name", name);
    json_add_text(json, "value", session);
    json_add_integer(json, "expiresIn", ctl->lifetime_sec);
    ctl_print_json(json);
}

enum ctl_exit ctl_session(const struct ctl *ctl) {
    const char *discord_id = ctl->arguments[0];
    char *session = NULL;

    if (!ctl_take_discord_id(discord_id, "session: DISCORD_ID"))
        return CTL_USAGE;
    if (!settings_has(ctl->settings, SETTING_NEXTAUTH_SECRET)) {
        ctl_complain("session: NEXTAUTH_SECRET is not set");
        return CTL_FAILED;
    }
    enum identity_error error = identity_mint_session(
        settings_secret(ctl->settings, SETTING_NEXTAUTH_SECRET), span_of_text(discord_id),
        (int64_t)time(NULL), ctl->lifetime_sec, &session);
    if (error != IDENTITY_OK) {
        ctl_complain("session: %s", identity_error_text(error));
        return CTL_FAILED;
    }
    print_session(ctl, identity_cookie_name(settings_portal_is_secure(ctl->settings)),
                  session);
    sodium_memzero(session, strlen(session));
    free(session);
    return CTL_DONE;
}
