-- A caller that plants types. Anyone can create a domain in pg_temp named text or jsonb
-- whose check runs the caller's code. A function with the owner's rights must not resolve
-- text to that one: with an empty search_path it would, because PostgreSQL looks up types
-- in pg_temp first. Nothing of schema video_call has run in this session yet, so each
-- function is compiled with the trap in place.
BEGIN;
\ir setup.sql
SELECT plan(4);

-- A function with the flaw, to show that the trap works.
CREATE FUNCTION with_empty_path() RETURNS pg_catalog.text LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
DECLARE
    v text := 'anything';
BEGIN
    RETURN v;
END
$$;
ALTER FUNCTION with_empty_path OWNER TO portal;
CREATE TABLE caught (current_user_was pg_catalog.text);
GRANT INSERT ON caught TO PUBLIC;
GRANT USAGE ON SCHEMA test TO PUBLIC;

-- Sets the trap, runs the statements as the backend, and returns the roles that the trap's
-- code ran as, or nobody. Rolls everything back.
CREATE FUNCTION caught_by(VARIADIC statements pg_catalog.text[]) RETURNS pg_catalog.text LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    v_type pg_catalog.text;
    v_statement pg_catalog.text;
    v_caught pg_catalog.text;
    v_errors pg_catalog.text := '';
BEGIN
    BEGIN
        FOREACH v_type IN ARRAY '{text,jsonb,uuid,timestamptz,interval,int4,int8,bool,name,regclass,numeric}'::pg_catalog.text[] LOOP
            EXECUTE pg_catalog.format(
                'CREATE FUNCTION pg_temp.trap(pg_catalog.%I) RETURNS pg_catalog.bool LANGUAGE plpgsql AS %L',
                v_type, 'BEGIN INSERT INTO test.caught VALUES (current_user); RETURN true; END');
            EXECUTE pg_catalog.format('CREATE DOMAIN pg_temp.%I AS pg_catalog.%I CHECK (pg_temp.trap(VALUE))',
                                      v_type, v_type);
        END LOOP;
        FOREACH v_statement IN ARRAY statements LOOP
            BEGIN
                PERFORM pg_catalog.set_config('role', 'video_call', true);
                EXECUTE v_statement;
                PERFORM pg_catalog.set_config('role', 'none', true);
            EXCEPTION WHEN OTHERS THEN
                v_errors := v_errors || ', and failed: ' || SQLERRM;
            END;
        END LOOP;
        SELECT coalesce(string_agg(DISTINCT c.current_user_was, ', '), 'nobody') INTO v_caught FROM test.caught AS c;
        RAISE EXCEPTION USING ERRCODE = 'TT000', MESSAGE = v_caught || v_errors;
    EXCEPTION WHEN SQLSTATE 'TT000' THEN
        RETURN SQLERRM;
    END;
END
$$;

SELECT is(caught_by('SELECT test.with_empty_path()'), 'portal', 'The trap catches a function with an empty search_path');

-- A complete call, through every function that writes.
SELECT is(caught_by(
    $$SELECT * FROM video_call.authorise_token('100000000000000001', '11111111-1111-4111-8111-111111111111', 60)$$,
    $$SELECT * FROM video_call.start_call('100000000000000001', '11111111-1111-4111-8111-111111111111', true, 120, 14400)$$,
    $$SELECT * FROM video_call.start_call('200000000000000001', '11111111-1111-4111-8111-111111111111', true, 120, 14400)$$,
    $$SELECT h.* FROM video_call.list_active_calls(120, 14400, 9) AS a, video_call.heartbeat('200000000000000001', a.call_id, 120) AS h$$,
    $$SELECT l.* FROM video_call.list_active_calls(120, 14400, 9) AS a, video_call.leave_call('200000000000000001', a.call_id, 120) AS l$$,
    $$SELECT * FROM video_call.start_call('200000000000000001', '11111111-1111-4111-8111-111111111111', true, 120, 14400)$$,
    $$SELECT * FROM video_call.record_agora_event('11111111-1111-4111-8111-111111111111', '200000000000000001', 'n', 'join', extract(epoch FROM now())::pg_catalog.int8, 1, 120)$$,
    $$SELECT e.* FROM video_call.list_active_calls(120, 14400, 9) AS a, video_call.end_call('100000000000000001', a.call_id, 120) AS e$$,
    $$SELECT * FROM video_call.start_call('100000000000000001', '11111111-1111-4111-8111-111111111111', true, 120, 14400)$$,
    $$SELECT * FROM video_call.close_stale_calls(-1, -1, 9)$$,
    $$SELECT * FROM video_call.list_history('100000000000000001', NULL, 9, NULL, NULL, 120)$$,
    $$SELECT * FROM video_call.list_mentorships('100000000000000001', 120, 14400, 9)$$), 'nobody',
    'It catches nothing in any request of a call');
SELECT is(caught_by(
    $$SELECT * FROM video_call.start_call('100000000000000001', '11111111-1111-4111-8111-111111111111', true, 120, 14400)$$,
    $$SELECT e.* FROM video_call.list_active_calls(120, 14400, 9) AS a, video_call.end_call_for_both(a.call_id, 120) AS e$$,
    $$SELECT * FROM video_call.count_active_calls()$$, $$SELECT * FROM video_call.clock_ms()$$,
    $$SELECT * FROM video_call.version()$$), 'nobody', 'nor in the administrator''s functions');
SELECT is(caught_by($$SELECT * FROM video_call.list_findings()$$), 'nobody', 'nor in the check at start-up');

SELECT * FROM finish();
ROLLBACK;
