#include "config.h"

#include "subcommand.h"

#include "agora/agora_token.h"

#include <ctype.h>
#include <string.h>

#define BIT(option)      ((uint32_t)1 << OPTION_##option)
#define SETTING(setting) ((uint64_t)1 << SETTING_##setting)

#define TO_ANSWER (BIT(ENV_FILE) | BIT(JSON))
#define TO_ASK    (SETTING(DATABASE_URL) | SETTING(DATABASE_TIMEOUT_MS))
#define TO_MEASURE                                                                         \
    (SETTING(STALE_AFTER_HEARTBEAT_SEC) | SETTING(STALE_WITHOUT_HEARTBEAT_SEC))
#define TO_SIGN_IN  (SETTING(NEXTAUTH_SECRET) | SETTING(NEXTAUTH_URL))
#define ALL         UINT64_MAX
#define FILES_MAX   16
#define TIMEOUT_SEC 300
#define CALLS_MAX   1000

/* clang-format off */
static const struct option_row OPTIONS[OPTION__COUNT] = {
    [OPTION_ENV_FILE] = {"env-file", "PATH",
        "file of KEY=value lines with the settings; the\nenvironment takes precedence; by default\n" VIDEO_CALL_ENV_FILE, 0, 0, 0},
    [OPTION_JSON] = {"json", NULL, "print one line of JSON", 0, 0, 0},
    [OPTION_LIFETIME] = {"lifetime", "SEC", "how many seconds it lasts, 86400 at most;\n3600 by default", 1, AGORA_TOKEN_LIFETIME_MAX_SEC, 3600},
    [OPTION_LIMIT] = {"limit", "N", "how many calls to list, 1000 at most and by default", 1, CALLS_MAX, CALLS_MAX},
    [OPTION_LONG] = {"long", NULL, "several lines a call, with all times", 0, 0, 0},
    [OPTION_INSTRUCTOR] = {"instructor", "ID", "Discord ID of the instructor", 0, 0, 0},
    [OPTION_MENTEE] = {"mentee", "ID", "Discord ID of the mentee", 0, 0, 0},
    [OPTION_MENTORSHIP] = {"mentorship", "ID", "ID of their mentorship", 0, 0, 0},
    [OPTION_STRANGER] = {"stranger", "ID", "Discord ID of somebody who must be refused", 0, 0, 0},
    [OPTION_ROLE] = {"role", "ROLE", "host or audience; host by default", 0, 0, 0},
    [OPTION_SQL] = {"sql", NULL, "print the SQL instead of applying it", 0, 0, 0},
    [OPTION_TIMEOUT] = {"timeout", "SEC", "how many seconds a file may take, 86400 at most;\n300 by default", 1, 86400, TIMEOUT_SEC},
    [OPTION_HELP] = {"help", NULL, "print help, for a subcommand if one is given", 0, 0, 0},
    [OPTION_VERSION] = {"version", NULL, "print the version", 0, 0, 0},
};

static const char CHECK_DETAILS[] =
    "Checks the settings, the connection to the database and its encryption, the\n"
    "clocks, the schema and its privileges, for the service, and says what to do\n"
    "about each finding. Warnings do not affect the exit status.\n";
static const char MIGRATE_DETAILS[] =
    "Applies the SQL files one after another, without FILE those of this release, as\n"
    "the role in ADMIN_DATABASE_URL, which must own the portal's tables and be\n"
    "allowed to create roles and schemas. If that variable is not set, you are asked\n"
    "for it. The files of a release are safe to apply again.\n";
static const char TOKEN_DETAILS[] =
    "Issues an Agora token for the mentorship's channel without asking whether that\n"
    "person may join it: for experiments.\n";
static const char INSPECT_DETAILS[] =
    "Shows what a token of the backend contains, when it expires, and whether it was\n"
    "signed with AGORA_APP_CERTIFICATE. With - as TOKEN, it is read from standard\n"
    "input, where other users cannot see it.\n";
static const char CALLS_DETAILS[] =
    "Lists the active calls, newest first, and who is in them. A call is stale when it\n"
    "has shown no sign of life for too long: the pool is about to close it.\n";
