#include "postgres/database_files.h"

#include "base/secret.h"

#include <libpq-fe.h>

static bool names_file(const PQconninfoOption *option) {
    static const char *const KEYWORDS[] = {"sslrootcert", "sslcert", "sslkey", "sslcrl",
                                           "passfile"};

    if (option->val == NULL || option->val[0] != '/')
        return false;
    for (size_t at = 0; at < sizeof KEYWORDS / sizeof *KEYWORDS; at++)
        if (strcmp(option->keyword, KEYWORDS[at]) == 0)
            return true;
    return false;
}

void database_files_visit(struct span url, database_file_visit *visit, void *context) {
    struct secret *text = secret_copy(url);
    PQconninfoOption *options =
        text == NULL ? NULL : PQconninfoParse((const char *)text->bytes, NULL);

    for (const PQconninfoOption *option = options;
         option != NULL && option->keyword != NULL; option++)
        if (names_file(option))
            visit(context, option->keyword, option->val);
    PQconninfoFree(options);
    secret_free(text);
}
