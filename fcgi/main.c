/*
 * video-call-fcgi: the pool behind nginx. See --help.
 */
#include "config.h"

#include "base/log.h"
#include "base/secret.h"
#include "check.h"
#include "listener.h"
#include "pool.h"
#include "settings.h"

#include <getopt.h>
#include <stdlib.h>
#include <sys/resource.h>

#define EXIT_USAGE 2

static const char USAGE[] =
    "Usage: video-call-fcgi [OPTION]...\n"
    "Serves the routes of /api/video-call/ to nginx over FastCGI, in the foreground.\n"
    "\n"
    "  --listen ADDRESS     unix:PATH or tcp:ADDRESS:PORT; overrides VIDEO_CALL_LISTEN\n"
    "  --workers N          worker processes; overrides VIDEO_CALL_WORKERS\n"
    "  --env-file PATH      a file of KEY=value settings; the environment overrides it\n"
    "  --check              check settings, files, database and schema, and exit\n"
    "  --settings           print every setting with its meaning and default, and exit\n"
    "  --debuggable         let debuggers attach, and allow core dumps\n"
    "  --version            print the version, and exit\n"
    "  --help               print this help, and exit\n"
    "\n"
    "SIGTERM finishes the requests in flight and exits; SIGHUP reloads the settings and\n"
    "replaces the workers one by one. Exit status: 0 success, 1 failure, 2 invalid "
    "usage.\n";

enum mode { MODE_SERVE, MODE_CHECK };

struct command {
    enum mode mode;
    bool is_debuggable;
    const char *settings_file;
};

/* Through the environment, which overrides the settings file, also after a reload. */
static void override(enum setting setting, const char *value) {
    if (setenv(settings_row(setting)->name, value, 1) != 0)
        exit(EXIT_FAILURE);
}

static _Noreturn void leave(int exit_status) {
    exit(fflush(stdout) == 0 ? exit_status : EXIT_FAILURE);
}

static struct command parse(int argument_count, char **arguments) {
    static const struct option OPTIONS[] = {{"listen", required_argument, NULL, 'l'},
                                            {"workers", required_argument, NULL, 'w'},
                                            {"env-file", required_argument, NULL, 'e'},
                                            {"check", no_argument, NULL, 'c'},
                                            {"settings", no_argument, NULL, 's'},
                                            {"debuggable", no_argument, NULL, 'd'},
                                            {"version", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct command command = {.mode = MODE_SERVE};
    int option;

    while ((option = getopt_long(argument_count, arguments, "", OPTIONS, NULL)) != -1) {
        switch (option) {
        case 'l':
            override(SETTING_LISTEN, optarg);
            break;
        case 'w':
            override(SETTING_WORKERS, optarg);
            break;
        case 'e':
            command.settings_file = optarg;
            break;
        case 'c':
            command.mode = MODE_CHECK;
            break;
        case 'd':
            command.is_debuggable = true;
            break;
        case 's':
            settings_print_table(stdout);
            leave(EXIT_SUCCESS);
        case 'v':
            puts(PACKAGE_STRING);
            leave(EXIT_SUCCESS);
        case 'h':
            fputs(USAGE, stdout);
            leave(EXIT_SUCCESS);
        default:
            fputs("Try video-call-fcgi --help\n", stderr);
            exit(EXIT_USAGE);
        }
    }
    if (optind < argument_count) {
        fprintf(stderr, "video-call-fcgi: unexpected argument '%s'\n", arguments[optind]);
        exit(EXIT_USAGE);
    }
    return command;
}

/* VIDEO_CALL_REQUESTS may need more descriptors than the usual soft limit of 1024. */
static void raise_descriptor_limit(void) {
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static void warn_of_what_is_missing(const struct settings *settings) {
    static const enum setting NEEDED[] = {SETTING_DATABASE_URL, SETTING_AGORA_APP_ID,
                                          SETTING_AGORA_APP_CERTIFICATE};

    for (size_t at = 0; at < sizeof NEEDED / sizeof *NEEDED; at++)
        if (!settings_has(settings, NEEDED[at]))
            log_message(LOG_LEVEL_WARNING, "settings",
                        "%s is not set: requests that need it get a 503",
                        settings_row(NEEDED[at])->name);
}

/* Without this warning everything seems fine, but nginx answers 502. */
static void warn_of_unreachable_socket(const struct settings *settings) {
    char text[CHECK_TEXT_BYTES];

    if (!check_socket_is_reachable(settings_text(settings, SETTING_LISTEN), text))
        log_message(LOG_LEVEL_WARNING, "socket", "%s", text);
}

static int serve(const struct command *command, struct settings **settings) {
    char complaint[LISTENER_COMPLAINT_BYTES];
    struct listener listener;

    log_set_threshold(log_level_of_text(settings_text(*settings, SETTING_LOG_LEVEL)));
    warn_of_what_is_missing(*settings);
    if (!listener_open(&listener, settings_text(*settings, SETTING_LISTEN), complaint)) {
        fprintf(stderr, "video-call-fcgi: %s\n", complaint);
        return EXIT_FAILURE;
    }
    warn_of_unreachable_socket(*settings);
    raise_descriptor_limit();
    struct pool_options options = {.settings_file = command->settings_file,
                                   .settings = *settings,
                                   .listener = &listener};
    int exit_status = pool_run(&options);
    *settings = options.settings; /* a reload may have replaced them */
    listener_close(&listener);
    return exit_status;
}

int main(int argument_count, char **arguments) {
    struct command command = parse(argument_count, arguments);
    char complaint[SETTINGS_COMPLAINT_BYTES];
    struct settings *settings = NULL;
    int exit_status;

    secret_guard_process(command.is_debuggable);
    if (settings_load(command.settings_file, SETTINGS_TO_SERVE, &settings, complaint) !=
        SETTINGS_OK) {
        fprintf(stderr, "video-call-fcgi: %s\n", complaint);
        return EXIT_FAILURE;
    }
    if (command.mode == MODE_CHECK)
        exit_status = check_print(settings, stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
    else
        exit_status = serve(&command, &settings);
    settings_free(settings);
    return exit_status;
}
