/*
 * video-callctl: the administrator's tool. See --help, and video-callctl(1).
 */
#include "config.h"

#include "ctl.h"
#include "subcommand.h"
#include "terminal.h"

#include "base/log.h"
#include "base/secret.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The command line as it was given. */
struct command {
    const struct subcommand *subcommand;
    const char *values[OPTION__COUNT]; /* "" for one without an argument, NULL: not given */
    char **arguments;
};

static _Noreturn void refuse(const struct subcommand *subcommand) {
    if (subcommand == NULL)
        fputs("Try video-callctl --help\n", stderr);
    else
        fprintf(stderr, "Try video-callctl help %s\n", subcommand->name);
    exit(CTL_USAGE);
}

static _Noreturn void leave(void) {
    exit(fflush(stdout) == 0 ? CTL_DONE : CTL_FAILED);
}

/* ── the command line ────────────────────────────────────────────────────────────────── */

/* getopt itself complains, naming the option and what is wrong with it. */
static void take_options(int argument_count, char **arguments, const char **values) {
    struct option options[OPTION__COUNT + 1] = {{NULL, 0, NULL, 0}};
    int option;

    for (int at = 0; at < OPTION__COUNT; at++) {
        const struct option_row *row = subcommand_option((enum ctl_option)at);
        options[at] = (struct option){
            row->name, row->argument == NULL ? no_argument : required_argument, NULL, at};
    }
    while ((option = getopt_long(argument_count, arguments, "", options, NULL)) != -1) {
        if (option < 0 || option >= OPTION__COUNT)
            refuse(NULL);
        values[option] = optarg == NULL ? "" : optarg;
    }
}

static const struct subcommand *find(const char *name) {
    const struct subcommand *subcommand = subcommand_find(name);
    const char *nearest = subcommand_nearest(name);

    if (subcommand != NULL)
        return subcommand;
    if (nearest != NULL)
        ctl_complain("there is no subcommand '%s'; did you mean '%s'?", name, nearest);
    else
        ctl_complain("there is no subcommand '%s'", name);
    refuse(NULL);
}

static _Noreturn void help(const char *name) {
    if (name == NULL)
        subcommand_print_all(stdout);
    else
        subcommand_print(find(name), stdout);
    leave();
}

static void check_options(const struct command *command) {
    const struct subcommand *subcommand = command->subcommand;

    for (int at = 0; at < OPTION__COUNT; at++)
        if (command->values[at] != NULL && (subcommand->options >> at & 1) == 0) {
            ctl_complain("%s has no option --%s", subcommand->name,
                         subcommand_option((enum ctl_option)at)->name);
            refuse(subcommand);
        }
}

static void check_arguments(const struct command *command) {
    const struct subcommand *subcommand = command->subcommand;
    int count = 0;

    while (command->arguments[count] != NULL)
        count++;
    if (count < subcommand->min)
        ctl_complain("%s wants %s", subcommand->name, subcommand->arguments);
    else if (count > subcommand->max)
        ctl_complain("%s does not take '%s'", subcommand->name,
                     command->arguments[subcommand->max]);
    else
        return;
    refuse(subcommand);
}

static struct command parse(int argument_count, char **arguments) {
    struct command command = {.subcommand = NULL};

    take_options(argument_count, arguments, command.values);
    const char *name = arguments[optind];
    if (command.values[OPTION_VERSION] != NULL) {
        puts(PACKAGE_STRING);
        leave();
    }
    if (command.values[OPTION_HELP] != NULL)
        help(name);
    if (name == NULL) {
        ctl_complain("a subcommand is missing");
        refuse(NULL);
    }
    command.subcommand = find(name);
    command.arguments = &arguments[optind + 1];
    check_options(&command);
    check_arguments(&command);
    if (command.subcommand->run == NULL)
        help(command.arguments[0]);
    return command;
}

static long take_number(const struct command *command, enum ctl_option option) {
    const struct option_row *row = subcommand_option(option);
    const char *text = command->values[option];
    char *end = NULL;

    if (text == NULL)
        return row->otherwise;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno == 0 && strspn(text, "0123456789") == strlen(text) && end != text &&
        number >= row->min && number <= row->max)
        return number;
    ctl_complain("%s: --%s wants a whole number from %ld to %ld, not '%s'",
                 command->subcommand->name, row->name, row->min, row->max, text);
    refuse(command->subcommand);
}

static struct ctl take_values(const struct command *command) {
    return (struct ctl){
        .arguments = command->arguments,
        .wants_json = command->values[OPTION_JSON] != NULL,
        .wants_long = command->values[OPTION_LONG] != NULL,
        .wants_sql = command->values[OPTION_SQL] != NULL,
        .lifetime_sec = take_number(command, OPTION_LIFETIME),
        .limit = take_number(command, OPTION_LIMIT),
        .timeout_sec = take_number(command, OPTION_TIMEOUT),
        .role = command->values[OPTION_ROLE],
        .instructor = command->values[OPTION_INSTRUCTOR],
        .mentee = command->values[OPTION_MENTEE],
        .stranger = command->values[OPTION_STRANGER],
        .mentorship = command->values[OPTION_MENTORSHIP],
    };
}

/* ── settings ────────────────────────────────────────────────────────────────────────── */

/* NULL: only the environment counts. */
static const char *settings_file(const struct command *command) {
    const char *given = command->values[OPTION_ENV_FILE];

    if (given != NULL || command->subcommand->settings == 0)
        return given;
    if (access(VIDEO_CALL_ENV_FILE, R_OK) == 0)
        return VIDEO_CALL_ENV_FILE;
    if (errno != ENOENT)
        ctl_complain("cannot read " VIDEO_CALL_ENV_FILE
                     " (%s): only the environment counts; try as root",
                     strerror(errno));
    return NULL;
}

static struct settings *load_settings(const struct command *command) {
    char complaint[SETTINGS_COMPLAINT_BYTES];
    struct settings *settings = NULL;

    if (settings_load_some(settings_file(command), command->subcommand->settings, &settings,
                           complaint) != SETTINGS_OK)
        ctl_complain("%s", complaint);
    return settings;
}

int main(int argument_count, char **arguments) {
    terminal_init();
    struct command command = parse(argument_count, arguments);
    struct ctl ctl = take_values(&command);
    secret_guard_process(false);
    /* The subcommand says what goes wrong; the library's log is for the pool. */
    log_set_threshold(LOG_LEVEL_ERROR);
    struct settings *settings = load_settings(&command);
    if (settings == NULL)
        return CTL_FAILED;
    ctl.settings = settings;
    enum ctl_exit exit_status = command.subcommand->run(&ctl);
    settings_free(settings);
    if (fflush(stdout) != 0)
        ctl_complain("cannot write the answer: %s", strerror(errno));
    return ferror(stdout) ? CTL_FAILED : (int)exit_status;
}
