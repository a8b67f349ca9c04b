#include "cmocka_all.h"

#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char complaint[SETTINGS_COMPLAINT_BYTES];
static char path[] = "/tmp/settings_test.XXXXXX";

/* The environment contains only what a test sets. */
static int clear_environment(void **state) {
    (void)state;
    return clearenv();
}

static void write_file(const char *file_text) {
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(file_text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static struct settings *load(const char *file_text) {
    struct settings *settings = NULL;

    write_file(file_text);
    (void)!settings_load(path, SETTINGS_TO_SERVE, &settings, complaint);
    return settings;
}

static void assert_refused(const char *file_text, const char *said) {
    assert_null(load(file_text));
    assert_non_null(strstr(complaint, said));
}

static void an_unset_setting_has_its_default(void **state) {
    struct settings *settings = load("NEXTAUTH_SECRET=s\n");
    (void)state;
    assert_non_null(settings);
    assert_true(settings_number(settings, SETTING_WORKERS) >= 1);
    assert_true(settings_is_on(settings, SETTING_STUDENT_START));
    assert_string_equal(settings_text(settings, SETTING_NEXTAUTH_URL),
                        "http://localhost:3000");
    assert_false(settings_has(settings, SETTING_DATABASE_URL));
    assert_null(settings_secret(settings, SETTING_DATABASE_URL).data);
    settings_free(settings);
}

static void quotes_export_comments_and_blank_lines_are_understood(void **state) {
    struct settings *settings =
        load("# a comment\n\n  export NEXTAUTH_SECRET=\"with # and = and 'quotes'\"  \r\n"
             "VIDEO_CALL_WORKERS='7'\nSOMETHING_OF_THE_PORTALS=x\n");
    (void)state;
    assert_non_null(settings);
    assert_true(span_equals(settings_secret(settings, SETTING_NEXTAUTH_SECRET),
                            SPAN_OF("with # and = and 'quotes'")));
    assert_int_equal(settings_number(settings, SETTING_WORKERS), 7);
    settings_free(settings);
}

static void the_environment_overrides_the_file(void **state) {
    (void)state;
    assert_int_equal(setenv("VIDEO_CALL_WORKERS", "9", 1), 0);
    struct settings *settings = load("NEXTAUTH_SECRET=s\nVIDEO_CALL_WORKERS=7\n");
    assert_non_null(settings);
    assert_int_equal(settings_number(settings, SETTING_WORKERS), 9);
    settings_free(settings);
}

static void an_empty_value_counts_as_unset(void **state) {
    (void)state;
    assert_int_equal(setenv("VIDEO_CALL_WORKERS", "", 1), 0);
    struct settings *settings = load("NEXTAUTH_SECRET=s\nDATABASE_URL=\n");
    assert_non_null(settings);
    assert_int_equal(settings_number(settings, SETTING_WORKERS),
                     sysconf(_SC_NPROCESSORS_ONLN));
    assert_false(settings_has(settings, SETTING_DATABASE_URL));
    settings_free(settings);
}

static void the_other_name_counts_if_the_first_is_not_set(void **state) {
    struct settings *settings =
        load("NEXTAUTH_SECRET=s\nAGORA_APP_ID=0123456789abcdef0123456789abcdef\n");
    (void)state;
    assert_non_null(settings);
    assert_true(settings_has(settings, SETTING_AGORA_APP_ID));
    settings_free(settings);
}

static void the_last_line_with_a_name_counts(void **state) {
    struct settings *settings =
        load("NEXTAUTH_SECRET=s\nVIDEO_CALL_WORKERS=2\nVIDEO_CALL_WORKERS=3");
    (void)state;
    assert_non_null(settings);
    assert_int_equal(settings_number(settings, SETTING_WORKERS), 3);
    settings_free(settings);
}

static void numbers_are_decimal_and_within_bounds(void **state) {
    static const char *const BAD[] = {"0",   "65",  "-1",   "1.5",
                                      "0x4", " 4x", "four", "99999999999999999999"};
    char text[128];
    (void)state;
    for (size_t at = 0; at < sizeof BAD / sizeof *BAD; at++) {
        (void)snprintf(text, sizeof text, "NEXTAUTH_SECRET=s\nVIDEO_CALL_WORKERS=%s\n",
                       BAD[at]);
        assert_refused(text, "VIDEO_CALL_WORKERS: must be a number from 1 to 64");
    }
}

static void an_invalid_line_is_reported_with_its_number(void **state) {
    (void)state;
    assert_refused("NEXTAUTH_SECRET=s\nsecret-without-equals\n", ":2: not KEY=value");
    assert_null(strstr(complaint, "secret-without-equals"));
}

static void a_missing_or_too_large_file_is_reported(void **state) {
    static char large[70000];
    struct settings *settings;
    (void)state;
    memset(large, '#', sizeof large - 1);
    assert_refused(large, "larger than 64 KiB");
    assert_int_equal(
        settings_load("/nowhere/at/all", SETTINGS_TO_SERVE, &settings, complaint),
        SETTINGS_E_FILE);
    assert_non_null(strstr(complaint, "No such file"));
}

static struct settings *load_some(const char *file_text, uint64_t wanted) {
    struct settings *settings = NULL;

    write_file(file_text);
    (void)!settings_load_some(path, wanted, &settings, complaint);
    return settings;
}

static void only_the_requested_settings_are_read_and_checked(void **state) {
    (void)state;
    static const char FILE_TEXT[] =
        "VIDEO_CALL_WORKERS=many\nVIDEO_CALL_ASSERTION_SECRET=short\n"
        "AGORA_NOTIFICATION_SECRET=n\nDATABASE_URL=host=h\n"
        "VIDEO_CALL_DATABASE_TIMEOUT_MS=50000\n";
    struct settings *settings =
        load_some(FILE_TEXT, (uint64_t)1 << SETTING_DATABASE_URL |
                                 (uint64_t)1 << SETTING_DATABASE_TIMEOUT_MS);

    assert_non_null(settings);
    assert_true(
        span_equals(settings_secret(settings, SETTING_DATABASE_URL), SPAN_OF("host=h")));
    assert_int_equal(settings_number(settings, SETTING_DATABASE_TIMEOUT_MS), 50000);
    assert_false(settings_has(settings, SETTING_AGORA_NOTIFICATION_SECRET));
    assert_false(settings_has(settings, SETTING_ASSERTION_SECRET));
    assert_true(settings_number(settings, SETTING_WORKERS) >= 1);
    settings_free(settings);
    assert_null(load_some(FILE_TEXT, (uint64_t)1 << SETTING_WORKERS));
    assert_non_null(strstr(complaint, "VIDEO_CALL_WORKERS"));
}

static void all_settings_are_checked_together(void **state) {
    (void)state;
    assert_null(load_some("VIDEO_CALL_DATABASE_TIMEOUT_MS=50000\n", UINT64_MAX));
    assert_non_null(strstr(complaint, "must be less than"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(an_unset_setting_has_its_default, clear_environment),
        cmocka_unit_test_setup(quotes_export_comments_and_blank_lines_are_understood,
                               clear_environment),
        cmocka_unit_test_setup(the_environment_overrides_the_file, clear_environment),
        cmocka_unit_test_setup(an_empty_value_counts_as_unset, clear_environment),
        cmocka_unit_test_setup(the_other_name_counts_if_the_first_is_not_set,
                               clear_environment),
        cmocka_unit_test_setup(the_last_line_with_a_name_counts, clear_environment),
        cmocka_unit_test_setup(numbers_are_decimal_and_within_bounds, clear_environment),
        cmocka_unit_test_setup(an_invalid_line_is_reported_with_its_number,
                               clear_environment),
        cmocka_unit_test_setup(a_missing_or_too_large_file_is_reported, clear_environment),
        cmocka_unit_test_setup(only_the_requested_settings_are_read_and_checked,
                               clear_environment),
        cmocka_unit_test_setup(all_settings_are_checked_together, clear_environment),
    };
    int descriptor = mkstemp(path);
    if (descriptor < 0 || close(descriptor) != 0)
        return 1;
    int failures = cmocka_run_group_tests_name("settings", tests, NULL, NULL);
    (void)unlink(path);
    return failures;
}
