/*
 * ctl: what the subcommands of video-callctl share: the command line, the settings, and how
 * they answer: a person on a terminal, or a script that asked for --json.
 */
#ifndef VIDEO_CALL_CTL_H
#define VIDEO_CALL_CTL_H

#include "base/attributes.h"
#include "base/uuid.h"
#include "postgres/database.h"
#include "settings.h"

#include <json-c/json.h>

/* Documented in video-callctl(1); scripts depend on them. */
enum ctl_exit {
    CTL_DONE = 0,
    CTL_FAILED = 1,      /* it was done, and the answer is no */
    CTL_USAGE = 2,       /* wrong usage: nothing was done */
    CTL_UNREACHABLE = 3, /* the database, or the URL, cannot be reached */
};

struct ctl {
    const struct settings *settings;
    bool wants_json;
    char **arguments; /* behind the subcommand's name, NULL at the end */
    long lifetime_sec;
    const char *role;       /* --role, NULL where not given; so are the next four */
    const char *instructor; /* a Discord id */
    const char *mentee;
    const char *stranger;
    const char *mentorship;
};

typedef enum ctl_exit ctl_subcommand(const struct ctl *ctl);

/* One file each, or one for two that belong together. */
ctl_subcommand ctl_check, ctl_migrate, ctl_token, ctl_inspect, ctl_calls, ctl_end,
    ctl_session, ctl_smoke, ctl_stats;

/* "video-callctl: …" on stderr. */
void ctl_complain(const char *format, ...) PRINTF_LIKE(1, 2);

/*
 * Connects to url within some seconds, for database_close. NULL, complained of, where that
 * fails.
 */
struct database *ctl_open_database(const struct ctl *ctl,
                                   struct span url) MUST_CHECK NONNULL_ALL;

/*
 * Asks the database of DATABASE_URL. Fills result, for result_free; false, complained of,
 * where it cannot be reached, and then there is no result to free.
 */
bool ctl_ask(const struct ctl *ctl, const struct ask *ask,
             struct result *result) MUST_CHECK NONNULL_ALL;

/* Prints the object on a line of its own and frees it. */
void ctl_print_json(json_object *json);

/* "3 s", "12 min", "5 h 12 min", "2 d 3 h". */
#define CTL_AGE_BYTES 32
void ctl_age_text(int64_t age_sec, char text[static CTL_AGE_BYTES]);

#endif
