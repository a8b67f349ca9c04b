/*
 * database_files: the files that a connection string names, which libpq opens for each
 * connection: certificates, key, revocation list, passwords.
 */
#ifndef VIDEO_CALL_DATABASE_FILES_H
#define VIDEO_CALL_DATABASE_FILES_H

#include "base/attributes.h"
#include "base/span.h"

/* keyword is libpq's, such as "sslrootcert"; both texts end with the call. */
typedef void database_file_visit(void *context, const char *keyword, const char *path);

/*
 * Visits each file that url names itself; none where it cannot be parsed. Files that only
 * the environment or libpq's defaults name are not visited.
 */
void database_files_visit(struct span url, database_file_visit *visit, void *context);

#endif
