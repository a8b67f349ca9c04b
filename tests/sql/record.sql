-- video_calls.participants: the record for other readers of the table, written when someone
-- joins or leaves and when the call closes. Nothing another writer leaves there breaks
-- anything.
BEGIN;
\ir setup.sql
SELECT plan(49);

-- Its content.
SELECT start(:ada);
SELECT is((SELECT participants->'mentee' FROM public.video_calls), 'null'::jsonb, 'The side of a participant who hasn''t come is null');
SELECT is(recorded('instructor'),
    '{"discordId": "100000000000000001", "joinedAt": "0 s ago", "leftAt": null,
      "visits": [{"joinedAt": "0 s ago", "leftAt": null}]}'::jsonb,
    'One who has come has a Discord id as a string, and a visit');
SELECT is((SELECT participants#>>'{instructor,joinedAt}' FROM public.video_calls), video_call.rfc3339(now()),
          'Times are in RFC 3339, in UTC, with milliseconds');
SELECT after('1 minute'); SELECT start(:ben);
SELECT after('1 minute'); SELECT leave(:ben);
SELECT is(recorded('mentee'),
    '{"discordId": "200000000000000001", "joinedAt": "60 s ago", "leftAt": "0 s ago",
      "visits": [{"joinedAt": "60 s ago", "leftAt": "0 s ago"}]}'::jsonb,
    'A leave ends the visit');
SELECT after('1 minute'); SELECT start(:ben);
SELECT is(recorded('mentee'),
    '{"discordId": "200000000000000001", "joinedAt": "120 s ago", "leftAt": null,
      "visits": [{"joinedAt": "120 s ago", "leftAt": "60 s ago"}, {"joinedAt": "0 s ago", "leftAt": null}]}'::jsonb,
    'A return starts another; joinedAt stays the first join');
SELECT start(:ben);
SELECT is(visits('mentee'), '120..60, 0..', 'A repeated start doesn''t start another');
SELECT after('1 minute'); SELECT end_call(:ada);
SELECT is(visits('instructor') || ' and ' || visits('mentee'), '240..0 and 180..120, 60..0',
          'Closing the call ends every visit');

-- What only Agora saw.
SELECT anew();
SELECT start(:ada);
SELECT after('1 minute'); SELECT agora('join', :ben, 1);
SELECT is(recorded('mentee'), 'null'::jsonb, 'What Agora saw is not in the record while the call goes on');
SELECT after('1 minute'); SELECT end_call(:ada);
SELECT is(recorded('mentee'),
    '{"discordId": "200000000000000001", "joinedAt": "60 s ago", "leftAt": "0 s ago",
      "visits": [{"joinedAt": "60 s ago", "leftAt": "0 s ago"}]}'::jsonb,
    'When the call closes, a participant whom only Agora saw is in the record with one visit');

-- A participant Agora saw before their page joined.
SELECT anew();
SELECT start(:ada);
SELECT after('1 minute'); SELECT agora('join', :ben, 1);
SELECT after('1 minute'); SELECT start(:ben);
SELECT is(recorded('mentee')->>'joinedAt', '0 s ago', 'The page''s own join time counts');

-- On a return, the previous visit ended when the silence started.
SELECT anew();
SELECT start(:ada); SELECT start(:ben); SELECT heartbeat(:ben);
SELECT after('100 seconds'); SELECT start(:ada);
SELECT after('21 seconds'); SELECT start(:ben);
SELECT is(visits('mentee'), '121..121, 0..', 'A return after silence starts another visit');

-- A person with another Discord account.
SELECT anew();
SELECT start(:ada);
UPDATE public.instructors SET discord_id = '100000000000000009' WHERE discord_id = :ada;
SELECT start('100000000000000009');
SELECT is(recorded('instructor')->>'discordId', '100000000000000009', 'The side names the person who came last');
UPDATE public.instructors SET discord_id = :ada WHERE discord_id = '100000000000000009';

-- At most 200 visits.
SELECT anew();
SELECT start(:ada); SELECT start(:ben);
DO $$
BEGIN
    FOR n IN 1 .. 198 LOOP
        PERFORM test.leave('200000000000000001');
        PERFORM test.start('200000000000000001');
    END LOOP;
