-- What the files in this folder share: people, a clock, and a short function for each
-- request. Included inside each file's transaction, so everything is rolled back.
--
-- now() doesn't change within a transaction, so after('3 minutes') makes time pass by
-- making everything in the ledger that much older. Times in results are compared as
-- ago(...).
\set QUIET on
\pset format unaligned
\pset tuples_only on
\pset pager off
\set ON_ERROR_STOP on
SET LOCAL client_min_messages = warning;
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO video_call;
SET LOCAL search_path = test, public, tap;

-- The people of sql/dev/02_people.sql. The portal doesn't know Zoe.
\set ada   '''100000000000000001'''
\set grace '''100000000000000002'''
\set ben   '''200000000000000001'''
\set carl  '''200000000000000002'''
\set zoe   '''999999999999999999'''
-- Their mentorships, instructor first.
\set ada_ben    '''11111111-1111-4111-8111-111111111111'''
\set grace_ben  '''22222222-2222-4222-8222-222222222222'''
\set ada_carl   '''33333333-3333-4333-8333-333333333333'''
\set grace_carl '''44444444-4444-4444-8444-444444444444'''
\set ada_dora   '''55555555-5555-4555-8555-555555555555'''
\set ada_grace  '''66666666-6666-4666-8666-666666666666'''
\set nowhere    '''00000000-0000-4000-8000-000000000000'''

-- ── Asking, as the backend does: in its role, with the default settings ───────────────────

-- 'opened', 'resumed' or the verdict.
CREATE FUNCTION start(who text, mentorship uuid DEFAULT :ada_ben, mentee_may_open boolean DEFAULT true)
RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN s.verdict <> 'ok' THEN s.verdict WHEN s.resumed THEN 'resumed' ELSE 'opened' END
      FROM video_call.start_call(who, mentorship, mentee_may_open, 120, 14400) AS s
$$;

-- The newest call of a mentorship.
CREATE FUNCTION call(mentorship uuid DEFAULT :ada_ben) RETURNS uuid LANGUAGE sql AS $$
    SELECT v.id FROM public.video_calls v WHERE v.mentorship_id = mentorship
     ORDER BY v.start_time DESC, v.id DESC LIMIT 1
$$;

-- The status of the call afterwards, or the verdict.
CREATE FUNCTION leave(who text, call uuid DEFAULT call()) RETURNS text
LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN l.verdict <> 'ok' THEN l.verdict ELSE l.status END
      FROM video_call.leave_call(who, call, 120) AS l
$$;

CREATE FUNCTION heartbeat(who text, call uuid DEFAULT call()) RETURNS text
LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN h.verdict <> 'ok' THEN h.verdict ELSE h.status END
      FROM video_call.heartbeat(who, call, 120) AS h
$$;

-- The call's duration in seconds, or the verdict.
CREATE FUNCTION end_call(who text, call uuid DEFAULT call()) RETURNS text
LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN e.verdict <> 'ok' THEN e.verdict ELSE e.duration_seconds::text END
      FROM video_call.end_call(who, call, 120) AS e
$$;

-- An Agora event: 'noted', 'ended' (it ended the call) or the verdict. since is how long
-- ago it happened.
CREATE FUNCTION agora(kind text, who text, sequence bigint, since interval DEFAULT '0',
                      notice text DEFAULT NULL, mentorship uuid DEFAULT :ada_ben) RETURNS text
LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN a.verdict <> 'ok' THEN a.verdict WHEN a.has_ended THEN 'ended' ELSE 'noted' END
      FROM video_call.record_agora_event(
           mentorship, who, coalesce(notice, 'notice ' || sequence), kind,
           floor(extract(epoch FROM now() - since))::bigint, sequence, 120) AS a
$$;

-- How many calls the janitor closes.
CREATE FUNCTION close_stale(p_limit integer DEFAULT 100) RETURNS bigint
LANGUAGE sql SET role = video_call AS $$
    SELECT count(*) FROM video_call.close_stale_calls(120, 14400, p_limit)
$$;

