-- list_findings: what start-up, --check and readyz report to the administrator. Everything
-- missing or open to others is a finding, and a clean database has none.
BEGIN;
\ir setup.sql
SELECT plan(71);

-- The findings in a session of this role: "kind subject: remedy", sorted.
CREATE FUNCTION findings(who text DEFAULT 'video_call') RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
    v_before CONSTANT text := session_user;
BEGIN
    PERFORM set_config('session_authorization', who, true);
    RETURN QUERY SELECT DISTINCT concat(f.kind, ' ', f.subject, ': ', f.remedy) FROM video_call.list_findings() AS f ORDER BY 1;
    PERFORM set_config('session_authorization', v_before, true);
END
$$;
CREATE FUNCTION all_findings(who text DEFAULT 'video_call') RETURNS text LANGUAGE sql AS $$
    SELECT coalesce(string_agg(f, E'\n'), 'none') FROM findings(who) AS f
$$;
-- Runs a statement as superuser, returns the findings, and rolls everything back.
CREATE FUNCTION found_after(change text, who text DEFAULT 'video_call') RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    v_found text;
BEGIN
    BEGIN
        EXECUTE change;
        v_found := test.all_findings(who);
        RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = v_found;
    EXCEPTION WHEN SQLSTATE 'TT000' THEN
        RETURN SQLERRM;
    END;
END
$$;

SELECT is(all_findings(), 'none', 'A clean database has no findings');

-- ── Row-level security ────────────────────────────────────────────────────────────────────
SELECT is(found_after('ALTER TABLE public.video_calls DISABLE ROW LEVEL SECURITY'),
    'exposed public.video_calls: row-level security is off: ALTER TABLE public.video_calls ENABLE ROW LEVEL SECURITY',
    'Row-level security that is off on the ledger is a finding');
SELECT is(found_after('ALTER TABLE video_call.presence DISABLE ROW LEVEL SECURITY'),
    'exposed video_call.presence: row-level security is off: ALTER TABLE video_call.presence ENABLE ROW LEVEL SECURITY',
    'and so it is on presence');
SELECT is(found_after('ALTER TABLE video_call.agora_events DISABLE ROW LEVEL SECURITY'),
    'exposed video_call.agora_events: row-level security is off: ALTER TABLE video_call.agora_events ENABLE ROW LEVEL SECURITY',
    'and on Agora''s events');
SELECT matches(found_after('ALTER TABLE public.video_calls FORCE ROW LEVEL SECURITY'),
    '^missing public.video_calls: row-level security hides its rows from portal',
    'Row-level security that hides the ledger from the functions is a finding');
SELECT matches(found_after('ALTER TABLE public.mentorships OWNER TO postgres; GRANT SELECT ON public.mentorships TO portal; ALTER TABLE public.mentorships ENABLE ROW LEVEL SECURITY'),
    '^missing public.mentorships: row-level security hides its rows from portal',
    'and so it is if it hides a portal table with another owner');

-- ── Policies ──────────────────────────────────────────────────────────────────────────────
SELECT is(found_after('CREATE POLICY everyone ON public.video_calls USING (true)'),
    'exposed public.video_calls: the policy everyone lets others in: DROP POLICY everyone ON public.video_calls',
    'A policy for everyone is a finding');
SELECT is(found_after('CREATE POLICY "a b" ON public.video_calls FOR SELECT TO anon USING (true)'),
    'exposed public.video_calls: the policy "a b" lets others in: DROP POLICY "a b" ON public.video_calls',
    'and so is one for the browser, with its name quoted');
SELECT matches(found_after('CREATE POLICY theirs ON video_call.presence TO service_role, authenticated USING (true)'),
    '^exposed video_call.presence: the policy theirs', 'and so is one for several roles, and one on presence');
SELECT is(found_after('CREATE POLICY narrow ON public.video_calls AS RESTRICTIVE TO anon USING (false)'), 'none',
    'A restrictive policy is not a finding');
