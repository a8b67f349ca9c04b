#include "exchange.h"

#include "log.h"
#include "schema.h"

#include <stdlib.h>

enum problem handle_healthz(struct exchange *exchange) {
    json_add_text(exchange->answer, "status", "alive");
    return PROBLEM_NONE;
}

enum problem handle_metrics(struct exchange *exchange) {
    size_t text_bytes = 0;
    FILE *out = open_memstream(&exchange->plain_text, &text_bytes);

    if (out == NULL)
        return PROBLEM_INTERNAL;
    metrics_render(exchange->service->metrics, exchange->service->scoreboard,
                   settings_number(exchange->service->settings, SETTING_WORKERS), out);
    if (fclose(out) == 0)
        return PROBLEM_NONE;
    free(exchange->plain_text);
    exchange->plain_text = NULL;
    return PROBLEM_INTERNAL;
}

static void log_fault(void *context, const char *subject, const char *remedy) {
    (void)context;
    log_message(LOG_LEVEL_WARNING, "not_ready", "%s: %s", subject, remedy);
}

/* What is missing goes to the log: whoever may ask this need not see the database's inside.
 */
enum problem handle_readyz(struct exchange *exchange) {
    const struct service *service = exchange->service;
    int fault_count = 0;

    if (!settings_has(service->settings, SETTING_AGORA_APP_ID) ||
        !settings_has(service->settings, SETTING_AGORA_APP_CERTIFICATE))
        return PROBLEM_AGORA_NOT_CONFIGURED;
    enum database_error error =
        schema_check(service->database, log_fault, NULL, &fault_count);
    if (database_is_away(error))
        return PROBLEM_DATABASE_UNAVAILABLE;
    if (error != DATABASE_OK || fault_count > 0)
        return PROBLEM_NOT_READY;
    json_add_text(exchange->answer, "status", "ready");
    return PROBLEM_NONE;
}
