#include "ctl.h"

#include "base/json_add.h"
#include "check.h"

#include <stdio.h>

static void print_item(void *context, enum check_verdict verdict, const char *subject,
                       const char *what_to_do) {
    (void)context;
    terminal_line(stdout, "%-28s %s%s", subject,
                  verdict == CHECK_WARNING ? "warning: " : "",
                  what_to_do == NULL ? "ok" : what_to_do);
}

static void add_item(void *context, enum check_verdict verdict, const char *subject,
                     const char *what_to_do) {
    json_object *item = json_object_new_object();

    json_add_text(item, "subject", subject);
    json_add_text(item, "verdict", check_verdict_text(verdict));
    json_add_text(item, "whatToDo", what_to_do);
    (void)json_object_array_add(context, item);
}

static int check_json(const struct settings *settings) {
    json_object *json = json_object_new_object();
    json_object *items = json_object_new_array();
    int faults = check_deployment(settings, add_item, items);

    json_add_integer(json, "faults", faults);
    (void)json_object_object_add(json, "checks", items);
    ctl_print_json(json);
    return faults;
}

enum ctl_exit ctl_check(const struct ctl *ctl) {
    int faults = ctl->wants_json ? check_json(ctl->settings)
                                 : check_deployment(ctl->settings, print_item, NULL);

    return faults == 0 ? CTL_DONE : CTL_FAILED;
}
