#include "ctl.h"

#include "agora/agora_token.h"
#include "base/json_add.h"
#include "http.h"
#include "identity/identity.h"
#include "smoke_accounts.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SESSION_LIFETIME_SEC 600
#define COOKIE_BYTES         4096
#define BODY_BYTES           128
#define EXPLANATION_BYTES    384

enum person { INSTRUCTOR, MENTEE, STRANGER, NOBODY, PERSON__COUNT };
enum body { BODY_NONE, BODY_MENTORSHIP, BODY_CALL };

/* One request of the walk, and what its answer must be. */
struct step {
    const char *what;
    enum person who;
    const char *method, *route;
    enum body body;
    int status;
    const char *member, *value; /* of the answer; NULL: only the status counts */
};

static const char CALL_ID[] = "callId";

/* clang-format off */
static const struct step STEPS[] = {
    {"without a session there is no token", NOBODY, "POST", "token", BODY_MENTORSHIP, 401, NULL, NULL},
    {"a stranger gets no token", STRANGER, "POST", "token", BODY_MENTORSHIP, 403, NULL, NULL},
    {"the instructor gets a host's token", INSTRUCTOR, "POST", "token", BODY_MENTORSHIP, 200, "role", "host"},
    {"the mentee gets an audience's token", MENTEE, "POST", "token", BODY_MENTORSHIP, 200, "role", "audience"},
    {"the instructor starts the call", INSTRUCTOR, "POST", "start", BODY_MENTORSHIP, 200, NULL, NULL},
    {"the mentee joins the same call", MENTEE, "POST", "start", BODY_MENTORSHIP, 200, CALL_ID, CALL_ID},
    {"the instructor's heartbeat", INSTRUCTOR, "POST", "heartbeat", BODY_CALL, 200, "status", "active"},
    {"the mentee's heartbeat", MENTEE, "POST", "heartbeat", BODY_CALL, 200, "status", "active"},
    {"the mentee leaves", MENTEE, "POST", "leave", BODY_CALL, 200, "status", "active"},
    {"the mentee comes back to the same call", MENTEE, "POST", "start", BODY_MENTORSHIP, 200, CALL_ID, CALL_ID},
    {"the instructor ends the call", INSTRUCTOR, "POST", "end", BODY_CALL, 200, CALL_ID, CALL_ID},
    {"the mentee's page learns of the end", MENTEE, "POST", "heartbeat", BODY_CALL, 200, "status", "ended"},
    {"the history has the call", MENTEE, "GET", "history?limit=1&mentorshipId=", BODY_NONE, 200, "calls", NULL},
};
/* clang-format on */

struct walk {
    const struct ctl *ctl;
    const char *url;
    const char *people[PERSON__COUNT]; /* Discord IDs; NULL: nobody */
    struct uuid mentorship;
    bool has_default_accounts;
    char cookies[PERSON__COUNT][COOKIE_BYTES]; /* empty: none */
    char call_id[UUID_TEXT_BYTES + 1];         /* empty until a start */
    json_object *steps;                        /* for --json */
    bool is_unreachable;
};

/* ── who acts ────────────────────────────────────────────────────────────────────────── */

/* Those given, or else the test accounts. False, with a complaint, if they are invalid. */
static bool take_people(struct walk *walk) {
    const struct ctl *ctl = walk->ctl;
    const char *const given[] = {ctl->instructor, ctl->mentee, ctl->mentorship};
    int given_count = 0;

    for (size_t at = 0; at < sizeof given / sizeof *given; at++)
        given_count += given[at] != NULL;
    if (given_count == 1 || given_count == 2) {
        ctl_complain("smoke: --instructor, --mentee and --mentorship go together; without"
                     " all three it acts as the accounts of smoke-accounts");
        return false;
    }
    bool is_default = given_count == 0;
    walk->people[INSTRUCTOR] = is_default ? SMOKE_INSTRUCTOR : ctl->instructor;
    walk->people[MENTEE] = is_default ? SMOKE_MENTEE : ctl->mentee;
    walk->people[STRANGER] =
        is_default && ctl->stranger == NULL ? SMOKE_STRANGER : ctl->stranger;
    walk->has_default_accounts = is_default;
    return ctl_take_uuid(is_default ? SMOKE_MENTORSHIP : ctl->mentorship,
                         "smoke: --mentorship", &walk->mentorship) &&
           ctl_take_discord_id(walk->people[INSTRUCTOR], "smoke: --instructor") &&
           ctl_take_discord_id(walk->people[MENTEE], "smoke: --mentee") &&
           (walk->people[STRANGER] == NULL ||
            ctl_take_discord_id(walk->people[STRANGER], "smoke: --stranger"));
}

