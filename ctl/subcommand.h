/*
 * subcommand: what video-callctl can do: the tables of subcommands and options, and the
 * help that is made from them.
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
    long min, max;  /* of a number, both inclusive; 0, 0: not a number */
    long otherwise; /* the number if it isn't given */
};

struct subcommand {
    const char *name;
    const char *arguments; /* "MENTORSHIP DISCORD_ID"; empty for none */
    const char *summary;   /* a line of --help */
    const char *details;   /* whole lines for its own help; may be empty */
    int min, max;          /* arguments */
    uint32_t options;      /* a bit for each it takes, besides --help */
    uint64_t settings;     /* a bit for each it uses; see settings_load_some */
    ctl_subcommand *run;   /* NULL: help */
};

/* The row of an option; never NULL. */
const struct option_row *subcommand_option(enum ctl_option option);

/* NULL if there is none of that name. */
const struct subcommand *subcommand_find(const char *name) NONNULL_ALL;

/* The name of the subcommand that a misspelled name means; NULL if none is close. */
const char *subcommand_nearest(const char *name) NONNULL_ALL;

/* The help for all, as --help prints it. */
void subcommand_print_all(FILE *out) NONNULL_ALL;

/* The help for one. */
void subcommand_print(const struct subcommand *subcommand, FILE *out) NONNULL_ALL;

#endif
