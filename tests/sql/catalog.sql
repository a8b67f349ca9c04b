-- What the header of sql/video_call_functions.sql promises, checked in the catalog for
-- every function of the schema, so that functions added later are checked too.
BEGIN;
\ir setup.sql

CREATE TEMPORARY TABLE functions AS
    SELECT f.oid, f.proname::text AS name, f.prosecdef AS is_definer, f.proconfig AS settings, f.prosrc AS body,
           l.lanname::text AS language, f.provolatile::text AS volatility, f.proretset AS returns_set, f.proowner AS owner,
           coalesce(f.proacl, acldefault('f', f.proowner)) AS acl, f.pronargs AS arguments, f.proargtypes AS argument_types,
           f.proargnames AS names, f.proargmodes AS modes, f.prorettype AS result,
           has_function_privilege('video_call', f.oid, 'EXECUTE') AS is_granted
      FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang WHERE f.pronamespace = 'video_call'::regnamespace;

SELECT plan((16 + (SELECT count(*) FROM functions WHERE language = 'sql'))::integer);

-- A list that should be empty, so that a failure names the functions.
CREATE FUNCTION those(condition text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_names text;
BEGIN
    EXECUTE 'SELECT coalesce(string_agg(name, '', '' ORDER BY name), ''none'') FROM pg_temp.functions WHERE ' || condition INTO v_names;
    RETURN v_names;
END
$$;

-- ── What the backend may call ─────────────────────────────────────────────────────────────
SELECT cmp_ok((SELECT count(*) FROM functions WHERE is_granted), '>=', 15::bigint, 'There are functions that the backend may call');
SELECT is(those($$is_granted AND NOT is_definer$$), 'none', 'Each of them is SECURITY DEFINER');
SELECT is(those($$is_granted AND settings IS DISTINCT FROM '{"search_path=pg_catalog, pg_temp",plan_cache_mode=force_generic_plan}'$$),
          'none', 'has the search_path pg_catalog, pg_temp, keeps one plan, and has no other settings');
SELECT is(those($$is_granted AND language <> 'plpgsql'$$), 'none', 'and is PL/pgSQL, which keeps its plans for the session');
SELECT is(those($$is_granted AND 'o' <> ALL (coalesce(modes, '{}')) AND 't' <> ALL (coalesce(modes, '{}'))$$), 'none',
          'Each returns named columns');
SELECT is((SELECT string_agg(a, ', ') FROM functions, unnest(names) WITH ORDINALITY AS n (a, place)
            WHERE is_granted AND place <= arguments AND a NOT LIKE 'p\_%'), NULL, 'and names its arguments so that no column has the same name');
SELECT is(those($$is_granted AND (names[1] = 'p_caller' OR 'p_mentorship' = ANY (names[1 : arguments])) AND names[arguments] <> 'p_label'$$), 'none',
          'A function for a caller takes a label as its last argument');
SELECT is(those($$is_granted AND body LIKE '%p_label%' AND body !~ 'set_config\(''application_name'', p_label, true\)'$$), 'none',
          'and sets it for the transaction only');
SELECT is((SELECT string_agg(name, ', ') FROM (SELECT name FROM functions GROUP BY name HAVING count(*) > 1) AS twice), NULL,
          'No two functions share a name');

-- ── What it may not call ──────────────────────────────────────────────────────────────────
SELECT is(those($$NOT is_granted AND is_definer$$), 'none', 'No other function is SECURITY DEFINER (grants to the backend are at the end of video_call_functions.sql)');
SELECT is(those($$NOT is_granted AND settings IS NOT NULL$$), 'none', 'or has settings, which would prevent inlining');

-- ── All of them ───────────────────────────────────────────────────────────────────────────
SELECT is(those($$owner <> (SELECT relowner FROM pg_class WHERE oid = 'public.video_calls'::regclass)$$), 'none',
          'Each belongs to the owner of the tables');
SELECT is(those($$EXISTS (SELECT FROM aclexplode(acl) AS a
                           WHERE a.grantee NOT IN (owner, (SELECT oid FROM pg_roles WHERE rolname = 'video_call')))$$), 'none',
          'Only the owner and the backend may execute them');
SELECT is(those($$EXISTS (SELECT FROM aclexplode(acl) AS a WHERE a.grantee <> owner AND a.is_grantable)$$), 'none',
          'and the backend may grant none of them to others');
SELECT is(those($$language NOT IN ('sql', 'plpgsql')$$), 'none', 'Each is in a language that every PostgreSQL has and trusts');
SELECT is(those($$language = 'sql' AND name <> 'seen_by' AND body ~* '\mfrom\s+(public|video_call)\.'$$), 'none',
          'A rule in plain SQL reads no table; only seen_by does, and it''s inlined into a query');

-- ── Rules that are inlined ────────────────────────────────────────────────────────────────
-- A rule declared more IMMUTABLE than its body is silently called instead of inlined, at several times the cost. Each is queried over a table of its arguments.
CREATE FUNCTION plan_of(p_function oid) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    f pg_proc;
    v_columns text;
    v_arguments text;
    v_line text;
    v_plan text := '';
BEGIN
    SELECT * INTO f FROM pg_proc WHERE oid = p_function;
    SELECT string_agg(format('a%s %s', n, format_type(t, NULL)), ', '), string_agg(format('a%s', n), ', ')
      INTO v_columns, v_arguments FROM unnest(f.proargtypes) WITH ORDINALITY AS u (t, n);
    DROP TABLE IF EXISTS pg_temp.arguments;
    EXECUTE format('CREATE TEMPORARY TABLE arguments (%s)', v_columns);
    FOR v_line IN EXECUTE 'EXPLAIN (VERBOSE, COSTS OFF) SELECT '
        || CASE WHEN f.proretset THEN format('r.* FROM pg_temp.arguments, LATERAL %s(%s) AS r', p_function::regproc, v_arguments)
                ELSE format('%s(%s) FROM pg_temp.arguments', p_function::regproc, v_arguments) END LOOP
        v_plan := v_plan || v_line || E'\n';
    END LOOP;
    RETURN v_plan;
END
$$;
SELECT unalike(plan_of(oid), format('%%video_call.%s(%%', name), format('%s is inlined', name))
  FROM functions WHERE language = 'sql' ORDER BY name;

SELECT * FROM finish();
ROLLBACK;
