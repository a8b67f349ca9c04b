/*
 * file_access: whether another user could open a file.
 *
 * A child process becomes that user and tries, so that folders, groups, access control
 * lists and everything else the kernel looks at are taken into account.
 */
#ifndef VIDEO_CALL_FILE_ACCESS_H
#define VIDEO_CALL_FILE_ACCESS_H

#include "base/attributes.h"

#include <stdbool.h>

enum file_access {
    FILE_ACCESS_GRANTED,
    FILE_ACCESS_DENIED,
    FILE_ACCESS_ABSENT,  /* that user sees no such file */
    FILE_ACCESS_UNKNOWN, /* this process isn't root, or an error occurred */
};

/* Whether the system has a user of that name. */
bool file_access_has_user(const char *user) MUST_CHECK NONNULL_ALL;

/*
 * mode is that of access(2): R_OK, or W_OK, which connecting to a socket also needs. A user
 * who doesn't exist counts as nobody, the user without special rights.
 */
enum file_access file_access_of(const char *user, const char *path,
                                int mode) MUST_CHECK NONNULL_ALL;

#endif
