/*
 * Loads any text as a settings file. Accepted settings must be within their bounds; a
 * refusal must be explained in one line that never shows a value.
 */
#include "fuzz.h"
#include "settings.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define INPUT_MAX_BYTES 8192

/* Put before every file, so that there's a secret a complaint could leak. */
static const struct span SECRET = SPAN_OF("xyzzy-secret-xyzzy");
static const struct span FIRST_LINE =
    SPAN_OF("AGORA_NOTIFICATION_SECRET=xyzzy-secret-xyzzy\n");

static int file;
static char path[64];

int LLVMFuzzerInitialize(int *argument_count, char ***arguments) {
    (void)argument_count;
    (void)arguments;
    file = memfd_create("settings", 0);
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    /* The environment would override the file. */
    return file < 0 || clearenv() != 0;
}

static void write_file(struct span content) {
    FUZZ_REQUIRE(ftruncate(file, 0) == 0);
    FUZZ_REQUIRE(pwrite(file, FIRST_LINE.data, FIRST_LINE.length_bytes, 0) ==
                 (ssize_t)FIRST_LINE.length_bytes);
    FUZZ_REQUIRE(pwrite(file, content.data, content.length_bytes,
                        (off_t)FIRST_LINE.length_bytes) == (ssize_t)content.length_bytes);
}

static void check_loaded(const struct settings *settings) {
    for (enum setting setting = 0; setting < SETTING__COUNT; setting++) {
        const struct setting_row *row = settings_row(setting);
        long number = settings_number(settings, setting);
        if (row->kind == SETTING_KIND_NUMBER)
            FUZZ_REQUIRE(number >= row->min && number <= row->max);
        if (row->kind == SETTING_KIND_SWITCH)
            (void)settings_is_on(settings, setting);
    }
    FUZZ_REQUIRE(settings_number(settings, SETTING_DATABASE_TIMEOUT_MS) <
                 settings_number(settings, SETTING_REQUEST_TIMEOUT_MS));
    FUZZ_REQUIRE(settings_has(settings, SETTING_AGORA_NOTIFICATION_SECRET));
}

static void check_complaint(const char *complaint) {
    FUZZ_REQUIRE(complaint[0] != '\0' && strchr(complaint, '\n') == NULL);
    FUZZ_REQUIRE(strstr(complaint, SECRET.data) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char complaint[SETTINGS_COMPLAINT_BYTES];
    struct settings *settings;

    if (size > INPUT_MAX_BYTES)
        return 0;
    write_file(fuzz_span(data, size));
    enum settings_error error =
        settings_load(path, SETTINGS_TO_ADMINISTER, &settings, complaint);
    FUZZ_REQUIRE((error == SETTINGS_OK) == (settings != NULL));
    if (error == SETTINGS_OK)
        check_loaded(settings);
    else
        check_complaint(complaint);
    settings_free(settings);
    return 0;
}