-- ── Looking ───────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION status(call uuid DEFAULT call()) RETURNS text LANGUAGE sql AS $$
    SELECT v.status FROM public.video_calls v WHERE v.id = call
$$;

CREATE FUNCTION call_count(mentorship uuid DEFAULT :ada_ben) RETURNS bigint LANGUAGE sql AS $$
    SELECT count(*) FROM public.video_calls v WHERE v.mentorship_id = mentorship
$$;

-- How long ago, in whole seconds. Rounded down, since Agora's times are whole seconds, and those
-- in the record whole milliseconds.
CREATE FUNCTION ago(p timestamptz) RETURNS interval LANGUAGE sql AS $$
    SELECT floor(extract(epoch FROM now() - p)) * interval '1 second'
$$;
CREATE FUNCTION ago(p text) RETURNS interval LANGUAGE sql AS $$ SELECT ago(p::timestamptz) $$;

CREATE FUNCTION duration(call uuid DEFAULT call()) RETURNS integer LANGUAGE sql AS $$
    SELECT v.duration_seconds FROM public.video_calls v WHERE v.id = call
$$;
CREATE FUNCTION ended_ago(call uuid DEFAULT call()) RETURNS interval LANGUAGE sql AS $$
    SELECT ago(v.end_time) FROM public.video_calls v WHERE v.id = call
$$;

CREATE FUNCTION presence(role text, call uuid DEFAULT call()) RETURNS video_call.presence
LANGUAGE sql AS $$
    SELECT p FROM video_call.presence p WHERE p.call_id = call AND p.role = presence.role
$$;
CREATE FUNCTION is_there(role text, call uuid DEFAULT call()) RETURNS boolean LANGUAGE sql AS $$
    SELECT coalesce(video_call.is_there(presence(role, call), 120), false)
$$;

-- Replaces each time in a text with a function of it.
CREATE FUNCTION replace_times(p text, as_of interval, in_words boolean) RETURNS text
LANGUAGE sql AS $$
    SELECT string_agg(
        CASE WHEN part !~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.]\d{3}Z$' THEN part
             WHEN in_words THEN extract(epoch FROM ago(part))::integer || ' s ago'
             ELSE video_call.rfc3339(part::timestamptz - as_of) END, '' ORDER BY n)
      FROM regexp_split_to_table(p, '(?<=")(?=\d{4}-\d\d-\d\dT\d)|(?<=\dZ)(?=")') WITH ORDINALITY AS t (part, n)
$$;

-- One side of the record, with times in words: "120 s ago".
CREATE FUNCTION recorded(role text, call uuid DEFAULT call()) RETURNS jsonb LANGUAGE sql AS $$
    SELECT replace_times((v.participants->role)::text, '0', true)::jsonb
      FROM public.video_calls v WHERE v.id = call
$$;
-- Only its visits, as text: "300..120, 60.." are seconds ago.
CREATE FUNCTION visits(role text, call uuid DEFAULT call()) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(concat(extract(epoch FROM ago(s->>'joinedAt'))::integer, '..',
                             extract(epoch FROM ago(s->>'leftAt'))::integer), ', ' ORDER BY n)
      FROM public.video_calls v,
           jsonb_array_elements(v.participants->role->'visits') WITH ORDINALITY AS t (s, n)
     WHERE v.id = call
$$;

-- ── Time ──────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION after(p interval) RETURNS void LANGUAGE sql AS $$
    UPDATE public.video_calls
       SET start_time = start_time - p, end_time = end_time - p, last_sign_at = last_sign_at - p,
           participants = replace_times(participants::text, p, false)::jsonb;
    UPDATE video_call.presence
       SET joined_at = joined_at - p, left_at = left_at - p, last_seen_at = last_seen_at - p,
           agora_joined_at = agora_joined_at - p, agora_left_at = agora_left_at - p;
    UPDATE video_call.agora_events SET at = at - p;
$$;

-- Deletes every call, for the next scenario in the same file.
CREATE FUNCTION anew() RETURNS void LANGUAGE sql AS $$ DELETE FROM public.video_calls $$;