SELECT is(found_after('CREATE POLICY internal ON public.video_calls TO service_role USING (true)'), 'none',
    'nor is one for the portal''s server');

-- ── Grants on tables and columns ──────────────────────────────────────────────────────────
SELECT is(found_after(format('GRANT %s ON %s TO %s', privilege, t, r)),
          format('exposed %s: %s may use it: REVOKE ALL ON %s FROM %s', t, r, t, r),
          format('%s on %s for %s is a finding', privilege, t, r))
  FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS privilege,
       unnest('{public.video_calls,video_call.presence,video_call.agora_events}'::text[]) AS t,
       unnest('{anon}'::text[]) AS r;
SELECT matches(found_after('GRANT SELECT ON public.video_calls TO authenticated'), 'authenticated may use it', 'and so is one to signed-in users');
SELECT matches(found_after('GRANT SELECT (status) ON public.video_calls TO anon'), 'exposed public.video_calls: anon may use it',
    'A grant on a single column is a finding');
SELECT matches(found_after('GRANT UPDATE (left_at) ON video_call.presence TO authenticated'), 'exposed video_call.presence: authenticated may use it',
    'and so is one to update presence');
SELECT matches(found_after('GRANT SELECT ON public.video_calls TO PUBLIC'), 'exposed public.video_calls: PUBLIC may use it: REVOKE ALL ON public.video_calls FROM PUBLIC',
    'A grant to PUBLIC is a finding');
SELECT isnt(found_after('GRANT SELECT (status) ON public.video_calls TO PUBLIC'), 'none', 'and so is one on a single column');
SELECT is(found_after('GRANT USAGE ON SCHEMA video_call TO anon'),
    'exposed schema video_call: anon may use it: REVOKE ALL ON SCHEMA video_call FROM anon', 'A schema open to others is a finding');
SELECT is(found_after('GRANT SELECT ON public.video_calls TO service_role'), 'none', 'A grant to the portal''s server is not a finding');

SELECT matches(found_after('GRANT SELECT (status) ON public.video_calls TO PUBLIC'), 'FROM PUBLIC', 'and its remedy names PUBLIC');

-- ── Functions ─────────────────────────────────────────────────────────────────────────────
SELECT matches(found_after('GRANT EXECUTE ON FUNCTION video_call.end_call TO PUBLIC'),
    '^exposed video_call.end_call\(.*\): PUBLIC may execute it: apply sql/video_call_functions.sql$', 'A function that PUBLIC may call is a finding');
SELECT matches(found_after('GRANT EXECUTE ON FUNCTION video_call.end_call TO anon'),
    '^exposed video_call.end_call\(.*\): anon may execute it', 'and so is one that the browser may call');
SELECT matches(found_after('GRANT EXECUTE ON FUNCTION video_call.close_call TO authenticated'),
    '^exposed video_call.close_call\(.*\): authenticated may execute it', 'even an internal one');
SELECT matches(found_after('CREATE FUNCTION video_call.mine() RETURNS integer LANGUAGE sql AS ''SELECT 1'''),
    '^exposed video_call.mine\(\): PUBLIC may execute it', 'A new function without a REVOKE is a finding');

-- ── The role that asks ────────────────────────────────────────────────────────────────────
SELECT matches(found_after('', 'postgres'), 'exposed role postgres: it is a superuser: use the role video_call in DATABASE_URL', 'A superuser is a finding');
SELECT unalike(found_after('', 'postgres'), '%bypasses%', 'but its bypassing row-level security is not a second one');
SELECT matches(found_after('ALTER ROLE video_call BYPASSRLS'), '^exposed role video_call: it bypasses row-level security', 'Bypassing row-level security is a finding');
SELECT matches(found_after('ALTER ROLE video_call SUPERUSER'), '^exposed role video_call: it is a superuser', 'A superuser role is a finding');
SELECT matches(found_after('GRANT portal TO video_call'), '^exposed role video_call: it may do everything portal may', 'Membership in the owner is a finding');
SELECT matches(found_after('CREATE ROLE between; GRANT portal TO between; GRANT between TO video_call'),
    'exposed role video_call: it may do everything portal may', 'even through another role');
