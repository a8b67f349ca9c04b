/*
 * Lets a test in another language use lib/postgres as an event loop does: commands on
 * stdin, one JSON object per line, events on stdout. Settings are arguments:
 *
 *     database_pipe URL TIMEOUT-MS CONNECTIONS auto|on|off
 *
 *   {"op":"submit","id","sql","parameters":[text|null,…],"locks","deadlineMs","times"}
 *        submits `times` asks (default 1), all in one turn; ids count up; locks: the
 *        last parameter names the row it may wait for
 *   {"op":"forget","id"}
 *   {"op":"run","id","sql","parameters"}      with database_run
 *   {"op":"state"}   → {"event":"state","ready","inFlight","waitMs","longestAdvanceMs",
 *                       "fault"}
 *
 *   {"event":"done","id","error","rows","value","bytes"}   value: the first field of the
 *        first row, cut to 60 bytes; bytes: its length
 *   {"event":"ready","ready"}   whenever that changes
 */
#include "base/clock.h"
#include "base/log.h"
#include "postgres/database.h"

#include <json-c/json.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define TEXT_BYTES 60

struct entry {
    struct pending pending;
    int64_t id;
    struct entry *next;
};

static struct database *database;
static struct entry *entries;
static double longest_advance_ms;

static void print(json_object *event) {
    puts(json_object_to_json_string_ext(event, JSON_C_TO_STRING_PLAIN));
    (void)fflush(stdout);
    json_object_put(event);
}

static json_object *event_of(const char *name) {
    json_object *event = json_object_new_object();

    json_object_object_add(event, "event", json_object_new_string(name));
    return event;
}

static void add_number(json_object *object, const char *name, int64_t value) {
    json_object_object_add(object, name, json_object_new_int64(value));
}

static void print_done(int64_t id, const struct result *result) {
    static const char *const ERRORS[] = {"OK",     "UNAVAILABLE", "TIMEOUT", "PERMISSION",
                                         "SCHEMA", "STATEMENT",   "URL",     "MEMORY"};
    json_object *event = event_of("done");
    const char *value = result_rows(result) > 0 ? result_text(result, 0, 0) : NULL;

    add_number(event, "id", id);
    json_object_object_add(event, "error", json_object_new_string(ERRORS[result->error]));
    add_number(event, "rows", result_rows(result));
    if (value != NULL) {
        int bytes = (int)strlen(value);
        json_object_object_add(
            event, "value",
            json_object_new_string_len(value, bytes < TEXT_BYTES ? bytes : TEXT_BYTES));
        add_number(event, "bytes", bytes);
    }
    print(event);
}

static void fill_ask(struct ask *ask, json_object *command, const char *sql) {
    json_object *parameters = json_object_object_get(command, "parameters");

    ask_begin(ask, sql);
    for (size_t at = 0; parameters != NULL && at < json_object_array_length(parameters);
         at++)
        ask_add_text(ask,
                     json_object_get_string(json_object_array_get_idx(parameters, at)));
    if (json_object_get_boolean(json_object_object_get(command, "locks")))
        ask_mark_row(ask);
}

static int64_t number_of(json_object *command, const char *name, int64_t otherwise) {
    json_object *member = json_object_object_get(command, name);
    return member == NULL ? otherwise : json_object_get_int64(member);
}

/* Keeps each text until the end, because an ask doesn't own its SQL. */
static const char *sql_of(json_object *command) {
    static char *known[64];
    const char *text = json_object_get_string(json_object_object_get(command, "sql"));

    for (size_t at = 0; at < sizeof known / sizeof *known; at++) {
        if (known[at] == NULL)
            known[at] = strdup(text);
        if (known[at] != NULL && strcmp(known[at], text) == 0)
            return known[at];
    }
    abort();
}

static void submit(json_object *command) {
    int64_t times = number_of(command, "times", 1), id = number_of(command, "id", 0);

    for (int64_t at = 0; at < times; at++) {
        struct entry *entry = calloc(1, sizeof *entry);
        if (entry == NULL)
            abort();
        entry->id = id + at;
        fill_ask(&entry->pending.ask, command, sql_of(command));
        entry->pending.deadline_ms = clock_ms() + number_of(command, "deadlineMs", 3000);
        entry->next = entries;
        entries = entry;
        database_submit(database, &entry->pending);
    }
}

