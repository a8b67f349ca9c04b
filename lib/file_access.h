/*
 * file_access: whether another user could open a file.
 *
 * The kernel is asked, so that folders, groups, access control lists and whatever else
 * decides are taken into account: a child process becomes that user and tries.
 */
#ifndef VIDEO_CALL_FILE_ACCESS_H
#define VIDEO_CALL_FILE_ACCESS_H

#include "base/attributes.h"

#include <stdbool.h>

enum file_access {
    FILE_ACCESS_GRANTED,
    FILE_ACCESS_DENIED,
    FILE_ACCESS_ABSENT,  /* that user sees no such file */
    FILE_ACCESS_UNKNOWN, /* this process is not root and so can't ask for others; or an
                            error */
};

/* Whether the system has a user of that name. */
bool file_access_has_user(const char *user) MUST_CHECK NONNULL_ALL;

/*
 * For user, mode as for access(2): R_OK, or W_OK, which is also what connecting to a socket
 * takes. A user who does not exist counts as one with no rights of its own, nobody.
 */
enum file_access file_access_of(const char *user, const char *path,
                                int mode) MUST_CHECK NONNULL_ALL;

#endif
