/*
 * database_files: the files that a connection string names and libpq opens for each
 * connection: certificates, key, revocation list, password file.
 */
#ifndef VIDEO_CALL_DATABASE_FILES_H
#define VIDEO_CALL_DATABASE_FILES_H

#include "base/attributes.h"
#include "base/span.h"

/* keyword is libpq's, such as "sslrootcert"; both texts are valid during the call. */
typedef void database_file_visit(void *context, const char *keyword, const char *path);

/*
 * Visits each file that url itself names by an absolute path; none if it can't be parsed.
 * Files named only by the environment or libpq's defaults are not visited.
 */
void database_files_visit(struct span url, database_file_visit *visit, void *context);

#endif
