#include "cmocka_all.h"

#include "postgres/database_url.h"

#include <libpq-fe.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define URL_BYTES 256

static struct span url(const char *text) {
    return span_of_text(text);
}

static void assert_fault(const char *text, const char *part) {
    const char *fault = database_url_fault(url(text));

    if (fault == NULL || strstr(fault, part) == NULL)
        fail_msg("%s: %s", text, fault == NULL ? "no fault" : fault);
}

static void assert_valid(const char *text) {
    const char *fault = database_url_fault(url(text));

    if (fault != NULL)
        fail_msg("%s: %s", text, fault);
}

static void every_string_libpq_can_use_is_valid(void **state) {
    (void)state;
    assert_valid("postgresql://u:p@db.example.com:5432/d?sslmode=require");
    assert_valid("postgres://u:p%40w%2F@a.example:1,b.example:2,[2001:db8::1]/d");
    assert_valid("postgresql:///d?host=@abstract&user=u");
    assert_valid("postgresql://u:p@/d?user=v&host=@abstract");
    assert_valid("postgresql://%2Frun%2Fpostgresql,db.example.com:5433/d");
    assert_valid("host=a.example,/run/a@b port=5433,5434 password='@/#'");
    assert_valid("host=a.example hostaddr=192.0.2.1");
    assert_valid("dbname=a@b");
}

static void an_invalid_string_is_reported_with_an_example(void **state) {
    (void)state;
    static const char PLAIN[] = "is not a valid PostgreSQL connection string"
                                " (postgresql://user:password@host/database)";

    assert_string_equal(database_url_fault(url("nonsense")), PLAIN);
    assert_string_equal(database_url_fault(url("postgresql://h/d?nonsense=1")), PLAIN);
    assert_string_equal(database_url_fault(url("mysql://u:p@h/d")), PLAIN);
    assert_string_equal(database_url_fault(url("password=p a host=h")), PLAIN);
}

static void a_torn_password_is_refused_with_a_hint(void **state) {
    (void)state;
    static const char *const TORN[] = {
        "postgresql://u:p@w@db.example.com/d",
        "postgresql://u:p@@db.example.com/d",
        "postgresql://u:@p@db.example.com/d",
        "postgresql://u:p/w@db.example.com/d",
        "postgresql://u:12/w@db.example.com/d",
        "postgresql://u:p@s/w@db.example.com/d",
        "postgresql://u:p@s#w@db.example.com/d",
        "postgresql://u:p@s,w@db.example.com/d",
        "postgresql://u:100%@db.example.com/d",
        "postgresql://u:p@w?user=x@h/d",
        "postgresql://me@tenant:p@h/d",
        "host=h port=hunter2",
        "host=a.example,b@example",
    };

    for (size_t at = 0; at < sizeof TORN / sizeof *TORN; at++)
        assert_fault(TORN[at], "percent-encoded");
}

static void hosts_and_ports_that_do_not_match_are_refused(void **state) {
    (void)state;
    assert_fault("host=a,b port=1,2,3", "don't match");
    assert_fault("host=a,b hostaddr=192.0.2.1", "don't match");
    assert_fault("host=a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a", "too many");
}

/* ── every password ──────────────────────────────────────────────────────────────────── */

static const char *value_of(const PQconninfoOption *options, const char *keyword) {
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val == NULL ? "" : options->val;
    return "";
}

/* Whether a URL with this password is refused, or libpq reads it unchanged. */
static bool is_safe(const char *password) {
    char text[URL_BYTES];

    (void)snprintf(text, sizeof text, "postgresql://someone:%s@db.example.com:5432/portal",
                   password);
    if (database_url_fault(url(text)) != NULL)
        return true;
    PQconninfoOption *options = PQconninfoParse(text, NULL);
    assert_non_null(options);
    bool is_whole = strcmp(value_of(options, "host"), "db.example.com") == 0 &&
                    strcmp(value_of(options, "port"), "5432") == 0 &&
                    strcmp(value_of(options, "dbname"), "portal") == 0 &&
                    strcmp(value_of(options, "user"), "someone") == 0;
    PQconninfoFree(options);
    return is_whole;
}

static void assert_safe(const char *password) {
    if (!is_safe(password))
        fail_msg("the password %s is torn", password);
}

static void a_password_with_any_character_anywhere_is_kept_whole_or_refused(void **state) {
    (void)state;
    char password[URL_BYTES];

    for (int c = ' '; c <= '~'; c++) {
        (void)snprintf(password, sizeof password, "%c", c);
        assert_safe(password);
        (void)snprintf(password, sizeof password, "%chunter", c);
        assert_safe(password);
        (void)snprintf(password, sizeof password, "hun%cter", c);
        assert_safe(password);
        (void)snprintf(password, sizeof password, "12%c34", c);
        assert_safe(password);
        (void)snprintf(password, sizeof password, "hunter%c", c);
        assert_safe(password);
    }
}

static void a_password_with_any_two_characters_is_kept_whole_or_refused(void **state) {
    (void)state;
    char password[URL_BYTES];

    for (int c = ' '; c <= '~'; c++) {
        for (int d = ' '; d <= '~'; d++) {
            (void)snprintf(password, sizeof password, "%c%c", c, d);
            assert_safe(password);
            (void)snprintf(password, sizeof password, "hun%cter%c2", c, d);
            assert_safe(password);
            (void)snprintf(password, sizeof password, "%c12%c", c, d);
            assert_safe(password);
        }
    }
}

