/*
 * ctl: what the subcommands of video-callctl share: what they are asked to do, and how to
 * answer a person on a terminal, or a script that asked for --json.
 */
#ifndef VIDEO_CALL_CTL_H
#define VIDEO_CALL_CTL_H

#include "base/attributes.h"
#include "base/uuid.h"
#include "postgres/database.h"
#include "settings.h"
#include "terminal.h"

#include <json-c/json.h>

/* Documented in video-callctl(1); scripts depend on them. */
enum ctl_exit {
    CTL_DONE = 0,
    CTL_FAILED = 1,      /* it failed, or it was done and the answer is no */
    CTL_USAGE = 2,       /* wrong usage: nothing was done */
    CTL_UNREACHABLE = 3, /* the database, or the URL, can't be reached */
    CTL_UNKNOWN = 4,     /* SQL was sent, and its outcome is unknown */
};

struct ctl {
    /* Only those that the subcommand names in subcommand.c are read. */
    const struct settings *settings;
    char **arguments; /* after the subcommand's name, NULL at the end */
    bool wants_json;
    bool wants_long;
    bool wants_sql;
    long lifetime_sec;
    long limit;
    long timeout_sec;
    const char *role;       /* --role; NULL if not given, like the next four */
    const char *instructor; /* a Discord ID */
    const char *mentee;
    const char *stranger;
    const char *mentorship;
};

/* Where nginx serves metrics in docs/administrator.md. */
#define CTL_STATS_URL "http://127.0.0.1:8081"

typedef enum ctl_exit ctl_subcommand(const struct ctl *ctl);

/* Each in a file; two that belong together share one. */
ctl_subcommand ctl_check, ctl_migrate, ctl_token, ctl_inspect, ctl_calls, ctl_end,
    ctl_session, ctl_smoke, ctl_smoke_accounts, ctl_stats;

/* Prints a line, escaped as terminal.h says: "video-callctl: …" on stderr, or to stdout. */
void ctl_complain(const char *format, ...) PRINTF_LIKE(1, 2);
#define ctl_say(...) terminal_line(stdout, __VA_ARGS__)

/* False, with a complaint, if text isn't a valid ID. */
bool ctl_take_uuid(const char *text, const char *what,
                   struct uuid *uuid) MUST_CHECK NONNULL_ALL;
bool ctl_take_discord_id(const char *text, const char *what) MUST_CHECK NONNULL_ALL;

/*
 * Connects to url within some seconds; name is the variable that holds it, for complaints.
 * For database_close; NULL, with a complaint, if url is absent or can't be reached.
 */
struct database *ctl_open_database(const char *name, struct span url,
                                   int timeout_ms) MUST_CHECK NONNULL_ALL;

/*
 * Asks the database of DATABASE_URL and fills result, for result_free. False, with a
 * complaint, if it can't be reached; then there is no result to free.
 */
bool ctl_ask(const struct ctl *ctl, const struct ask *ask,
             struct result *result) MUST_CHECK NONNULL_ALL;

/*
 * The connection string in ADMIN_DATABASE_URL or, if that isn't set, what the administrator
 * types at a prompt that doesn't show it: never an argument, which every user of the
 * machine can read. For secret_free; NULL, with a complaint, if there is neither.
 */
struct secret *ctl_admin_url(void) MUST_CHECK;

/* Prints the object as one line and frees it. */
void ctl_print_json(json_object *json);

/* "3 s", "12 min", "5 h 12 min", "2 d 3 h". */
#define CTL_AGE_BYTES 32
void ctl_age_text(int64_t age_sec, char text[static CTL_AGE_BYTES]);

#endif
