#include "calls/schema.h"

#include <stdio.h>
#include <string.h>

#define APPLY                                                                              \
    "apply sql/add_video_calls_table.sql, then sql/video_call_functions.sql "              \
    "(video-callctl"                                                                       \
    " migrate does both)"

enum check_field { CHECK_VERSION, CHECK_KIND, CHECK_SUBJECT, CHECK_REMEDY };

void schema_check_ask(struct ask *ask) {
    ask_begin(ask, "SELECT v.version, f.kind, f.subject, f.remedy"
                   " FROM video_call.version() AS v"
                   " LEFT JOIN video_call.list_findings() AS f ON true"
                   " ORDER BY f.kind DESC, f.subject, f.remedy");
}

static void report_old_version(schema_report *report, void *context, int64_t version) {
    char text[256];

    (void)snprintf(text, sizeof text,
                   "is version %lld, and this program needs %d or later: " APPLY,
                   (long long)version, SCHEMA_VERSION);
    report(context, SCHEMA_MISSING, "schema video_call", text);
}

static void report_row(const struct result *result, int row, schema_report *report,
                       void *context, struct schema_summary *summary) {
    const char *kind = result_text(result, row, CHECK_KIND);

    if (kind == NULL)
        return;
    enum schema_finding finding =
        strcmp(kind, "missing") == 0 ? SCHEMA_MISSING : SCHEMA_EXPOSED;
    summary->missing += finding == SCHEMA_MISSING;
    summary->exposed += finding == SCHEMA_EXPOSED;
    report(context, finding, result_text(result, row, CHECK_SUBJECT),
           result_text(result, row, CHECK_REMEDY));
}

enum database_error schema_check_read(const struct result *result, schema_report *report,
                                      void *context, struct schema_summary *summary) {
    *summary = (struct schema_summary){0};
    if (result->error == DATABASE_E_SCHEMA || result->error == DATABASE_E_PERMISSION) {
        summary->missing = 1;
        report(context, SCHEMA_MISSING, "schema video_call",
               result->error == DATABASE_E_SCHEMA
                   ? "does not exist: " APPLY
                   : "can't be used by this role: use the role video_call in"
                     " DATABASE_URL, or " APPLY);
        return DATABASE_OK;
    }
    if (result->error != DATABASE_OK)
        return result->error;
    int64_t version = result_integer(result, 0, CHECK_VERSION);
    if (version < SCHEMA_VERSION) {
        summary->missing = 1;
        report_old_version(report, context, version);
    }
    for (int row = 0; row < result_rows(result); row++)
        report_row(result, row, report, context, summary);
    return DATABASE_OK;
}

void schema_clock_ask(struct ask *ask) {
    ask_begin(ask, "SELECT clock_ms FROM video_call.clock_ms()");
}

enum database_error schema_clock_read(const struct result *result, int64_t *clock_ms) {
    if (result->error == DATABASE_OK)
        *clock_ms = result_integer(result, 0, 0);
    return result->error;
}
