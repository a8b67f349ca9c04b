#include "postgres/database_url.h"

#include "base/loopback.h"
#include "base/secret.h"

#include <ctype.h>
#include <libpq-fe.h>
#include <sodium.h>

static const char INVALID[] = "is not a valid PostgreSQL connection string"
                              " (postgresql://user:password@host/database)";
static const char TORN[] = "has an @, / or % in its user or password that isn't"
                           " percent-encoded (as %40, %2F, %25), or an invalid host or"
                           " port";
static const char NO_SERVICE[] =
    "names a service that libpq can't read from a service file";
static const char UNEQUAL[] = "has too many hosts, or hosts, addresses and ports that don't"
                              " match in number";

/* ── the string itself ───────────────────────────────────────────────────────────────── */

static const char *after_scheme(const char *text) {
    static const char *const SCHEMES[] = {"postgresql://", "postgres://"};

    for (size_t at = 0; at < sizeof SCHEMES / sizeof *SCHEMES; at++)
        if (strncmp(text, SCHEMES[at], strlen(SCHEMES[at])) == 0)
            return text + strlen(SCHEMES[at]);
    return NULL;
}

/*
 * libpq ends the password at the first @, unless a / comes before it. An abstract socket
 * may start with one: host=@name.
 */
static bool has_stray_at(const char *text) {
    static const char ABSTRACT_SOCKET[] = "host=";
    const ptrdiff_t before = sizeof ABSTRACT_SOCKET - 1;
    const char *tail = text + strcspn(text, "@/");
    const char *query, *at;

    tail += *tail == '@';
    query = strchr(tail, '?');
    for (at = strchr(tail, '@'); at != NULL; at = strchr(at + 1, '@'))
        if (query == NULL || at - query <= before ||
            strncmp(at - before, ABSTRACT_SOCKET, (size_t)before) != 0)
            return true;
    return false;
}

static bool has_stray_percent(const char *text) {
    for (text = strchr(text, '%'); text != NULL; text = strchr(text + 1, '%'))
        if (!isxdigit((unsigned char)text[1]) || !isxdigit((unsigned char)text[2]))
            return true;
    return false;
}

static bool is_torn(const char *text) {
    const char *rest = after_scheme(text);

    return rest != NULL && (has_stray_at(rest) || has_stray_percent(rest));
}

/* ── as libpq reads it ───────────────────────────────────────────────────────────────── */

static void forget(PQconninfoOption *options) {
    for (PQconninfoOption *at = options; at != NULL && at->keyword != NULL; at++)
        if (at->val != NULL)
            sodium_memzero(at->val, strlen(at->val));
    PQconninfoFree(options);
}

static bool can_be_parsed(const char *text) {
    PQconninfoOption *options = PQconninfoParse(text, NULL);
    bool is_valid = options != NULL;

    forget(options);
    return is_valid;
}

/* Empty if not set. */
static const char *value_of(const PQconninfoOption *options, const char *keyword) {
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val == NULL ? "" : options->val;
    return "";
}

/*
 * The options libpq would use; free with forget. libpq reads the service file and
 * environment only when it connects, so this starts an attempt with an option it rejects,
 * which ends it before any name is resolved. The password, a default, keeps it from reading
 * a password file. NULL if the service isn't found or out of memory.
 */
static PQconninfoOption *effective_options(const char *text) {
    static const char REFUSED[] = "refused";
    const char *const keywords[] = {"password", "dbname", "channel_binding", NULL};
    const char *const values[] = {"none", text, REFUSED, NULL};
    PGconn *pg = PQconnectStartParams(keywords, values, 1);
    PQconninfoOption *options = PQconninfo(pg);

    PQfinish(pg);
    if (strcmp(value_of(options, "channel_binding"), REFUSED) == 0)
        return options;
    forget(options);
    return NULL;
}

/* ── hosts ───────────────────────────────────────────────────────────────────────────── */

/* An empty list has no items. */
static int count_items(const char *list) {
    int count = list[0] != '\0';

    for (; *list != '\0'; list++)
        count += *list == ',';
    return count;
}

/* Copies the item at that index; false if it doesn't fit. */
static bool copy_item(const char *list, int at, char *item, size_t item_bytes) {
    for (; at > 0; at--)
        list += strcspn(list, ",") + 1;
    size_t length_bytes = strcspn(list, ",");
    if (length_bytes >= item_bytes)
        return false;
    memcpy(item, list, length_bytes);
    item[length_bytes] = '\0';
    return true;
}