END
$$;
CREATE FUNCTION visit_count() RETURNS integer LANGUAGE sql AS $$
    SELECT jsonb_array_length(participants#>'{mentee,visits}') FROM public.video_calls
$$;
SELECT is(visit_count(), 199, 'Each return is a visit');
SELECT leave(:ben); SELECT start(:ben);
SELECT is(visit_count(), 200, 'up to 200 of them');
SELECT after('1 minute'); SELECT leave(:ben);
SELECT after('1 minute'); SELECT start(:ben);
SELECT is(visit_count(), 200, 'Another return doesn''t make the row grow');
SELECT is(recorded('mentee')#>'{visits,-1}', '{"joinedAt": "120 s ago", "leftAt": null}'::jsonb,
          'but continues the last visit');
SELECT end_call(:ada);
SELECT is(recorded('mentee')#>>'{visits,-1,leftAt}', '0 s ago', 'which ends when the call closes');

-- ── What other writers may have left there ────────────────────────────────────────────────

-- Calls every function with foreign content in the record. NULL if all succeed, or the
-- first error's message.
CREATE FUNCTION breaks(alien jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    step text;
BEGIN
    FOREACH step IN ARRAY ARRAY[
        'start(%1$L)', 'start(%2$L)', 'heartbeat(%1$L)', 'leave(%2$L)', 'start(%2$L)', 'end_call(%1$L)',
        'agora(''join'', %2$L, 1)', 'agora(''leave'', %2$L, 2)', 'agora(''destroy'', NULL, 3)',
        '(SELECT count(*) FROM video_call.list_history(%1$L, NULL, 9, NULL, NULL, 120))',
        '(SELECT count(*) FROM video_call.list_mentorships(%1$L, 120, 14400, 9))',
        '(SELECT count(*) FROM video_call.list_active_calls(120, 14400, 9))',
        'close_stale()', 'end_call_for_both()'] LOOP
        -- Each on a call that only the other writer has touched, active or ended.
        FOR ended IN 0 .. 1 LOOP
            BEGIN
                DELETE FROM public.video_calls;
                INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time,
                                                last_sign_at, status, end_time, participants)
                SELECT id, instructor_id, mentee_id, now() - interval '1 minute',
                       now() - CASE step WHEN 'close_stale()' THEN interval '5 hours' ELSE '1 minute' END,
                       CASE ended WHEN 1 THEN 'ended' ELSE 'active' END,
                       CASE ended WHEN 1 THEN now() END, alien
                  FROM public.mentorships WHERE id = '11111111-1111-4111-8111-111111111111';
                EXECUTE format('SELECT ' || step, '100000000000000001', '200000000000000001');
                -- And twice, now that it is ours.
                EXECUTE format('SELECT ' || step, '100000000000000001', '200000000000000001');
                PERFORM test.end_call('100000000000000001');
            EXCEPTION WHEN OTHERS THEN
                RETURN step || ': ' || SQLERRM;
            END;
        END LOOP;
    END LOOP;
    RETURN NULL;
END
$$;
CREATE FUNCTION end_call_for_both() RETURNS text LANGUAGE sql AS $$
    SELECT verdict FROM video_call.end_call_for_both(call(), 120)
$$;
SELECT is(breaks('{}'), NULL, 'An empty object breaks nothing');
SELECT is(breaks('[]'), NULL, 'nor an array');
SELECT is(breaks('null'), NULL, 'nor null');
SELECT is(breaks('"text"'), NULL, 'nor a string');
SELECT is(breaks('7'), NULL, 'nor a number');
SELECT is(breaks('[{"discordId": "100000000000000001"}]'), NULL, 'nor an array of participants');
SELECT is(breaks('{"instructor": 7, "mentee": "Ben"}'), NULL, 'nor sides that aren''t objects');
SELECT is(breaks('{"instructor": [], "mentee": true}'), NULL, 'nor sides of yet other types');
SELECT is(breaks('{"instructor": {}, "mentee": {}}'), NULL, 'nor empty sides');
SELECT is(breaks('{"instructor": {"discordId": 7, "joinedAt": 7, "leftAt": []}, "mentee": {"discordId": null, "joinedAt": {}, "leftAt": false}}'),
          NULL, 'nor members of the wrong types');
SELECT is(breaks('{"instructor": {"discordId": "1", "joinedAt": "the 3rd of Febtember"}, "mentee": {"joinedAt": "", "leftAt": "now"}}'),
          NULL, 'nor texts that aren''t times');
SELECT is(breaks('{"instructor": {"joinedAt": "2026-02-31T18:04:05.123Z"}, "mentee": {"joinedAt": "2026-13-41T25:61:61.999Z", "leftAt": "0000-00-00T00:00:00.000Z"}}'),
          NULL, 'nor impossible times');
SELECT is(breaks('{"instructor": {"joinedAt": "9999-12-31T23:59:59.999Z", "leftAt": "0001-01-01T00:00:00.000Z"}}'),
          NULL, 'nor times in the distant past or future');
SELECT is(breaks('{"instructor": {"joinedAt": "2026-01-31T18:04:05+01:00", "visits": {}}, "mentee": {"visits": "many"}}'),
          NULL, 'nor visits that aren''t an array');
SELECT is(breaks('{"instructor": {"visits": []}, "mentee": {"visits": [{}]}}'), NULL, 'nor visits without a time');
SELECT is(breaks('{"instructor": {"lastSeenAt": 7, "hasHeartbeat": "yes", "agora": []}, "mentee": {"lastSeenAt": "x", "hasHeartbeat": true, "agora": {"leftAt": 7}}}'),
          NULL, 'nor malformed remains of the previous version');
SELECT is(breaks(jsonb_build_object('instructor', jsonb_build_object('visits',
              (SELECT jsonb_agg(jsonb_build_object('joinedAt', n)) FROM generate_series(1, 1000) AS n)))),
          NULL, 'nor more visits than allowed');
SELECT is(breaks('{"instructor": {"visits": [7]}}'), NULL, 'nor visits that are numbers');
SELECT is(breaks('{"instructor": {"visits": ["x", true]}}'), NULL, 'nor strings');
SELECT is(breaks('{"instructor": {"visits": [null]}}'), NULL, 'nor null');
SELECT is(breaks('{"instructor": {"visits": [[]]}}'), NULL, 'nor arrays');

-- What happens to it.
CREATE FUNCTION with_record(p jsonb) RETURNS void LANGUAGE sql AS $$
    DELETE FROM public.video_calls;
    INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time, participants)
    SELECT id, instructor_id, mentee_id, now() - interval '5 minutes', p
      FROM public.mentorships WHERE id = '11111111-1111-4111-8111-111111111111'
$$;
SELECT with_record('[]');
SELECT is(start(:ada), 'resumed', 'A call with an array in its record is resumed');
SELECT is((SELECT replace_times(participants::text, '0', true)::jsonb FROM public.video_calls),
    '{"instructor": {"discordId": "100000000000000001", "joinedAt": "0 s ago", "leftAt": null,
                     "visits": [{"joinedAt": "0 s ago", "leftAt": null}]}, "mentee": null}'::jsonb,
    'and gets a proper record');