static void drop(struct entry *entry) {
    struct entry **at = &entries;

    while (*at != entry)
        at = &(*at)->next;
    *at = entry->next;
    memset(&entry->pending, 0xee, sizeof entry->pending);
    free(entry);
}

static void forget(json_object *command) {
    int64_t id = number_of(command, "id", 0);

    for (struct entry *entry = entries; entry != NULL; entry = entry->next) {
        if (entry->id == id) {
            database_forget(database, &entry->pending);
            drop(entry);
            return;
        }
    }
}

static void run(json_object *command) {
    struct result result;
    struct ask ask;

    fill_ask(&ask, command, sql_of(command));
    database_run(database, &ask, &result);
    print_done(number_of(command, "id", 0), &result);
    result_free(&result);
}

static void print_state(void) {
    json_object *event = event_of("state");

    json_object_object_add(event, "ready",
                           json_object_new_boolean(database_is_ready(database)));
    add_number(event, "inFlight", database_in_flight(database));
    add_number(event, "waitMs", database_wait_ms(database));
    json_object_object_add(event, "longestAdvanceMs",
                           json_object_new_double(longest_advance_ms));
    json_object_object_add(event, "fault",
                           json_object_new_string(database_fault(database)));
    longest_advance_ms = 0;
    print(event);
}

static void obey(const char *line) {
    json_object *command = json_tokener_parse(line);
    const char *op = json_object_get_string(json_object_object_get(command, "op"));

    if (strcmp(op, "submit") == 0)
        submit(command);
    else if (strcmp(op, "forget") == 0)
        forget(command);
    else if (strcmp(op, "run") == 0)
        run(command);
    else
        print_state();
    json_object_put(command);
}

/* Reads what has arrived on stdin, line by line; false at its end. */
static bool read_commands(void) {
    static char buffer[1 << 20];
    static size_t held_bytes;
    ssize_t got_bytes = read(0, buffer + held_bytes, sizeof buffer - held_bytes - 1);
    char *line = buffer, *end;

    if (got_bytes <= 0)
        return false;
    held_bytes += (size_t)got_bytes;
    buffer[held_bytes] = '\0';
    while ((end = strchr(line, '\n')) != NULL) {
        *end = '\0';
        obey(line);
        line = end + 1;
    }
    held_bytes -= (size_t)(line - buffer);
    memmove(buffer, line, held_bytes);
    return true;
}

static void advance(void) {
    static bool was_ready;
    int64_t began_us = clock_us();
    struct pending *pending;

    database_advance(database);
    double took_ms = (double)(clock_us() - began_us) / 1000;
    longest_advance_ms = took_ms > longest_advance_ms ? took_ms : longest_advance_ms;
    while ((pending = database_take_done(database)) != NULL) {
        struct entry *entry = (struct entry *)pending;
        print_done(entry->id, &pending->result);
        result_free(&pending->result);
        drop(entry);
    }
    if (database_is_ready(database) != was_ready) {
        was_ready = !was_ready;
        json_object *event = event_of("ready");
        json_object_object_add(event, "ready", json_object_new_boolean(was_ready));
        print(event);
    }
}

static enum database_pipelining pipelining_of(const char *word) {
    return strcmp(word, "on") == 0    ? DATABASE_PIPELINING_ON
           : strcmp(word, "off") == 0 ? DATABASE_PIPELINING_OFF
                                      : DATABASE_PIPELINING_AUTO;
}

int main(int count, char **arguments) {
    if (sodium_init() < 0 || count != 5)
        return 2;
    const struct database_options options = {
        .url = span_of_text(arguments[1]),
        .timeout_ms = atoi(arguments[2]),
        .application_name = "database_pipe",
        .connections = atoi(arguments[3]),
        .pipelining = pipelining_of(arguments[4]),
    };
    if (database_open(&options, &database) != DATABASE_OK)
        return 1;
    for (bool has_input = true; has_input;) {
        struct pollfd waits[2] = {{.fd = 0, .events = POLLIN},
                                  {.fd = database_descriptor(database), .events = POLLIN}};
        if (poll(waits, 2, database_wait_ms(database)) > 0 && waits[0].revents != 0)
            has_input = read_commands();
        advance();
    }
    while (entries != NULL) {
        database_forget(database, &entries->pending);
        drop(entries);
    }
    database_close(database);
    return 0;
}
