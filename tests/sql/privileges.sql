-- The backend's role can call functions but not touch tables: a compromised worker can do
-- what the API can, and read no table.
BEGIN;
\ir setup.sql
SELECT start(:ada);

-- The SQLSTATE of a statement run by this role; '00000' if it is allowed.
CREATE FUNCTION state_as(who text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_before CONSTANT text := session_user;
    v_state text := '00000';
BEGIN
    PERFORM set_config('session_authorization', who, true);
    BEGIN
        EXECUTE statement;
    EXCEPTION WHEN OTHERS THEN
        v_state := SQLSTATE;
    END;
    PERFORM set_config('session_authorization', v_before, true);
    RETURN v_state;
END
$$;
-- A call of a function whose arguments are all NULL.
CREATE FUNCTION call_of(f pg_proc) RETURNS text LANGUAGE sql AS $$
    SELECT format('SELECT * FROM %s(%s)', f.oid::regproc,
                  (SELECT string_agg('NULL::' || format_type(t, NULL), ', ') FROM unnest(f.proargtypes) AS t))
$$;
-- Every table, and every function of the schema, by the catalog.
CREATE TEMPORARY TABLE theirs AS
    SELECT c.oid::regclass::text AS name, (SELECT quote_ident(a.attname) FROM pg_attribute a
               WHERE a.attrelid = c.oid AND a.attnum = 1) AS attribute
      FROM pg_class c WHERE c.relnamespace IN ('public'::regnamespace, 'video_call'::regnamespace) AND c.relkind IN ('r', 'p', 'v', 'm', 'f');
CREATE TEMPORARY TABLE functions AS
    SELECT f.oid::regproc::text AS name, call_of(f) AS call, has_function_privilege('video_call', f.oid, 'EXECUTE') AS is_granted
      FROM pg_proc f WHERE f.pronamespace = 'video_call'::regnamespace;
GRANT SELECT ON theirs, functions TO video_call;

SELECT plan((8 + (SELECT count(*) * 7 FROM theirs) + (SELECT count(*) FROM functions))::integer);

SELECT cmp_ok((SELECT count(*) FROM theirs), '>=', 6::bigint, 'There are tables to test');
SELECT is(state_as('video_call', replace(format(v.statement, t.name, t.attribute), '~', '''')), '42501',
          format('The role may not %s %s', v.verb, t.name))
  FROM theirs t, (VALUES ('select from', 'SELECT FROM %s LIMIT 1'), ('count', 'SELECT count(*) FROM %s'),
                         ('insert into', 'INSERT INTO %s DEFAULT VALUES'), ('update', 'UPDATE %s SET %s = %2$s'),
                         ('delete from', 'DELETE FROM %s'), ('truncate', 'TRUNCATE %s CASCADE'),
                         ('lock', 'LOCK TABLE %s IN ACCESS SHARE MODE')) AS v (verb, statement)
 ORDER BY t.name, v.verb;

-- A granted function refuses NULL or does nothing; any error must be something other than a
-- missing privilege.
SELECT CASE WHEN f.is_granted
            THEN isnt(state_as('video_call', f.call), '42501', format('The role may call %s', f.name))
            ELSE is(state_as('video_call', f.call), '42501', format('The role may not call %s', f.name)) END
  FROM functions f ORDER BY f.name;

-- Exactly these.
SELECT results_eq($$SELECT replace(name, 'video_call.', '') FROM functions WHERE is_granted ORDER BY 1$$,
    $$VALUES ('authorise_token'), ('clock_ms'), ('close_stale_calls'), ('count_active_calls'), ('end_call'), ('end_call_for_both'),
             ('heartbeat'), ('leave_call'), ('list_active_calls'), ('list_findings'), ('list_history'), ('list_mentorships'),
             ('record_agora_event'), ('start_call'), ('version')$$,
    'These are all the functions that the backend may call (add new ones to this list)');

-- Others.
SELECT is((SELECT count(*) FROM functions f WHERE state_as('anon', f.call) <> '42501'), 0::bigint, 'The browser may call none of them');
SELECT is((SELECT count(*) FROM functions f WHERE state_as('authenticated', f.call) <> '42501'), 0::bigint, 'nor may a signed-in one');
SELECT is((SELECT count(*) FROM theirs t WHERE t.name ~ 'video_call' AND state_as('anon', 'SELECT FROM ' || t.name) <> '42501'), 0::bigint,
          'The browser may read none of the ledger''s tables');
SELECT is(state_as('video_call', 'CREATE FUNCTION video_call.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1'''), '42501',
          'The role may not create anything in its schema');
SELECT is(state_as('video_call', 'SET LOCAL ROLE portal'), '42501', 'It may not become the owner');
SELECT is((SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls FROM pg_roles WHERE rolname = 'video_call'), false,
          'and has no special attributes');

SELECT * FROM finish();
ROLLBACK;