SELECT with_record('{"instructor": 7, "room": "blue"}');
SELECT start(:ben);
SELECT is((SELECT participants->>'room' FROM public.video_calls), 'blue', 'Other writers'' members next to the sides are kept');
SELECT is(recorded('instructor'), '7', 'and so is a malformed side until someone joins');
SELECT with_record('{"instructor": {"discordId": "100000000000000001", "joinedAt": "the 3rd of Febtember"}}');
SELECT start(:ada);
SELECT end_call(:ada);
SELECT is(recorded('instructor')->>'joinedAt', '300 s ago', 'A join without a valid time counts from the start of the call');

-- The rules on their own.
SELECT is(video_call.recorded_time('2026-01-31T18:04:05.123Z'), '2026-01-31T18:04:05.123Z', 'A valid time is read unchanged');
SELECT is(video_call.recorded_time('2026-01-31T18:04:05.123Z; DROP'), NULL, 'and nothing may follow it');
SELECT is(video_call.recorded_time(E'2026-01-31T18:04:05.123Z\n'), NULL, 'not even a newline');
SELECT is(video_call.parse_recorded_time('2026-02-31T18:04:05.123Z'), NULL, 'There is no 31st of February');
SET LOCAL TimeZone = 'Asia/Kathmandu'; SET LOCAL DateStyle = 'SQL, DMY';
SELECT is(video_call.rfc3339('2026-01-31 18:04:05.123999+00'), '2026-01-31T18:04:05.123Z',
          'A session''s time zone and date style don''t change times in results');
SELECT is(video_call.parse_recorded_time('2026-03-04T18:04:05.123Z') = '2026-03-04 18:04:05.123+00', true,
          'or how they are read');

SELECT * FROM finish();
ROLLBACK;
