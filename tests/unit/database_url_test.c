#include "cmocka_all.h"

#include "postgres/database_url.h"

#include <sodium.h>
#include <stdlib.h>

static struct span url(const char *text) {
    return span_of_text(text);
}

static void only_one_plain_name_is_resolved(void **state) {
    (void)state;
    static const struct {
        const char *url, *host;
    } CASES[] = {
        {"postgresql://u:p@db.example.com/d", "db.example.com"},
        {"host=localhost dbname=d", "localhost"},
        {"postgresql://u@db.example.com:5432/d?sslmode=require", "db.example.com"},
        {"postgresql://u@192.0.2.1/d", ""},
        {"postgresql://u@[2001:db8::1]/d", ""},
        {"host=fe80::1%eth0", ""},
        {"postgresql:///d?host=/run/postgresql", ""},
        {"host=@abstract", ""},
        {"dbname=d", ""},
        {"host=a.example,b.example", ""},
        {"host=a.example hostaddr=192.0.2.1", ""},
        {"host=a.example service=s", ""},
        {"nonsense", ""},
    };

    for (size_t at = 0; at < sizeof CASES / sizeof *CASES; at++) {
        char host[DATABASE_URL_HOST_BYTES] = "untouched";
        bool found = database_url_host_to_resolve(url(CASES[at].url), host);
        assert_string_equal(host, CASES[at].host);
        assert_int_equal(found, CASES[at].host[0] != '\0');
    }
}

static void the_environment_counts_as_for_libpq(void **state) {
    (void)state;
    char host[DATABASE_URL_HOST_BYTES];

    setenv("PGHOST", "env.example", 1);
    assert_true(database_url_host_to_resolve(url("dbname=d"), host));
    assert_string_equal(host, "env.example");
    setenv("PGHOSTADDR", "192.0.2.1", 1);
    assert_false(database_url_host_to_resolve(url("dbname=d"), host));
    unsetenv("PGHOST");
    unsetenv("PGHOSTADDR");
}

static void a_torn_password_is_seen(void **state) {
    (void)state;
    assert_true(database_url_looks_torn(url("postgresql://u:p@w@db.example.com/d")));
    assert_true(database_url_looks_torn(url("postgresql://u:p/w@db.example.com/d")));
    assert_true(database_url_looks_torn(url("postgresql://u:12/w@db.example.com/d")));
    assert_true(database_url_looks_torn(url("postgresql://u:p@s#w@db.example.com/d")));
    assert_false(database_url_looks_torn(url("postgresql://u:p%40w@db.example.com/d")));
    assert_false(database_url_looks_torn(url("host=@abstract")));
    assert_false(database_url_looks_torn(url("host=/run/a@b port=5433,5434")));
    assert_false(database_url_is_usable(url("postgresql://u:p@w@db.example.com/d")));
    assert_true(database_url_is_usable(url("postgresql://u@db.example.com/a%40b")));
}

static void what_libpq_says_of_hosts_is_not_shown(void **state) {
    (void)state;
    const char *refused = "connection refused";

    assert_ptr_equal(database_url_fault(false, refused), refused);
    assert_null(strstr(database_url_fault(true, "the host hunter2"), "hunter2"));
    assert_null(strstr(
        database_url_fault(false, "could not translate host name \"hunter2\""), "hunter2"));
}

static void only_this_machine_or_a_verified_name_is_protected(void **state) {
    (void)state;
    assert_true(database_url_is_protected(url("postgresql:///d")));
    assert_true(database_url_is_protected(url("postgresql://127.0.0.2/d")));
    assert_true(database_url_is_protected(url("host=localhost")));
    assert_true(database_url_is_protected(url("host=db.example.com sslmode=verify-full")));
    assert_false(database_url_is_protected(url("host=127.evil.example")));
    assert_false(database_url_is_protected(url("host=localhost hostaddr=192.0.2.1")));
    assert_false(database_url_is_protected(url("host=db.example.com sslmode=require")));
    assert_false(database_url_is_protected(url("nonsense")));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_one_plain_name_is_resolved),
        cmocka_unit_test(the_environment_counts_as_for_libpq),
        cmocka_unit_test(a_torn_password_is_seen),
        cmocka_unit_test(what_libpq_says_of_hosts_is_not_shown),
        cmocka_unit_test(only_this_machine_or_a_verified_name_is_protected),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
