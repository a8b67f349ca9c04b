/*
 * subcommand: what video-callctl can do: the table of subcommands and options, and the help
 * that is made from it.
 */
#ifndef VIDEO_CALL_SUBCOMMAND_H
#define VIDEO_CALL_SUBCOMMAND_H

#include "ctl.h"

#include <stdint.h>
#include <stdio.h>

enum ctl_option {
    OPTION_ENV_FILE,
    OPTION_JSON,
    OPTION_LIFETIME,
    OPTION_LIMIT,
    OPTION_LONG,
    OPTION_INSTRUCTOR,
    OPTION_MENTEE,
    OPTION_MENTORSHIP,
    OPTION_STRANGER,
    OPTION_ROLE,
    OPTION_SQL,
    OPTION_TIMEOUT,
    OPTION_HELP,
    OPTION_VERSION,
    OPTION__COUNT
};

/* Texts are static. */
struct option_row {
    const char *name;     /* without "--" */
    const char *argument; /* "SEC"; NULL: it takes none */
    const char *help;
    long least, most; /* of a number, both inclusive; 0, 0: it is none */
    long otherwise;   /* the number where it is not given */
};

struct subcommand {
    const char *name;
    const char *arguments; /* "MENTORSHIP DISCORD_ID"; empty for none */
    const char *summary;   /* a line of --help */
    const char *details;   /* whole lines for its own help; may be empty */
    int least, most;       /* arguments */
    uint32_t options;      /* a bit for each it takes, besides --help */
    uint64_t settings;     /* a bit for each it uses; see settings_load_some */
    ctl_subcommand *run;   /* NULL: help */
};

/* The row of an option; never NULL. */
const struct option_row *subcommand_option(enum ctl_option option);

/* NULL: there is none of that name. */
const struct subcommand *subcommand_find(const char *name) NONNULL_ALL;

/* The name that is likely meant by one that does not exist; NULL where none is near. */
const char *subcommand_nearest(const char *name) NONNULL_ALL;

/* The help for all, as --help prints it. */
void subcommand_print_all(FILE *out) NONNULL_ALL;

/* The help for one. */
void subcommand_print(const struct subcommand *subcommand, FILE *out) NONNULL_ALL;

#endif