static bool make_cookie(struct walk *walk, enum person person) {
    const char *discord_id = walk->people[person];
    char *session = NULL;

    if (discord_id == NULL)
        return true;
    enum identity_error error = identity_mint_session(
        settings_secret(walk->ctl->settings, SETTING_NEXTAUTH_SECRET),
        span_of_text(discord_id), (int64_t)time(NULL), SESSION_LIFETIME_SEC, &session);
    if (error != IDENTITY_OK) {
        ctl_complain("smoke: no session for %s: %s", discord_id,
                     identity_error_text(error));
        return false;
    }
    (void)snprintf(walk->cookies[person], COOKIE_BYTES, "%s=%s",
                   identity_cookie_name(settings_portal_is_secure(walk->ctl->settings)),
                   session);
    sodium_memzero(session, strlen(session));
    free(session);
    return true;
}

static bool make_cookies(struct walk *walk) {
    if (!settings_has(walk->ctl->settings, SETTING_NEXTAUTH_SECRET)) {
        ctl_complain("smoke: NEXTAUTH_SECRET is not set");
        return false;
    }
    return make_cookie(walk, INSTRUCTOR) && make_cookie(walk, MENTEE) &&
           make_cookie(walk, STRANGER);
}

static void warn_of_plain_http(const struct walk *walk) {
    if (!http_is_protected(walk->url))
        ctl_complain("smoke: warning: URL is not https: the session cookies are sent"
                     " unencrypted, and are valid for %d minutes",
                     SESSION_LIFETIME_SEC / 60);
}

/* ── one step ────────────────────────────────────────────────────────────────────────── */

static void report(struct walk *walk, const char *what, double took_ms,
                   const char *explanation) {
    bool passed = explanation == NULL;

    if (!walk->ctl->wants_json) {
        ctl_say("%-7s %6.0f ms  %s%s%s", passed ? "ok" : "FAILED", took_ms, what,
                passed ? "" : ": ", passed ? "" : explanation);
        return;
    }
    json_object *json = json_object_new_object();
    json_add_text(json, "step", what);
    json_add_boolean(json, "ok", passed);
    json_add_integer(json, "ms", (int64_t)took_ms);
    json_add_text(json, "explanation", explanation);
    (void)json_object_array_add(walk->steps, json);
}

static bool ask(struct walk *walk, const struct step *step, struct http_answer *answer,
                char *explanation) {
    char route[BODY_BYTES], body[BODY_BYTES], fault[HTTP_FAULT_BYTES];
    const char *cookie = walk->cookies[step->who];
    bool wants_id = step->route[strlen(step->route) - 1] == '=';

    (void)snprintf(route, sizeof route, "%s%s", step->route,
                   wants_id ? walk->mentorship.text : "");
    (void)snprintf(body, sizeof body, "{\"%s\":\"%s\"}",
                   step->body == BODY_CALL ? CALL_ID : "mentorshipId",
                   step->body == BODY_CALL ? walk->call_id : walk->mentorship.text);
    struct http_request request = {
        .url = walk->url,
        .route = route,
        .method = step->method,
        .cookie = cookie[0] == '\0' ? NULL : cookie,
        .json = step->body == BODY_NONE ? NULL : body,
    };
    if (http_ask(&request, answer, fault))
        return true;
    (void)snprintf(explanation, EXPLANATION_BYTES, "no answer: %s", fault);
    walk->is_unreachable = true;
    return false;
}

