-- Rows that this version didn't write: those of the production portal, whose sides have
-- only discordId and joinedAt; and those of the previous version, which kept signs of life
-- in the record (lastSeenAt, hasHeartbeat, agora). Active calls are adopted by the first
-- function that touches them; closed ones are corrected by applying
-- sql/add_video_calls_table.sql again.
BEGIN;
\ir setup.sql
SELECT plan(45);

-- A call of Ada and Ben; times are minutes ago, and so is "T30" in the record.
CREATE FUNCTION older(p_status text, p_record jsonb, began integer DEFAULT 30, ended integer DEFAULT NULL, sign integer DEFAULT NULL)
RETURNS void LANGUAGE sql AS $$
    DELETE FROM public.video_calls;
    INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, status,
                                    duration_seconds, last_sign_at, participants)
    SELECT id, instructor_id, mentee_id, now() - began * interval '1 minute', now() - ended * interval '1 minute', p_status,
           (began - ended) * 60, now() - sign * interval '1 minute',
           (SELECT string_agg(CASE WHEN part ~ '^T\d+$'
                                   THEN video_call.rfc3339(now() - substr(part, 2)::integer * interval '1 minute') ELSE part END, '' ORDER BY n)
              FROM regexp_split_to_table(p_record::text, '(?<=")(?=T\d+")|(?<=\d)(?=")') WITH ORDINALITY AS t (part, n))::jsonb
      FROM public.mentorships WHERE id = '11111111-1111-4111-8111-111111111111'
$$;

-- The upgrade: both files without their BEGIN and COMMIT, inside this transaction.
\set migrate `sed '/^BEGIN;$/d; /^COMMIT;$/d' "$VIDEO_CALL_TABLES" "$VIDEO_CALL_FUNCTIONS"`
CREATE FUNCTION upgrade() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE current_setting('test.migrate'); END $$;
SELECT set_config('test.migrate', :'migrate', true) IS NOT NULL AS told;

-- ── Production: discordId and joinedAt ────────────────────────────────────────────────────
\set production '''{"instructor": {"discordId": "100000000000000001", "joinedAt": "T30"}, "mentee": {"discordId": "200000000000000001", "joinedAt": "T29"}}'''

SELECT older('active', :production);
SELECT is(start(:ben), 'resumed', 'An active call of the production portal is resumed');
SELECT is(ago((presence('instructor')).joined_at), interval '30 minutes', 'The other participant is adopted from the record');
SELECT is(visits('mentee'), NULL, 'A start that isn''t a return doesn''t change the record');
SELECT is(leave(:ben), 'active', 'After one leaves it, the other is still there');
SELECT is(recorded('mentee'), '{"discordId": "200000000000000001", "joinedAt": "1740 s ago", "leftAt": "0 s ago",
    "visits": [{"joinedAt": "1740 s ago", "leftAt": "0 s ago"}]}'::jsonb, 'with one visit in the record');
SELECT is(end_call(:ada), '1800', 'The call can be ended');
SELECT is(recorded('instructor')->>'joinedAt', '1800 s ago', 'and keeps who joined when');

SELECT older('active', :production);
SELECT end_call(:ben);
SELECT is(start(:ben), 'resumed', 'An adopted call of the production portal goes on for the one who stayed');
SELECT older('active', :production);
SELECT is(agora('leave', :ada, 1), 'noted', 'Agora''s events are accepted for such a call');
SELECT is(leave(:ben), 'ended', 'and count');
SELECT older('active', :production, 241);
SELECT is(close_stale(), 1::bigint, 'Such a call is stale 4 hours after its start');
SELECT results_eq('SELECT status, duration_seconds FROM public.video_calls', $$VALUES ('failed', 0)$$, 'because there has been no sign of life since');

SELECT older('ended', :production, 30, 10);
PREPARE shown AS SELECT ago(instructor_joined_at), ago(instructor_left_at), ago(mentee_joined_at), ago(mentee_left_at)
  FROM video_call.list_history('100000000000000001', NULL, 9, NULL, NULL, 120);
