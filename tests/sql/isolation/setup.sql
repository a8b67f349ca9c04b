-- What the races share: a short function for each request, for the mentorship of Ada (the
-- instructor) and Ben. Results contain no ids or times, so they are the same in every run.
-- Everything runs as the backend does, in its role.
SET client_min_messages = warning;
CREATE SCHEMA IF NOT EXISTS race;
GRANT USAGE ON SCHEMA race TO video_call;

CREATE OR REPLACE FUNCTION race.id_of(who text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE who WHEN 'Ada' THEN '100000000000000001' WHEN 'Ben' THEN '200000000000000001' END
$$;
CREATE OR REPLACE FUNCTION race.mentorship() RETURNS uuid LANGUAGE sql IMMUTABLE AS $$
    SELECT uuid '11111111-1111-4111-8111-111111111111'
$$;
-- The call that the spec's setup made and the race is about.
CREATE OR REPLACE FUNCTION race.call() RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT id FROM public.video_calls ORDER BY start_time LIMIT 1
$$;

CREATE OR REPLACE FUNCTION race.start(who text) RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN s.verdict <> 'ok' THEN s.verdict WHEN s.resumed THEN 'resumed' ELSE 'opened' END
      FROM video_call.start_call(race.id_of(who), race.mentorship(), true, 120, 14400) AS s
$$;
CREATE OR REPLACE FUNCTION race.leave(who text) RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT status FROM video_call.leave_call(race.id_of(who), race.call(), 120)
$$;
CREATE OR REPLACE FUNCTION race.end_call(who text) RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT verdict FROM video_call.end_call(race.id_of(who), race.call(), 120)
$$;
CREATE OR REPLACE FUNCTION race.heartbeat(who text) RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT status FROM video_call.heartbeat(race.id_of(who), race.call(), 120)
$$;
CREATE OR REPLACE FUNCTION race.agora(kind text, who text, sequence bigint) RETURNS text
LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN a.verdict <> 'ok' THEN a.verdict WHEN a.has_ended THEN 'ended' ELSE 'noted' END
      FROM video_call.record_agora_event(race.mentorship(), race.id_of(who), 'notice ' || sequence, kind,
                                         ceil(extract(epoch FROM now()))::bigint, sequence, 120) AS a
$$;
CREATE OR REPLACE FUNCTION race.janitor() RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT 'closed ' || count(*) FROM video_call.close_stale_calls(120, 14400, 100)
$$;

-- Makes everything in the ledger that much older.
CREATE OR REPLACE FUNCTION race.after(p interval) RETURNS void LANGUAGE sql AS $$
    UPDATE public.video_calls
       SET start_time = start_time - p, end_time = end_time - p, last_sign_at = last_sign_at - p;
    UPDATE video_call.presence
       SET joined_at = joined_at - p, left_at = left_at - p, last_seen_at = last_seen_at - p,
           agora_joined_at = agora_joined_at - p, agora_left_at = agora_left_at - p;
$$;

-- The calls, oldest first, and who is there: in an ended one, whose page has not said that
-- it left. ada_left and ben_left are what the record says.
CREATE OR REPLACE VIEW race.ledger AS
    SELECT v.status,
           concat_ws(' ', (SELECT 'Ada' FROM video_call.presence p WHERE p.call_id = v.id AND p.role = 'instructor'
                                                                     AND video_call.is_there(p, 120)),
                          (SELECT 'Ben' FROM video_call.presence p WHERE p.call_id = v.id AND p.role = 'mentee'
                                                                     AND video_call.is_there(p, 120))) AS there,
           video_call.recorded_visits(v.participants->'instructor')->-1->>'leftAt' IS NOT NULL AS ada_left,
           video_call.recorded_visits(v.participants->'mentee')->-1->>'leftAt' IS NOT NULL AS ben_left
      FROM public.video_calls v ORDER BY v.start_time, v.status DESC;
