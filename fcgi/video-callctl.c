/*
 * video-callctl: the administrator's hand tool. See --help.
 */
#include "config.h"

#include "identity.h"
#include "settings.h"

#include <getopt.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#define EXIT_USAGE           2
#define SESSION_LIFETIME_SEC 3600

struct options {
    const char *settings_file;
    long lifetime_sec;
};

typedef int subcommand(const struct options *options, const char *argument);

static int session(const struct options *options, const char *discord_id);

static const struct {
    const char *name, *argument, *help;
    subcommand *run;
} SUBCOMMANDS[] = {
    {"session", "DISCORD_ID",
     "print a session cookie of the portal for that person, made from NEXTAUTH_SECRET",
     session},
};

#define SUBCOMMAND_COUNT (sizeof SUBCOMMANDS / sizeof *SUBCOMMANDS)

static void print_usage(FILE *out) {
    fputs("Usage: video-callctl [OPTION]... SUBCOMMAND ARGUMENT\n\n", out);
    for (size_t at = 0; at < SUBCOMMAND_COUNT; at++)
        fprintf(out, "  %s %s\n      %s\n", SUBCOMMANDS[at].name, SUBCOMMANDS[at].argument,
                SUBCOMMANDS[at].help);
    fputs("\n"
          "  --env-file PATH   settings, a KEY=value a line; the environment wins over it\n"
          "  --lifetime SEC    of the session, 3600 by default\n"
          "  --version, --help\n"
          "\n"
          "Exit status: 0 done, 1 failed, 2 wrong usage.\n",
          out);
}

static _Noreturn void refuse_usage(void) {
    fputs("Try video-callctl --help\n", stderr);
    exit(EXIT_USAGE);
}

static int print_session(const struct settings *settings, const struct options *options,
                         const char *discord_id) {
    const char *url = settings_text(settings, SETTING_NEXTAUTH_URL);
    char *token = NULL;

    enum identity_error error = identity_mint_session(
        settings_secret(settings, SETTING_NEXTAUTH_SECRET), span_of_text(discord_id),
        (int64_t)time(NULL), options->lifetime_sec, &token);
    if (error != IDENTITY_OK) {
        fprintf(stderr, "video-callctl: no session: %s\n", identity_error_text(error));
        return EXIT_FAILURE;
    }
    printf("%s=%s\n", identity_cookie_name(strncmp(url, "https://", 8) == 0), token);
    sodium_memzero(token, strlen(token));
    free(token);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int session(const struct options *options, const char *discord_id) {
    char complaint[SETTINGS_COMPLAINT_BYTES];
    struct settings *settings = NULL;

    if (settings_load(options->settings_file, &settings, complaint) != SETTINGS_OK) {
        fprintf(stderr, "video-callctl: %s\n", complaint);
        return EXIT_FAILURE;
    }
    int exit_status = print_session(settings, options, discord_id);
    settings_free(settings);
    return exit_status;
}

static long parse_lifetime(const char *text) {
    char *end = NULL;
    long seconds = strtol(text, &end, 10);

    if (*end != '\0' || seconds <= 0)
        refuse_usage();
    return seconds;
}

int main(int argument_count, char **arguments) {
    static const struct option OPTIONS[] = {{"env-file", required_argument, NULL, 'e'},
                                            {"lifetime", required_argument, NULL, 'l'},
                                            {"version", no_argument, NULL, 'v'},
                                            {"help", no_argument, NULL, 'h'},
                                            {NULL, 0, NULL, 0}};
    struct options options = {.lifetime_sec = SESSION_LIFETIME_SEC};
    int option;

    while ((option = getopt_long(argument_count, arguments, "", OPTIONS, NULL)) != -1) {
        if (option == 'e') {
            options.settings_file = optarg;
        } else if (option == 'l') {
            options.lifetime_sec = parse_lifetime(optarg);
        } else if (option == 'v') {
            puts(PACKAGE_STRING);
            return EXIT_SUCCESS;
        } else if (option == 'h') {
            print_usage(stdout);
            return EXIT_SUCCESS;
        } else {
            refuse_usage();
        }
    }
    if (argument_count - optind != 2)
        refuse_usage();
    for (size_t at = 0; at < SUBCOMMAND_COUNT; at++)
        if (strcmp(arguments[optind], SUBCOMMANDS[at].name) == 0)
            return SUBCOMMANDS[at].run(&options, arguments[optind + 1]);
    refuse_usage();
}
