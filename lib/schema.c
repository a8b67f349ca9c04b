#include "schema.h"

#include <time.h>

#define APPLY_MIGRATION "apply sql/add_video_calls_table.sql"

/*
 * What the backend reads and writes, asked of the catalogues. A column that is missing is
 * said once; grants are asked only of columns that exist. A role that row-level security
 * does not bind (superuser, BYPASSRLS, the owner where not forced) needs no policy.
 */
static const struct database_statement CHECK = {
    .name = "schema_check",
    .sql =
        "WITH needed (table_name, column_name, privileges) AS (VALUES"
        " ('instructors', 'id', 'SELECT'), ('instructors', 'name', 'SELECT'),"
        " ('instructors', 'discord_id', 'SELECT'), ('mentees', 'id', 'SELECT'),"
        " ('mentees', 'display_name', 'SELECT'), ('mentees', 'discord_username', 'SELECT'),"
        " ('mentees', 'discord_id', 'SELECT'), ('mentorships', 'id', 'SELECT'),"
        " ('mentorships', 'mentee_id', 'SELECT'), ('mentorships', 'instructor_id', "
        "'SELECT'),"
        " ('mentorships', 'status', 'SELECT'), ('video_calls', 'id', 'SELECT'),"
        " ('video_calls', 'mentorship_id', 'SELECT,INSERT'),"
        " ('video_calls', 'instructor_id', 'SELECT,INSERT'),"
        " ('video_calls', 'mentee_id', 'SELECT,INSERT'),"
        " ('video_calls', 'start_time', 'SELECT,INSERT'),"
        " ('video_calls', 'end_time', 'SELECT,UPDATE'),"
        " ('video_calls', 'duration_seconds', 'SELECT,UPDATE'),"
        " ('video_calls', 'status', 'SELECT,INSERT,UPDATE'),"
        " ('video_calls', 'participants', 'SELECT,INSERT,UPDATE'),"
        " ('video_calls', 'created_at', 'INSERT'),"
        " ('video_calls', 'updated_at', 'INSERT,UPDATE'),"
        " ('video_calls', 'last_sign_at', 'SELECT,INSERT,UPDATE'),"
        " ('video_calls', 'heartbeat_at', 'SELECT,UPDATE'),"
        " ('video_calls', 'agora_events', 'SELECT,UPDATE')"
        "), tables AS (SELECT DISTINCT n.table_name, c.oid, c.relrowsecurity,"
        " c.relforcerowsecurity, c.relowner FROM needed n"
        " LEFT JOIN pg_catalog.pg_namespace s ON s.nspname = 'public'"
        " LEFT JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid"
        " AND c.relname = n.table_name"
        "), columns AS (SELECT n.*, t.oid, a.attnum FROM needed n"
        " JOIN tables t USING (table_name) LEFT JOIN pg_catalog.pg_attribute a"
        " ON a.attrelid = t.oid AND a.attname = n.column_name AND NOT a.attisdropped"
        " WHERE t.oid IS NOT NULL"
        "), me AS (SELECT oid, rolname, rolsuper OR rolbypassrls AS is_unbound"
        " FROM pg_catalog.pg_roles WHERE rolname = current_user"
        "), commands (letter, command) AS (VALUES ('r', 'SELECT'), ('a', 'INSERT'),"
        " ('w', 'UPDATE'))"

        " SELECT 'schema public' AS subject,"
        " format('GRANT USAGE ON SCHEMA public TO %I', current_user) AS remedy"
        " WHERE NOT pg_catalog.has_schema_privilege(current_user, 'public', 'USAGE')"

        " UNION ALL SELECT 'public.' || table_name, 'the table is missing: '"
        " || CASE table_name WHEN 'video_calls' THEN '" APPLY_MIGRATION "'"
        " ELSE 'is this the portal''s database?' END"
        " FROM tables WHERE oid IS NULL"

        " UNION ALL SELECT 'public.' || table_name || '.' || column_name,"
        " 'the column is missing: ' || CASE table_name WHEN 'video_calls'"
        " THEN '" APPLY_MIGRATION "' ELSE 'is this the portal''s database?' END"
        " FROM columns WHERE attnum IS NULL"

        " UNION ALL SELECT 'public.' || table_name || '.' || column_name,"
        " format('GRANT %s (%I) ON public.%I TO %I', privilege, column_name, table_name,"
        " current_user) FROM columns, "
        "pg_catalog.unnest(pg_catalog.string_to_array(privileges,"
        " ',')) AS privilege"
        " WHERE attnum IS NOT NULL"
        " AND NOT pg_catalog.has_column_privilege(current_user, oid, attnum, privilege)"

        " UNION ALL SELECT 'public.' || t.table_name, format('row-level security hides "
        "every"
        " row from %I: a policy FOR %s TO %I is missing; " APPLY_MIGRATION "', me.rolname,"
        " command, me.rolname) FROM me, tables t, commands"
        " WHERE t.relrowsecurity AND NOT me.is_unbound"
        " AND (t.relowner <> me.oid OR t.relforcerowsecurity)"
        " AND (letter = 'r' OR t.table_name = 'video_calls')"
        " AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy p WHERE p.polrelid = t.oid"
        " AND p.polpermissive AND p.polcmd::text IN ('*', letter)"
        " AND EXISTS (SELECT FROM pg_catalog.unnest(p.polroles) AS r"
        " WHERE r = 0 OR pg_catalog.pg_has_role(me.oid, r, 'USAGE')))"

        " UNION ALL SELECT 'public.video_calls', 'the index video_calls_one_active is "
        "missing"
        " or broken: " APPLY_MIGRATION "' FROM tables t WHERE t.table_name = 'video_calls'"
        " AND t.oid IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_index x"
        " JOIN pg_catalog.pg_class c ON c.oid = x.indexrelid WHERE x.indrelid = t.oid"
        " AND c.relname = 'video_calls_one_active' AND x.indisunique AND x.indisvalid)"
        " ORDER BY 1, 2",
    .parameter_count = 0,
    .field_count = 2,
};

enum check_field { CHECK_SUBJECT, CHECK_REMEDY };

enum database_error schema_check(struct database *database, schema_report *report,
                                 void *context, int *fault_count) {
    struct database_answer *answer = NULL;
    enum database_error error = database_run(database, &CHECK, NULL, &answer);

    if (error != DATABASE_OK)
        return error;
    *fault_count = database_answer_rows(answer);
    for (int row = 0; row < *fault_count; row++)
        report(context, database_answer_text(answer, row, CHECK_SUBJECT),
               database_answer_text(answer, row, CHECK_REMEDY));
    database_answer_free(answer);
    return DATABASE_OK;
}

static const struct database_statement CLOCK = {
    .name = "schema_clock",
    .sql = "SELECT floor(extract(epoch FROM pg_catalog.clock_timestamp()) * 1000)::bigint",
    .parameter_count = 0,
    .field_count = 1,
};

static int64_t wall_clock_ms(void) {
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

enum database_error schema_clock_skew(struct database *database, int64_t *skew_ms) {
    struct database_answer *answer = NULL;
    int64_t before_ms = wall_clock_ms();
    enum database_error error = database_run(database, &CLOCK, NULL, &answer);
    int64_t after_ms = wall_clock_ms();

    if (error == DATABASE_OK)
        *skew_ms = database_answer_integer(answer, 0, 0) - (before_ms + after_ms) / 2;
    database_answer_free(answer);
    return error;
}
