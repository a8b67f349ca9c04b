/*
 * sql_file: SQL that is applied as the administrator, and what is said of its outcome.
 */
#ifndef VIDEO_CALL_SQL_FILE_H
#define VIDEO_CALL_SQL_FILE_H

#include "ctl.h"

/* malloc'ed and NUL-terminated; NULL, complained of, where it cannot be read. */
char *sql_file_read(const char *path) MUST_CHECK NONNULL_ALL;

/*
 * Connects as the administrator, runs the script, prints the server's notices, and says on
 * stderr what is known where it failed; name is what it is called there. The report is also
 * filled where the database cannot be reached.
 */
enum ctl_exit sql_file_apply(const struct ctl *ctl, struct span admin_url, const char *name,
                             const char *script,
                             struct script_report *report) MUST_CHECK NONNULL_ALL;

/* "applied", "not_applied", "in_part" or "unknown", for --json. */
const char *sql_file_outcome_text(enum script_outcome outcome);

#endif