/* Tries every sequence of four characters that have a meaning in a URI. */
static void a_password_of_delimiters_is_kept_whole_or_refused(void **state) {
    (void)state;
    static const char SIGNS[] = "@/?:#%,[]&=a1";
    const int count = sizeof SIGNS - 1;
    char password[URL_BYTES];

    for (int n = 0; n < count * count * count * count; n++) {
        (void)snprintf(password, sizeof password, "%c%c%c%c", SIGNS[n % count],
                       SIGNS[n / count % count], SIGNS[n / count / count % count],
                       SIGNS[n / count / count / count]);
        assert_safe(password);
    }
}

static void an_encoded_password_is_always_valid(void **state) {
    (void)state;
    char text[URL_BYTES];

    for (int c = '!'; c <= '~'; c++) {
        (void)snprintf(text, sizeof text, "postgresql://u:p%%%02Xw@db.example.com/d",
                       (unsigned)c);
        assert_valid(text);
    }
}

/* ── hosts ───────────────────────────────────────────────────────────────────────────── */

static void hosts_are_listed_in_order_with_their_ports(void **state) {
    (void)state;
    struct database_url_host hosts[DATABASE_URL_HOSTS_MAX];

    assert_int_equal(
        database_url_hosts(url("postgresql://u:p@a.example:1,[2001:db8::1],b:3/d"), hosts),
        3);
    assert_string_equal(hosts[0].name, "a.example");
    assert_string_equal(hosts[0].port, "1");
    assert_string_equal(hosts[1].name, "2001:db8::1");
    assert_string_equal(hosts[1].port, "");
    assert_string_equal(hosts[2].name, "b");
    assert_string_equal(hosts[2].port, "3");
    assert_int_equal(
        database_url_hosts(url("host=a,b hostaddr=,192.0.2.1 port=5433"), hosts), 2);
    assert_string_equal(hosts[0].address, "");
    assert_string_equal(hosts[1].address, "192.0.2.1");
    assert_string_equal(hosts[1].port, "5433");
    assert_int_equal(database_url_hosts(url("nonsense"), hosts), 0);
}

static void the_environment_counts_as_in_libpq(void **state) {
    (void)state;
    struct database_url_host hosts[DATABASE_URL_HOSTS_MAX];

    setenv("PGHOST", "env.example", 1);
    setenv("PGHOSTADDR", "192.0.2.1", 1);
    setenv("PGPORT", "5434", 1);
    assert_int_equal(database_url_hosts(url("dbname=d"), hosts), 1);
    assert_string_equal(hosts[0].name, "env.example");
    assert_string_equal(hosts[0].address, "192.0.2.1");
    assert_string_equal(hosts[0].port, "5434");
    unsetenv("PGHOSTADDR");
    assert_int_equal(database_url_hosts(url("host=string.example port=1"), hosts), 1);
    assert_string_equal(hosts[0].name, "string.example");
    assert_string_equal(hosts[0].port, "1");
    unsetenv("PGHOST");
    unsetenv("PGPORT");
}

static void a_service_file_counts_as_in_libpq(void **state) {
    (void)state;
    struct database_url_host hosts[DATABASE_URL_HOSTS_MAX];
    char path[] = "/tmp/database_url_test.XXXXXX";
    int fd = mkstemp(path);

    assert_true(fd >= 0);
    assert_true(dprintf(fd, "[portal]\nhost=a.example,b.example\nport=1,2\n"
                            "sslmode=verify-full\n") > 0);
    setenv("PGSERVICEFILE", path, 1);
    assert_int_equal(database_url_hosts(url("service=portal dbname=d"), hosts), 2);
    assert_string_equal(hosts[1].name, "b.example");
    assert_string_equal(hosts[1].port, "2");
    assert_true(database_url_is_protected(url("service=portal")));
    assert_int_equal(
        database_url_hosts(url("postgresql://c.example:3/d?service=portal"), hosts), 1);
    assert_string_equal(hosts[0].name, "c.example");
    assert_fault("service=other", "service");
    unsetenv("PGSERVICEFILE");
    (void)unlink(path);
    (void)close(fd);
}

static void only_a_local_or_verified_connection_is_protected(void **state) {
    (void)state;
    assert_true(database_url_is_protected(url("postgresql:///d")));
    assert_true(database_url_is_protected(url("postgresql://127.0.0.2/d")));
    assert_true(database_url_is_protected(url("host=localhost")));
    assert_true(database_url_is_protected(url("host=localhost,/run/postgresql")));
    assert_true(database_url_is_protected(url("host=db.example.com sslmode=verify-full")));
    assert_false(database_url_is_protected(url("host=127.evil.example")));
    assert_false(database_url_is_protected(url("host=localhost,db.example.com")));
    assert_false(database_url_is_protected(url("host=localhost hostaddr=192.0.2.1")));
    assert_false(database_url_is_protected(url("host=db.example.com sslmode=require")));
    assert_false(database_url_is_protected(url("nonsense")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_string_libpq_can_use_is_valid),
        cmocka_unit_test(an_invalid_string_is_reported_with_an_example),
        cmocka_unit_test(a_torn_password_is_refused_with_a_hint),
        cmocka_unit_test(hosts_and_ports_that_do_not_match_are_refused),
        cmocka_unit_test(a_password_with_any_character_anywhere_is_kept_whole_or_refused),
        cmocka_unit_test(a_password_with_any_two_characters_is_kept_whole_or_refused),
        cmocka_unit_test(a_password_of_delimiters_is_kept_whole_or_refused),
        cmocka_unit_test(an_encoded_password_is_always_valid),
        cmocka_unit_test(hosts_are_listed_in_order_with_their_ports),
        cmocka_unit_test(the_environment_counts_as_in_libpq),
        cmocka_unit_test(a_service_file_counts_as_in_libpq),
        cmocka_unit_test(only_a_local_or_verified_connection_is_protected),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