SELECT matches(found_after('GRANT USAGE ON SCHEMA video_call TO portal', 'portal'), 'exposed role portal: it may do everything portal may', 'Connecting as the owner is a finding');
SELECT is(found_after(format('GRANT %s ON %s TO video_call', privilege, t)),
          format('exposed role video_call: it has direct access to %s: REVOKE ALL ON %s FROM video_call', t, t),
          format('%s on %s for the backend''s role is a finding', privilege, t))
  FROM (VALUES ('SELECT', 'public.mentorships'), ('INSERT', 'public.video_calls'), ('UPDATE', 'video_call.presence'),
               ('DELETE', 'video_call.agora_events'), ('TRUNCATE', 'public.instructors'),
               ('SELECT (discord_id)', 'public.mentees')) AS v (privilege, t);

-- ── The role's settings ───────────────────────────────────────────────────────────────────
SELECT matches(found_after(format('ALTER ROLE video_call RESET %I', s)),
          format('^exposed role video_call: its setting %s is missing', s), format('A missing setting %s of the role is found', s))
  FROM unnest('{statement_timeout,lock_timeout,idle_in_transaction_session_timeout}'::text[]) AS s;
SELECT matches(found_after('ALTER ROLE video_call SET lock_timeout = 0'), 'setting lock_timeout is missing', 'A setting of 0 counts as missing');
SELECT matches(found_after('ALTER ROLE video_call SET lock_timeout = ''0s'''), 'setting lock_timeout is missing', 'and so does one of 0 seconds');
SELECT is(found_after(format('ALTER ROLE video_call RESET lock_timeout; ALTER ROLE video_call IN DATABASE %I SET lock_timeout = ''1s''', current_database())),
    'none', 'A setting for this database only is enough');

-- ── What is missing ───────────────────────────────────────────────────────────────────────
SELECT is(found_after('ALTER TABLE public.video_calls DROP COLUMN last_sign_at CASCADE'),
    'missing public.video_calls.last_sign_at: the column does not exist: apply sql/add_video_calls_table.sql', 'A missing column is a finding');
SELECT is(found_after('ALTER TABLE video_call.presence DROP COLUMN agora_sequence CASCADE'),
    'missing video_call.presence.agora_sequence: the column does not exist: apply sql/add_video_calls_table.sql', 'and so it is in presence');
SELECT is(found_after('ALTER TABLE public.mentees RENAME COLUMN display_name TO label'),
    'missing public.mentees.display_name: the column does not exist: is this the portal''s database?', 'and in the portal''s tables');
SELECT matches(found_after('DROP TABLE video_call.agora_events'), 'missing video_call.agora_events.notice_id', 'A missing table is a finding');
SELECT is(found_after('DROP INDEX public.video_calls_one_active'),
    'missing public.video_calls: the unique index video_calls_one_active does not exist or is invalid: apply sql/add_video_calls_table.sql',
    'A missing unique index on active calls is a finding');
SELECT matches(found_after('DROP INDEX public.video_calls_one_active; CREATE INDEX video_calls_one_active ON public.video_calls (mentorship_id) WHERE status = ''active'''),
    '^missing public.video_calls: the unique index', 'and so is one with its name that isn''t unique');
SELECT matches(found_after('ALTER TABLE public.instructors OWNER TO postgres'), '^missing public.instructors: portal, which owns the functions, can''t select it: GRANT SELECT ON public.instructors TO portal',
    'A table that the functions can''t read is a finding');
SELECT is(all_findings(), 'none', 'Everything was rolled back');

SELECT * FROM finish();
ROLLBACK;
