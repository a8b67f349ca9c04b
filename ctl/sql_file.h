/*
 * sql_file: applies SQL as the administrator, and says what came of it.
 */
#ifndef VIDEO_CALL_SQL_FILE_H
#define VIDEO_CALL_SQL_FILE_H

#include "ctl.h"

/* malloc'ed and NUL-terminated; NULL, with a complaint, if it can't be read. */
char *sql_file_read(const char *path) MUST_CHECK NONNULL_ALL;

/*
 * Connects as the administrator, runs the script and prints the server's notices. If it
 * fails, says on stderr what is known, calling the script name. Fills report even if the
 * database can't be reached.
 */
enum ctl_exit sql_file_apply(const struct ctl *ctl, struct span admin_url, const char *name,
                             const char *script,
                             struct script_report *report) MUST_CHECK NONNULL_ALL;

/* "applied", "not_applied", "in_part" or "unknown", for --json. */
const char *sql_file_outcome_text(enum script_outcome outcome);

#endif
