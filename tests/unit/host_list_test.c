#include "cmocka_all.h"

#include "base/clock.h"
#include "postgres/host_list.h"

#include <sodium.h>
#include <stdio.h>
#include <time.h>

#define PATIENCE_MS 10000

/* Fails without a name server: DNS allows no label of 64 bytes. */
#define NO_HOST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example"

static struct host_list *open_list(const char *url) {
    struct host_list *list = host_list_open(span_of_text(url));

    assert_non_null(list);
    return list;
}

static enum resolver_state resolve(struct host_list *list) {
    const struct timespec pause = {.tv_nsec = 1000000};
    int64_t until_ms = clock_ms() + PATIENCE_MS;
    enum resolver_state state;

    host_list_ask(list);
    while ((state = host_list_look(list)) == RESOLVER_IS_BUSY && clock_ms() < until_ms)
        (void)nanosleep(&pause, NULL);
    return state;
}

static void assert_options(const struct host_list *list, unsigned from, const char *host,
                           const char *hostaddr, const char *port) {
    struct host_list_options options;

    assert_true(host_list_fill_options(list, from, &options));
    assert_string_equal(options.host, host);
    assert_string_equal(options.hostaddr, hostaddr);
    assert_string_equal(options.port, port);
    host_list_free_options(&options);
}

static int count_commas(const char *text) {
    int count = 0;

    for (; *text != '\0'; text++)
        count += *text == ',';
    return count;
}

static void sockets_and_addresses_are_not_resolved(void **state) {
    (void)state;
    static const struct {
        const char *url, *host, *hostaddr, *port;
    } CASES[] = {
        {"postgresql:///d", "", "", "5432"},
        {"host=/run/postgresql port=1", "/run/postgresql", "", "1"},
        {"host=@abstract,192.0.2.1", "@abstract,192.0.2.1", ",", "5432,5432"},
        {"postgresql://u@[2001:db8::1]:7/d", "2001:db8::1", "", "7"},
        {"host=fe80::1%lo,127.1 port=1,2", "fe80::1%lo,127.1", ",", "1,2"},
        {"host=a.example hostaddr=192.0.2.1", "a.example", "192.0.2.1", "5432"},
        {"hostaddr=192.0.2.1,192.0.2.2", ",", "192.0.2.1,192.0.2.2", "5432,5432"},
    };

    for (size_t at = 0; at < sizeof CASES / sizeof *CASES; at++) {
        struct host_list *list = open_list(CASES[at].url);
        assert_int_equal(host_list_look(list), RESOLVER_HAS_ADDRESSES);
        assert_options(list, 0, CASES[at].host, CASES[at].hostaddr, CASES[at].port);
        host_list_close(list);
    }
}

/* Empty if there is none. */
static void copy_item(const char *list, int at, char item[static 64]) {
    for (; at > 0 && list[strcspn(list, ",")] != '\0'; at--)
        list += strcspn(list, ",") + 1;
    (void)snprintf(item, 64, "%.*s", (int)strcspn(list, ","), list);
}

static void a_name_goes_with_each_of_its_addresses(void **state) {
    (void)state;
    struct host_list *list = open_list("host=/run/a,localhost,192.0.2.1 port=1,2,3");
    struct host_list_options options;
    char host[64], hostaddr[64], port[64];

    assert_int_equal(resolve(list), RESOLVER_HAS_ADDRESSES);
    assert_true(host_list_fill_options(list, 0, &options));
    int last = count_commas(options.host);
    assert_true(last >= 2);
    assert_int_equal(count_commas(options.hostaddr), last);
    assert_int_equal(count_commas(options.port), last);
    for (int at = 0; at <= last; at++) {
        copy_item(options.host, at, host);
        copy_item(options.hostaddr, at, hostaddr);
        copy_item(options.port, at, port);
        assert_string_equal(host, at == 0      ? "/run/a"
                                  : at == last ? "192.0.2.1"
                                               : "localhost");
        assert_string_equal(port, at == 0 ? "1" : at == last ? "3" : "2");
        assert_int_equal(hostaddr[0] != '\0', at > 0 && at < last);
    }
    host_list_free_options(&options);
    host_list_close(list);
}

static void each_host_can_be_tried_first(void **state) {
    (void)state;
    struct host_list *list = open_list("host=/a,/b,/c port=1,2,3");

    assert_options(list, 1, "/b,/c,/a", ",,", "2,3,1");
    assert_options(list, 5, "/c,/a,/b", ",,", "3,1,2");
    host_list_close(list);
}

static void a_host_without_an_address_is_left_out(void **state) {
    (void)state;
    struct host_list *list = open_list("host=" NO_HOST ",/run/b port=1,2");

    assert_int_equal(resolve(list), RESOLVER_HAS_ADDRESSES);
    assert_options(list, 0, "/run/b", "", "2");
    host_list_close(list);
}

static void if_no_host_has_an_address_the_error_says_why(void **state) {
    (void)state;
    struct host_list *list = open_list("host=" NO_HOST "," NO_HOST);

    assert_int_equal(resolve(list), RESOLVER_HAS_FAILED);
    assert_true(strlen(host_list_fault(list)) > 0);
    assert_null(strstr(host_list_fault(list), "example"));
    host_list_close(list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sockets_and_addresses_are_not_resolved),
        cmocka_unit_test(a_name_goes_with_each_of_its_addresses),
        cmocka_unit_test(each_host_can_be_tried_first),
        cmocka_unit_test(a_host_without_an_address_is_left_out),
        cmocka_unit_test(if_no_host_has_an_address_the_error_says_why),
    };

    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