static const char END_DETAILS[] =
    "Ends the call for both participants. CALL is an ID that calls lists.\n";
static const char SESSION_DETAILS[] =
    "Makes a session cookie for that person from NEXTAUTH_SECRET, for a request by\n"
    "hand. Anyone who has the cookie is that person until it expires.\n";
static const char SMOKE_DETAILS[] =
    "Walks through a whole call at the portal's address URL as an instructor and a\n"
    "mentee: the test accounts of smoke-accounts, or two that you name. The call\n"
    "stays in their history.\n";
static const char ACCOUNTS_DETAILS[] =
    "Creates an instructor, a mentee and their mentorship for smoke, clearly named as\n"
    "a test, as the role in ADMIN_DATABASE_URL. Nobody can sign in as them. Safe to\n"
    "repeat. If the portal's tables require more columns, it says which: save the\n"
    "SQL with --sql, add them, and apply the file with migrate.\n";
static const char STATS_DETAILS[] =
    "Summarizes a pool's metrics. nginx serves them to local addresses only; URL is\n"
    CTL_STATS_URL " by default.\n";

static const struct subcommand SUBCOMMANDS[] = {
    {"check", "", "check settings, database, schema, privileges and clocks",
     CHECK_DETAILS, 0, 0, TO_ANSWER, ALL, ctl_check},
    {"migrate", "[FILE]...", "apply the SQL of this release, or these files",
     MIGRATE_DETAILS, 0, FILES_MAX, BIT(JSON) | BIT(TIMEOUT), 0, ctl_migrate},
    {"token", "MENTORSHIP DISCORD_ID", "issue an Agora token, for experiments",
     TOKEN_DETAILS, 2, 2, TO_ANSWER | BIT(ROLE) | BIT(LIFETIME),
     SETTING(AGORA_APP_ID) | SETTING(AGORA_APP_CERTIFICATE), ctl_token},
    {"inspect", "TOKEN", "show what an Agora token contains and check its signature",
     INSPECT_DETAILS, 1, 1, TO_ANSWER, SETTING(AGORA_APP_CERTIFICATE), ctl_inspect},
    {"calls", "", "list the active calls, newest first",
     CALLS_DETAILS, 0, 0, TO_ANSWER | BIT(LIMIT) | BIT(LONG), TO_ASK | TO_MEASURE, ctl_calls},
    {"end", "CALL", "end a call for both participants",
     END_DETAILS, 1, 1, TO_ANSWER, TO_ASK | TO_MEASURE, ctl_end},
    {"session", "DISCORD_ID", "make a session cookie of the portal",
     SESSION_DETAILS, 1, 1, TO_ANSWER | BIT(LIFETIME), TO_SIGN_IN, ctl_session},
    {"smoke", "URL", "walk through a whole call against a deployment",
     SMOKE_DETAILS, 1, 1, TO_ANSWER | BIT(INSTRUCTOR) | BIT(MENTEE) | BIT(MENTORSHIP) | BIT(STRANGER),
     TO_SIGN_IN | SETTING(AGORA_APP_CERTIFICATE), ctl_smoke},
    {"smoke-accounts", "", "create the test accounts for smoke",
     ACCOUNTS_DETAILS, 0, 0, BIT(JSON) | BIT(SQL), 0, ctl_smoke_accounts},
    {"stats", "[URL]", "summarize the metrics of a pool",
     STATS_DETAILS, 0, 1, BIT(JSON), 0, ctl_stats},
    {"help", "[SUBCOMMAND]", "print help, for a subcommand if one is given",
     "", 0, 1, 0, 0, NULL},
};
/* clang-format on */

#define SUBCOMMAND_COUNT (sizeof SUBCOMMANDS / sizeof *SUBCOMMANDS)

const struct option_row *subcommand_option(enum ctl_option option) {
    return &OPTIONS[option];
}

const struct subcommand *subcommand_find(const char *name) {
    for (size_t at = 0; at < SUBCOMMAND_COUNT; at++)
        if (strcmp(name, SUBCOMMANDS[at].name) == 0)
            return &SUBCOMMANDS[at];
    return NULL;
}

