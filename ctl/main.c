/*
 * video-callctl: the administrator's hand tool. See --help, and video-callctl(1).
 */
#include "config.h"

#include "ctl.h"

#include "base/log.h"

#include <getopt.h>
#include <stdlib.h>
#include <unistd.h>

#define SESSION_LIFETIME_SEC 3600
#define MIGRATE_FILES_MAX    16

static const struct {
    const char *name, *arguments, *help;
    int least, most; /* arguments */
    ctl_subcommand *run;
} SUBCOMMANDS[] = {
    {"check", "", "look at settings, database, schema, grants, clocks and Agora's settings",
     0, 0, ctl_check},
    {"migrate", "[FILE]...",
     "apply the SQL of the release, or these files, as the role of ADMIN_DATABASE_URL", 0,
     MIGRATE_FILES_MAX, ctl_migrate},
    {"token", "MENTORSHIP DISCORD_ID", "issue an Agora token, for trying things out", 2, 2,
     ctl_token},
    {"inspect", "TOKEN", "show what is in an Agora token and whether its signature holds",
     1, 1, ctl_inspect},
    {"calls", "", "list the calls that are active now", 0, 0, ctl_calls},
    {"end", "CALL", "end a call for both sides", 1, 1, ctl_end},
    {"session", "DISCORD_ID", "make a session cookie of the portal's from NEXTAUTH_SECRET",
     1, 1, ctl_session},
    {"smoke", "URL", "walk a whole call against a deployment, as two given people", 1, 1,
     ctl_smoke},
    {"stats", "[URL]", "sum up a pool's metrics; URL is http://127.0.0.1:8081 by default",
     0, 1, ctl_stats},
};

#define SUBCOMMAND_COUNT (sizeof SUBCOMMANDS / sizeof *SUBCOMMANDS)

static void print_usage(FILE *out) {
    fputs("Usage: video-callctl [OPTION]... SUBCOMMAND [ARGUMENT]...\n\n", out);
    for (size_t at = 0; at < SUBCOMMAND_COUNT; at++)
        fprintf(out, "  %s %s\n      %s\n", SUBCOMMANDS[at].name, SUBCOMMANDS[at].arguments,
                SUBCOMMANDS[at].help);
    fputs(
        "\n"
        "  --env-file PATH   settings, a KEY=value a line; the environment wins over it;\n"
        "                    " VIDEO_CALL_ENV_FILE " where that can be read\n"
        "  --json            answer for scripts\n"
        "  --lifetime SEC    of a session or token; 3600 by default\n"
        "  --role ROLE       of a token: host or audience; host by default\n"
        "  --instructor ID, --mentee ID, --mentorship ID, --stranger ID\n"
        "                    whom smoke acts as, by Discord id, and in which mentorship\n"
        "  --version, --help\n"
        "\n"
        "Exit status: 0 done, 1 done and the answer is no, 2 wrong usage, 3 the database "
        "or\n"
        "the URL cannot be reached.\n",
        out);
}

static _Noreturn void refuse_usage(void) {
    fputs("Try video-callctl --help\n", stderr);
    exit(CTL_USAGE);
}

static long parse_lifetime(const char *text) {
    char *end = NULL;
    long seconds = strtol(text, &end, 10);

    if (*end != '\0' || seconds <= 0)
        refuse_usage();
    return seconds;
}

struct command {
    struct ctl ctl;
    const char *settings_file;
};

static _Noreturn void leave_after(void print(FILE *out)) {
    if (print == NULL)
        puts(PACKAGE_STRING);
    else
        print(stdout);
    exit(fflush(stdout) == 0 ? CTL_DONE : CTL_FAILED);
}

static void take_option(struct command *command, int option) {
    switch (option) {
    case 'e':
        command->settings_file = optarg;
        break;
    case 'j':
        command->ctl.wants_json = true;
        break;
    case 'l':
        command->ctl.lifetime_sec = parse_lifetime(optarg);
        break;
    case 'r':
        command->ctl.role = optarg;
        break;
    case 'i':
        command->ctl.instructor = optarg;
        break;
    case 'm':
        command->ctl.mentee = optarg;
        break;
    case 's':
        command->ctl.stranger = optarg;
        break;
    case 'o':
        command->ctl.mentorship = optarg;
        break;
    case 'v':
        leave_after(NULL);
    case 'h':
        leave_after(print_usage);
    default:
        refuse_usage();
    }
}

static struct command parse(int argument_count, char **arguments) {
    static const struct option OPTIONS[] = {{"env-file", required_argument, NULL, 'e'},
                                            {"json", no_argument, NULL, 'j'},
                                            {"lifetime", required_argument, NULL, 'l'},
                                            {"role", required_argument, NULL, 'r'},
                                            {"instructor", required_argument, NULL, 'i'},
                                            {"mentee", required_argument, NULL, 'm'},
                                            {"stranger", required_argument, NULL, 's'},
                                            {"mentorship", required_argument, NULL, 'o'},
                                            {"version", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct command command = {.ctl.lifetime_sec = SESSION_LIFETIME_SEC};
    int option;

    while ((option = getopt_long(argument_count, arguments, "", OPTIONS, NULL)) != -1)
        take_option(&command, option);
    if (command.settings_file == NULL && access(VIDEO_CALL_ENV_FILE, R_OK) == 0)
        command.settings_file = VIDEO_CALL_ENV_FILE;
    return command;
}

static ctl_subcommand *find(const char *name, int argument_count) {
    for (size_t at = 0; at < SUBCOMMAND_COUNT; at++)
        if (strcmp(name, SUBCOMMANDS[at].name) == 0 &&
            argument_count >= SUBCOMMANDS[at].least &&
            argument_count <= SUBCOMMANDS[at].most)
            return SUBCOMMANDS[at].run;
    refuse_usage();
}

int main(int argument_count, char **arguments) {
    struct command command = parse(argument_count, arguments);
    char complaint[SETTINGS_COMPLAINT_BYTES];
    struct settings *settings = NULL;

    if (optind == argument_count)
        refuse_usage();
    ctl_subcommand *run = find(arguments[optind], argument_count - optind - 1);
    /* What goes wrong is said by the subcommand; the library's log is the pool's. */
    log_set_threshold(LOG_LEVEL_ERROR);
    if (settings_load(command.settings_file, SETTINGS_TO_ADMINISTER, &settings,
                      complaint) != SETTINGS_OK) {
        ctl_complain("%s", complaint);
        return CTL_FAILED;
    }
    command.ctl.settings = settings;
    command.ctl.arguments = &arguments[optind + 1];
    enum ctl_exit exit_status = run(&command.ctl);
    settings_free(settings);
    return fflush(stdout) == 0 ? (int)exit_status : CTL_FAILED;
}
