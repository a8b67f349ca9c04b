#include "routes.h"

#include "base/log.h"
#include "calls/schema.h"

#include <stdlib.h>

enum problem ask_nothing(struct exchange *exchange) {
    (void)exchange;
    return PROBLEM_NONE;
}

enum problem healthz_answer(struct exchange *exchange) {
    json_add_text(exchange->json, "status", "alive");
    return PROBLEM_NONE;
}

enum problem metrics_answer(struct exchange *exchange) {
    const struct exchange_tools *tools = exchange->tools;
    size_t text_bytes = 0;
    FILE *out = open_memstream(&exchange->plain_text, &text_bytes);

    if (out == NULL)
        return PROBLEM_INTERNAL;
    metrics_render(tools->metrics, tools->scoreboard, routes_name,
                   settings_number(exchange_settings(exchange), SETTING_WORKERS),
                   settings_number(exchange_settings(exchange), SETTING_REQUESTS_MAX), out);
    if (fclose(out) == 0)
        return PROBLEM_NONE;
    free(exchange->plain_text);
    exchange->plain_text = NULL;
    return PROBLEM_INTERNAL;
}

enum problem readyz_ask(struct exchange *exchange) {
    const struct settings *settings = exchange_settings(exchange);

    if (!settings_has(settings, SETTING_AGORA_APP_ID) ||
        !settings_has(settings, SETTING_AGORA_APP_CERTIFICATE))
        return PROBLEM_AGORA_NOT_CONFIGURED;
    schema_check_ask(&exchange->pending.ask);
    return PROBLEM_NONE;
}

static void log_finding(void *context, enum schema_finding finding, const char *subject,
                        const char *remedy) {
    (void)context;
    log_message(LOG_LEVEL_WARNING, finding == SCHEMA_MISSING ? "not_ready" : "exposed",
                "%s: %s", subject, remedy);
}

/*
 * Findings go to the log: the client needn't see the database's internals. An exposed
 * ledger is logged too, but still serves.
 */
enum problem readyz_answer(struct exchange *exchange) {
    struct schema_summary summary;

    enum database_error error =
        schema_check_read(&exchange->pending.result, log_finding, NULL, &summary);
    if (database_error_is_passing(error))
        return PROBLEM_DATABASE_UNAVAILABLE;
    if (error != DATABASE_OK || summary.missing > 0)
        return PROBLEM_NOT_READY;
    json_add_text(exchange->json, "status", "ready");
    return PROBLEM_NONE;
}