static bool explain_status(const struct step *step, const struct http_answer *answer,
                           char *explanation) {
    const char *code = http_answer_text(answer, "code");
    const char *sentence = http_answer_text(answer, "error");
    const char *id = http_answer_text(answer, "requestId");

    if (answer->status == step->status)
        return true;
    (void)snprintf(explanation, EXPLANATION_BYTES, "%d instead of %d, %s: %s (request %s)",
                   answer->status, step->status,
                   code == NULL ? "not from the backend" : code,
                   sentence == NULL ? "does nginx have the snippet?" : sentence,
                   id == NULL ? "unknown" : id);
    return false;
}

/* Agora must accept the token: it was made with the certificate configured here. */
static bool explain_token(const struct walk *walk, const struct http_answer *answer,
                          char *explanation) {
    struct agora_token_content content;
    struct span certificate =
        settings_secret(walk->ctl->settings, SETTING_AGORA_APP_CERTIFICATE);
    const char *token = http_answer_text(answer, "token");

    if (token == NULL || answer->status != 200)
        return true;
    enum agora_token_error error =
        agora_token_open(span_of_text(token), certificate, &content);
    (void)snprintf(explanation, EXPLANATION_BYTES, "the token: %s",
                   agora_token_error_text(error));
    return error == AGORA_TOKEN_OK;
}

static bool explain_member(struct walk *walk, const struct step *step,
                           const struct http_answer *answer, char *explanation) {
    const char *expected = step->value == CALL_ID ? walk->call_id : step->value;
    const char *value =
        step->member == NULL ? NULL : http_answer_text(answer, step->member);

    if (expected == NULL || (value != NULL && strcmp(value, expected) == 0))
        return true;
    (void)snprintf(explanation, EXPLANATION_BYTES, "%s is %s instead of %s", step->member,
                   value == NULL ? "missing" : value, expected);
    return false;
}

static bool explain_history(const struct walk *walk, const struct step *step,
                            const struct http_answer *answer, char *explanation) {
    if (step->method[0] != 'G' || strstr(answer->text, walk->call_id) != NULL)
        return true;
    (void)snprintf(explanation, EXPLANATION_BYTES, "call %s is not its newest",
                   walk->call_id);
    return false;
}

/*
 * The call that the first start returns is the one to walk through, unless somebody else
 * has just started it: then it must not be touched.
 */
static bool note_call(struct walk *walk, const struct step *step,
                      const struct http_answer *answer, char *explanation) {
    const char *call_id = http_answer_text(answer, CALL_ID);
    json_object *resumed = NULL;

    if (walk->call_id[0] != '\0' || strcmp(step->route, "start") != 0)
        return true;
    if (call_id == NULL) {
        (void)snprintf(explanation, EXPLANATION_BYTES, "%s is missing", CALL_ID);
        return false;
    }
    if (json_object_object_get_ex(answer->json, "resumed", &resumed) &&
        json_object_get_boolean(resumed)) {
        (void)snprintf(explanation, EXPLANATION_BYTES,
                       "somebody has just started a call; try another mentorship");
        return false;
    }
    (void)snprintf(walk->call_id, sizeof walk->call_id, "%.36s", call_id);
    return true;
}

static bool take_step(struct walk *walk, const struct step *step) {
    char explanation[EXPLANATION_BYTES] = "";
    struct http_answer answer = {.status = 0};

    bool passed = ask(walk, step, &answer, explanation) &&
                  explain_status(step, &answer, explanation) &&
                  explain_token(walk, &answer, explanation) &&
                  note_call(walk, step, &answer, explanation) &&
                  explain_member(walk, step, &answer, explanation) &&
                  explain_history(walk, step, &answer, explanation);
    report(walk, step->what, answer.took_ms, passed ? NULL : explanation);
    http_answer_free(&answer);
    return passed;
}

/* ── the walk ────────────────────────────────────────────────────────────────────────── */