SELECT results_eq('shown', $$VALUES (interval '30 min', interval '10 min', interval '29 min', interval '10 min')$$,
                  'A closed one is shown with everyone there until its end');
SELECT is(end_call(:ada), '1200', 'Ending it again returns its figures');
SELECT is(agora('leave', :ben, 1, '15 minutes'), 'noted', 'A late event is accepted for it');
SELECT results_eq('shown', $$VALUES (interval '30 min', interval '10 min', interval '29 min', interval '10 min')$$,
                  'but doesn''t change when participants left');

-- ── The version before: signs of life in the record ───────────────────────────────────────
\set before '''{"instructor": {"discordId": "100000000000000001", "joinedAt": "T30", "leftAt": null, "lastSeenAt": "T1", "hasHeartbeat": true, "visits": [{"joinedAt": "T30", "leftAt": null}]}, "mentee": {"discordId": "200000000000000001", "joinedAt": "T30", "leftAt": null, "lastSeenAt": "T20", "hasHeartbeat": true, "visits": [{"joinedAt": "T30", "leftAt": null}]}}'''

SELECT older('active', :before);
SELECT is(start(:ada), 'resumed', 'An active call of the previous version is resumed');
SELECT is((presence('instructor')).sends_heartbeats, true, 'Its pages are known to send heartbeats');
SELECT ok(NOT is_there('mentee'), 'Someone who had fallen silent is not there');
SELECT is(start(:ben), 'resumed', 'and returns');
SELECT is(visits('mentee'), '1800..1200, 0..', 'on another visit');
SELECT older('active', replace(:before, '"T1"', '"T20"')::jsonb, 240);
SELECT is(start(:ada), 'opened', 'A call whose pages had been silent before the upgrade is stale');
SELECT is((SELECT ago(end_time) FROM public.video_calls WHERE status = 'failed'), interval '20 minutes',
          'since the last sign of life in its record');

-- No start comes between the upgrade and the following.
SELECT older('active', :before, 30, NULL, 1); SELECT upgrade();
SELECT is(heartbeat(:ada), 'active', 'A heartbeat is accepted in a call of the previous version');
SELECT is(ago((presence('instructor')).last_seen_at), interval '0', 'and is a sign of life, as in any other');
SELECT older('active', replace(:before, '"T1"', '"T5"')::jsonb, 30, NULL, 5); SELECT upgrade();
SELECT is(close_stale(), 1::bigint, 'A call whose heartbeats stopped before the upgrade is stale after 2 minutes');
SELECT older('active', :before, 30, NULL, 1); SELECT upgrade();
DO $$ BEGIN FOR n IN 1 .. 241 LOOP PERFORM test.heartbeat('100000000000000001'); PERFORM test.after('1 minute'); END LOOP; END $$;
SELECT is(close_stale(), 0::bigint, 'One whose page keeps sending heartbeats is not, however long ago the upgrade was');
SELECT older('active', replace(:before, '"T1"', '"T5"')::jsonb, 30, NULL, 5); SELECT upgrade();
SELECT is((SELECT is_stale FROM video_call.list_active_calls(120, 14400, 9)), true, 'The administrator sees the same');
SELECT is((SELECT count(call_id) FROM video_call.list_mentorships(:ada, 120, 14400, 9)), 0::bigint, 'and so does a dashboard');