/* ── the nearest name ────────────────────────────────────────────────────────────────── */

#define NAME_MAX_BYTES 24
#define NEAR_EDITS     2

static int min_of(int a, int b, int c) {
    int min = a < b ? a : b;

    return min < c ? min : c;
}

/* The Levenshtein distance, one row of its matrix at a time; too many for a long name. */
static int edits(const char *a, const char *b) {
    int row[NAME_MAX_BYTES + 1];
    int b_bytes = (int)strlen(b);

    if (strlen(a) > NAME_MAX_BYTES || b_bytes > NAME_MAX_BYTES)
        return NAME_MAX_BYTES;
    for (int at = 0; at <= b_bytes; at++)
        row[at] = at;
    for (int a_at = 1; a[a_at - 1] != '\0'; a_at++) {
        int diagonal = row[0];
        row[0] = a_at;
        for (int b_at = 1; b_at <= b_bytes; b_at++) {
            int substituted = diagonal + (a[a_at - 1] != b[b_at - 1]);
            diagonal = row[b_at];
            row[b_at] = min_of(row[b_at] + 1, row[b_at - 1] + 1, substituted);
        }
    }
    return row[b_bytes];
}

const char *subcommand_nearest(const char *name) {
    const char *nearest = NULL;
    int min_distance = NEAR_EDITS + 1;

    for (size_t at = 0; at < SUBCOMMAND_COUNT; at++) {
        int distance = edits(name, SUBCOMMANDS[at].name);
        if (distance < min_distance && distance < (int)strlen(name)) {
            min_distance = distance;
            nearest = SUBCOMMANDS[at].name;
        }
    }
    return nearest;
}

/* ── help ────────────────────────────────────────────────────────────────────────────── */

static void print_option(enum ctl_option option, FILE *out) {
    const struct option_row *row = &OPTIONS[option];
    const char *help = row->help;
    int length = fprintf(out, "  --%s%s%s", row->name, row->argument == NULL ? "" : " ",
                         row->argument == NULL ? "" : row->argument);

    for (;;) {
        int line_bytes = (int)strcspn(help, "\n");
        fprintf(out, "%*s%.*s\n", length < 20 ? 20 - length : 1, "", line_bytes, help);
        if (help[line_bytes] == '\0')
            return;
        help += line_bytes + 1;
        length = 0;
    }
}

void subcommand_print_all(FILE *out) {
    fputs("Usage: video-callctl SUBCOMMAND [OPTION]... [ARGUMENT]...\n"
          "Administers the video-call backend.\n\n",
          out);
    for (size_t at = 0; at < SUBCOMMAND_COUNT; at++)
        fprintf(out, "  %-16s %s\n", SUBCOMMANDS[at].name, SUBCOMMANDS[at].summary);
    fputs("\nvideo-callctl help SUBCOMMAND prints its arguments and options; also\n\n",
          out);
    print_option(OPTION_HELP, out);
    print_option(OPTION_VERSION, out);
    fputs(
        "\n"
        "Exit status: 0 done; 1 failed, or the answer is no; 2 wrong usage, nothing was\n"
        "done; 3 the database or URL cannot be reached; 4 SQL was sent and its outcome is\n"
        "unknown. See video-callctl(1).\n",
        out);
}

void subcommand_print(const struct subcommand *subcommand, FILE *out) {
    fprintf(out, "Usage: video-callctl %s%s%s%s\n", subcommand->name,
            subcommand->options == 0 ? "" : " [OPTION]...",
            subcommand->arguments[0] == '\0' ? "" : " ", subcommand->arguments);
    if (subcommand->details[0] == '\0')
        fprintf(out, "%c%s.\n", toupper((unsigned char)subcommand->summary[0]),
                subcommand->summary + 1);
    else
        fputs(subcommand->details, out);
    if (subcommand->options != 0)
        fputs("\n", out);
    for (enum ctl_option option = 0; option < OPTION__COUNT; option++)
        if ((subcommand->options >> option & 1) != 0)
            print_option(option, out);
}
