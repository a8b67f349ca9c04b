#include "cmocka_all.h"

#include "file_access.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/file_access_test.XXXXXX";
static char path[sizeof folder + sizeof "/file"];

static void only_root_can_ask(void) {
    if (geteuid() != 0)
        skip();
}

static enum file_access asked(mode_t folder_mode, mode_t file_mode) {
    assert_int_equal(chmod(folder, folder_mode), 0);
    assert_int_equal(chmod(path, file_mode), 0);
    return file_access_of("nobody", path, R_OK);
}

static void a_file_readable_by_all_is_granted(void **state) {
    (void)state;
    only_root_can_ask();
    assert_int_equal(asked(0755, 0644), FILE_ACCESS_GRANTED);
    assert_int_equal(file_access_of("no-such-user-here", path, R_OK), FILE_ACCESS_GRANTED);
}

static void a_file_only_for_root_is_denied_even_if_root_asks(void **state) {
    (void)state;
    only_root_can_ask();
    assert_int_equal(asked(0755, 0600), FILE_ACCESS_DENIED);
    assert_int_equal(file_access_of("no-such-user-here", path, R_OK), FILE_ACCESS_DENIED);
    assert_int_equal(file_access_of("root", path, R_OK), FILE_ACCESS_GRANTED);
}

static void a_closed_folder_denies_access_to_its_files(void **state) {
    (void)state;
    only_root_can_ask();
    assert_int_equal(asked(0700, 0644), FILE_ACCESS_DENIED);
}

static void the_users_groups_count(void **state) {
    (void)state;
    only_root_can_ask();
    assert_int_equal(asked(0755, 0640), FILE_ACCESS_DENIED);
    assert_int_equal(chown(path, 0, 65534), 0);
    assert_int_equal(asked(0755, 0640), FILE_ACCESS_GRANTED);
    assert_int_equal(file_access_of("nobody", path, W_OK), FILE_ACCESS_DENIED);
    assert_int_equal(chown(path, 0, 0), 0);
}

static void a_missing_file_is_absent(void **state) {
    (void)state;
    only_root_can_ask();
    assert_int_equal(chmod(folder, 0755), 0);
    assert_int_equal(file_access_of("nobody", "/nowhere/at/all", R_OK), FILE_ACCESS_ABSENT);
}

static void users_are_known_by_name(void **state) {
    (void)state;
    assert_true(file_access_has_user("root"));
    assert_false(file_access_has_user("no-such-user-here"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_readable_by_all_is_granted),
        cmocka_unit_test(a_file_only_for_root_is_denied_even_if_root_asks),
        cmocka_unit_test(a_closed_folder_denies_access_to_its_files),
        cmocka_unit_test(the_users_groups_count),
        cmocka_unit_test(a_missing_file_is_absent),
        cmocka_unit_test(users_are_known_by_name),
    };
    if (mkdtemp(folder) == NULL)
        return 1;
    (void)snprintf(path, sizeof path, "%s/file", folder);
    int descriptor = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor < 0 || close(descriptor) != 0)
        return 1;
    int failures = cmocka_run_group_tests_name("file_access", tests, NULL, NULL);
    (void)unlink(path);
    (void)rmdir(folder);
    return failures;
}