-- What only Agora saw isn't a page's join.
\set by_agora '''{"instructor": {"discordId": "100000000000000001", "joinedAt": "T30", "leftAt": null, "lastSeenAt": "T25", "agora": {"joinedAt": "T30", "leftAt": "T20"}}, "mentee": {"discordId": "200000000000000001", "agora": {"joinedAt": "T25", "leftAt": null}}}'''
SELECT older('active', :by_agora); SELECT start(:ben);
SELECT ok(NOT is_there('instructor'), 'Someone whom Agora saw leave before the upgrade is not there');
SELECT older('active', :by_agora); SELECT leave(:ada);
SELECT is((presence('mentee')).joined_at, NULL, 'The upgrade doesn''t record a join for a page that never joined');
SELECT is(ago((presence('mentee')).agora_joined_at), interval '25 minutes', 'but keeps that Agora saw them');
SELECT older('ended', :by_agora, 30, 10); SELECT upgrade();
SELECT is((SELECT ago(mentee_joined_at) FROM video_call.list_history(:ada, NULL, 9, NULL, NULL, 120)), interval '25 minutes',
          'The history shows when Agora saw them come');

-- ── Closed calls ──────────────────────────────────────────────────────────────────────────
SELECT older('ended', :before, 30, 0); SELECT upgrade();
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'A participant still there at the end left then');
SELECT is(recorded('mentee')->>'leftAt', '1200 s ago', 'One who had fallen silent left at that time');
SELECT older('ended', '{"instructor": {"discordId": "100000000000000001", "joinedAt": "T30", "leftAt": null, "lastSeenAt": "T25"}}', 30, 0);
SELECT upgrade();
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'The silence of a page that sent no heartbeats means nothing');
SELECT older('ended', '{"instructor": {"discordId": "100000000000000001", "joinedAt": "T30", "leftAt": null, "lastSeenAt": "T25", "agora": {"joinedAt": "T30", "leftAt": "T20"}}}', 30, 0);
SELECT upgrade();
SELECT is(recorded('instructor')->>'leftAt', '1200 s ago', 'A participant whom Agora saw leave left then');
SELECT older('ended', '{"instructor": {"discordId": "100000000000000001", "joinedAt": "T30", "leftAt": null, "lastSeenAt": "T15", "agora": {"joinedAt": "T30", "leftAt": "T20"}}}', 30, 0);
SELECT upgrade();
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'unless there was a sign of life after that');
SELECT older('ended', '{"instructor": {"discordId": "100000000000000001", "joinedAt": "T30", "leftAt": "T28", "lastSeenAt": "T28", "hasHeartbeat": true}}', 30, 0);
SELECT upgrade();
SELECT is(recorded('instructor')->>'leftAt', '1680 s ago', 'A known leave is kept');
SELECT older('ended', :production, 30, 0); SELECT upgrade();
SELECT is(recorded('instructor'), '{"discordId": "100000000000000001", "joinedAt": "1800 s ago"}'::jsonb,
          'A record written by the production portal is not changed');
SELECT older('active', :before); SELECT upgrade();
SELECT is(recorded('mentee')->>'leftAt', NULL, 'nor is the record of an active call');
SELECT older('ended', '{"instructor": {"lastSeenAt": 7, "hasHeartbeat": "yes", "agora": []}, "mentee": 7}', 30, 0);
SELECT upgrade();
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'A malformed record doesn''t stop the migration');

-- Several active calls of one mentorship, as in production.
SELECT older('active', '{}', 60);
DROP INDEX public.video_calls_one_active;
INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time, last_sign_at)
SELECT mentorship_id, instructor_id, mentee_id, now() - m * interval '1 minute', now() - 5 * interval '1 minute'
  FROM public.video_calls, unnest('{30,20}'::integer[]) AS m;
SELECT upgrade();
SELECT results_eq('SELECT ago(start_time), status, ago(end_time), duration_seconds FROM public.video_calls ORDER BY 1',
    $$VALUES (interval '20 min', 'active', NULL::interval, NULL::integer), ('30 min', 'failed', '5 min', 1500), ('1 h', 'failed', '1 h', 0)$$,
    'Of several active calls of a mentorship, the newest stays active; the others failed at their last sign of life');
SELECT upgrade();
SELECT is((SELECT count(*) FROM public.video_calls WHERE status = 'active'), 1::bigint, 'Applying the file again changes nothing');
SELECT is(start(:ada), 'resumed', 'The remaining call goes on');

SELECT * FROM finish();
ROLLBACK;
