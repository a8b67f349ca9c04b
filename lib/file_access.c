#include "file_access.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534

bool file_access_has_user(const char *user) {
    return getpwnam(user) != NULL;
}

/* Can't be undone, but this process ends soon. */
static bool become(const struct passwd *entry) {
    uid_t uid = entry == NULL ? NOBODY : entry->pw_uid;
    gid_t gid = entry == NULL ? NOBODY : entry->pw_gid;
    bool has_groups = entry == NULL ? setgroups(0, NULL) == 0
                                    : initgroups(entry->pw_name, entry->pw_gid) == 0;

    return has_groups && setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

static enum file_access try(const char *path, int mode) {
    if (access(path, mode) == 0)
        return FILE_ACCESS_GRANTED;
    if (errno == ENOENT || errno == ENOTDIR)
        return FILE_ACCESS_ABSENT;
    return errno == EACCES ? FILE_ACCESS_DENIED : FILE_ACCESS_UNKNOWN;
}

enum file_access file_access_of(const char *user, const char *path, int mode) {
    const struct passwd *entry = getpwnam(user);
    int status = 0;

    if (geteuid() != 0)
        return FILE_ACCESS_UNKNOWN;
    pid_t child = fork();
    if (child == 0)
        _exit(become(entry) ? (int)try(path, mode) : FILE_ACCESS_UNKNOWN);
    if (child < 0)
        return FILE_ACCESS_UNKNOWN;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return FILE_ACCESS_UNKNOWN;
    return WIFEXITED(status) ? (enum file_access)WEXITSTATUS(status) : FILE_ACCESS_UNKNOWN;
}