/* A single port applies to all hosts. */
static bool copy_host(const PQconninfoOption *options, int at,
                      struct database_url_host *host) {
    const char *names = value_of(options, "host");
    const char *addresses = value_of(options, "hostaddr");
    const char *ports = value_of(options, "port");

    *host = (struct database_url_host){.name = ""};
    return (names[0] == '\0' || copy_item(names, at, host->name, sizeof host->name)) &&
           (addresses[0] == '\0' ||
            copy_item(addresses, at, host->address, sizeof host->address)) &&
           copy_item(ports, count_items(ports) > 1 ? at : 0, host->port, sizeof host->port);
}

/* How many hosts libpq would count; 0 if the lists don't match or are too long. */
static int count_hosts(const PQconninfoOption *options) {
    int names = count_items(value_of(options, "host"));
    int addresses = count_items(value_of(options, "hostaddr"));
    int ports = count_items(value_of(options, "port"));
    int count = addresses > 0 ? addresses : names > 0 ? names : 1;
    bool match = (names == 0 || names == count) && (ports <= 1 || ports == count);

    return match && count <= DATABASE_URL_HOSTS_MAX ? count : 0;
}

bool database_url_is_socket(const char *name) {
    return name[0] == '\0' || name[0] == '/' || name[0] == '@';
}

static bool is_possible(const struct database_url_host *host) {
    return (database_url_is_socket(host->name) || strpbrk(host->name, "@#?/") == NULL) &&
           host->port[strspn(host->port, "0123456789 ")] == '\0';
}

static const char *read_hosts(const PQconninfoOption *options, int *count,
                              struct database_url_host *hosts) {
    int expected = count_hosts(options);

    *count = 0;
    if (expected == 0)
        return UNEQUAL;
    for (int at = 0; at < expected; at++)
        if (!copy_host(options, at, &hosts[at]) || !is_possible(&hosts[at]))
            return TORN;
    *count = expected;
    return NULL;
}

/* If it has no fault, fills options (free with forget), count and hosts. */
static const char *read_text(const char *text, PQconninfoOption **options, int *count,
                             struct database_url_host *hosts) {
    if (is_torn(text))
        return TORN;
    if (!can_be_parsed(text))
        return INVALID;
    *options = effective_options(text);
    return *options == NULL ? NO_SERVICE : read_hosts(*options, count, hosts);
}

static const char *read_url(struct span url, PQconninfoOption **options, int *count,
                            struct database_url_host *hosts) {
    struct secret *text = secret_copy(url);
    const char *fault = INVALID;

    *options = NULL;
    *count = 0;
    if (text != NULL)
        fault = read_text((const char *)text->bytes, options, count, hosts);
    secret_free(text);
    return fault;
}

const char *database_url_fault(struct span url) {
    struct database_url_host hosts[DATABASE_URL_HOSTS_MAX];
    PQconninfoOption *options;
    int count;
    const char *fault = read_url(url, &options, &count, hosts);

    forget(options);
    return fault;
}

int database_url_hosts(struct span url,
                       struct database_url_host hosts[static DATABASE_URL_HOSTS_MAX]) {
    PQconninfoOption *options;
    int count;
    const char *fault = read_url(url, &options, &count, hosts);

    forget(options);
    return fault == NULL ? count : 0;
}

/* ── protection ──────────────────────────────────────────────────────────────────────── */

static bool stays_here(const struct database_url_host *hosts, int count) {
    for (int at = 0; at < count; at++) {
        const char *address = hosts[at].address, *name = hosts[at].name;
        if (address[0] != '\0' ? !loopback_is_host(address)
                               : !database_url_is_socket(name) && !loopback_is_host(name))
            return false;
    }
    return true;
}

bool database_url_is_protected(struct span url) {
    struct database_url_host hosts[DATABASE_URL_HOSTS_MAX];
    PQconninfoOption *options;
    int count;
    bool is_valid = read_url(url, &options, &count, hosts) == NULL;
    bool is_protected =
        is_valid && (stays_here(hosts, count) ||
                     strcmp(value_of(options, "sslmode"), "verify-full") == 0);

    forget(options);
    return is_protected;
}