/* The mentorship in the instructor's list; NULL if it isn't there. */
static json_object *find_mentorship(const struct walk *walk,
                                    const struct http_answer *answer) {
    json_object *list = NULL, *id = NULL;

    if (!json_object_is_type(answer->json, json_type_object) ||
        !json_object_object_get_ex(answer->json, "mentorships", &list) ||
        !json_object_is_type(list, json_type_array))
        return NULL;
    for (size_t at = 0; at < json_object_array_length(list); at++) {
        json_object *item = json_object_array_get_idx(list, at);
        if (json_object_object_get_ex(item, "id", &id) &&
            json_object_is_type(id, json_type_string) &&
            strcmp(json_object_get_string(id), walk->mentorship.text) == 0)
            return item;
    }
    return NULL;
}

/* Real people may be in a call right now: it must be neither resumed nor ended. */
static bool is_free(struct walk *walk) {
    static const struct step LOOK = {.what = "the mentorship exists and has no active call",
                                     .who = INSTRUCTOR,
                                     .method = "GET",
                                     .route = "mentorships",
                                     .status = 200};
    char explanation[EXPLANATION_BYTES] = "";
    struct http_answer answer = {.status = 0};
    json_object *call = NULL;

    bool passed = ask(walk, &LOOK, &answer, explanation) &&
                  explain_status(&LOOK, &answer, explanation);
    if (passed) {
        json_object *mentorship = find_mentorship(walk, &answer);
        passed = mentorship != NULL &&
                 json_object_object_get_ex(mentorship, "activeCall", &call) && call == NULL;
        (void)snprintf(explanation, EXPLANATION_BYTES, "%s",
                       answer.json == NULL ? "the answer is not JSON"
                       : mentorship != NULL
                           ? "somebody is in a call; try another mentorship"
                       : walk->has_default_accounts
                           ? "it does not exist; video-callctl smoke-accounts creates it"
                           : "it is not one of the instructor's");
    }
    report(walk, LOOK.what, answer.took_ms, passed ? NULL : explanation);
    http_answer_free(&answer);
    return passed;
}

/* A failed walk leaves no active call behind. */
static void clean_up(struct walk *walk) {
    static const struct step END = {.what = "cleaning up: the instructor ends the call",
                                    .who = INSTRUCTOR,
                                    .method = "POST",
                                    .route = "end",
                                    .body = BODY_CALL,
                                    .status = 200};

    if (walk->call_id[0] != '\0' && !walk->is_unreachable)
        (void)take_step(walk, &END);
}

static bool walk_all(struct walk *walk) {
    if (!is_free(walk))
        return false;
    for (size_t at = 0; at < sizeof STEPS / sizeof *STEPS; at++) {
        if (STEPS[at].who == STRANGER && walk->people[STRANGER] == NULL)
            continue;
        if (!take_step(walk, &STEPS[at])) {
            clean_up(walk);
            return false;
        }
    }
    return true;
}

static void print_verdict(struct walk *walk, bool passed) {
    if (!walk->ctl->wants_json) {
        ctl_say("%s", passed ? "the deployment works" : "the deployment does not work");
        return;
    }
    json_object *json = json_object_new_object();
    json_add_boolean(json, "ok", passed);
    json_add_text_or_null(json, CALL_ID, walk->call_id);
    (void)json_object_object_add(json, "steps", walk->steps);
    walk->steps = NULL;
    ctl_print_json(json);
}

enum ctl_exit ctl_smoke(const struct ctl *ctl) {
    struct walk *walk = NULL;
    enum ctl_exit exit_status = CTL_FAILED;

    walk = calloc(1, sizeof *walk);
    if (walk == NULL || !http_init())
        goto out;
    walk->ctl = ctl;
    walk->url = ctl->arguments[0];
    if (!http_is_url(walk->url, "smoke: URL") || !take_people(walk)) {
        exit_status = CTL_USAGE;
        goto out;
    }
    walk->steps = json_object_new_array();
    if (!make_cookies(walk))
        goto out;
    warn_of_plain_http(walk);
    bool passed = walk_all(walk);
    print_verdict(walk, passed);
    exit_status = passed ? CTL_DONE : walk->is_unreachable ? CTL_UNREACHABLE : CTL_FAILED;
out:
    if (walk != NULL) {
        json_object_put(walk->steps);
        sodium_memzero(walk, sizeof *walk);
    }
    free(walk);
    return exit_status;
}
