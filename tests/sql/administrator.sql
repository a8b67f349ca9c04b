-- list_active_calls, count_active_calls, end_call_for_both, clock_ms, version: the
-- functions for the administrator.
BEGIN;
\ir setup.sql
SELECT plan(17);

CREATE FUNCTION end_for_both(call uuid) RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN verdict <> 'ok' THEN verdict
                ELSE duration_seconds || CASE WHEN was_active THEN ' s, was active' ELSE ' s, was over' END END
      FROM video_call.end_call_for_both(call, 120)
$$;
SELECT is((SELECT active_count FROM video_call.count_active_calls()), 0::bigint, 'There is no active call');
SELECT is_empty('SELECT * FROM video_call.list_active_calls(120, 14400, 9)', 'and the list is empty');

SELECT start(:ada);
SELECT after('5 hours');
SELECT start(:grace, :grace_ben); SELECT heartbeat(:grace, call(:grace_ben)); SELECT start(:ben, :grace_ben);
SELECT leave(:ben, call(:grace_ben));
SELECT after('10 seconds');
SELECT is((SELECT active_count FROM video_call.count_active_calls()), 2::bigint, 'Active calls of all mentorships are counted');
SELECT results_eq(
    $$SELECT call_id, mentorship_id, ago(start_time), ago(last_sign_at), age_seconds, is_stale, instructor_name,
             ago(instructor_joined_at), ago(instructor_left_at), mentee_name, ago(mentee_joined_at), ago(mentee_left_at)
        FROM video_call.list_active_calls(120, 14400, 9)$$,
    format($$VALUES (%L::uuid, %L::uuid, interval '10 s', interval '10 s', 10, false, 'Grace Instructor', interval '10 s',
                     NULL::interval, 'Ben Mentee', interval '10 s', interval '10 s'),
                    (%L, %L, '5:00:10', '5:00:10', 18010, true, 'Ada Instructor', '5:00:10', NULL, 'Ben Mentee', NULL, NULL)$$,
           call(:grace_ben), :grace_ben, call(:ada_ben), :ada_ben),
    'They are listed newest first, with who is there and whether they are stale');
SELECT is((SELECT count(*) FROM video_call.list_active_calls(120, 14400, 1)), 1::bigint, 'at most as many as requested');

SELECT is(end_for_both(call(:ada_ben)), '18010 s, was active', 'The administrator ends a call');
SELECT is(status(), 'ended', 'It is ended');
SELECT is((presence('instructor')).left_at, now(), 'Nobody counts as still there');
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'nor does the record say so');
SELECT after('1 minute');
SELECT is(end_for_both(call(:ada_ben)), '18010 s, was over', 'Ending it again returns the same figures');
SELECT is(ended_ago(), interval '1 minute', 'and the same end');
SELECT is(end_for_both(:nowhere), 'call_not_found', 'A call that does not exist is not found');

SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT end_for_both(call());
SELECT is(start(:ben), 'opened', 'A start doesn''t continue a call that was ended for both');
SELECT anew();
SELECT start(:ben);
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, end_time, duration_seconds, was_active FROM video_call.end_call_for_both(%L, 120)$$, call()),
    format($$VALUES ('ok', %L::uuid, video_call.rfc3339(now()), 0, true)$$, :ada_ben),
    'It returns the mentorship and the end in RFC 3339');
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, end_time, duration_seconds, was_active FROM video_call.end_call_for_both(%L, 120)$$, :nowhere),
    $$VALUES ('call_not_found', NULL::uuid, NULL::text, NULL::integer, NULL::boolean)$$, 'A refusal returns only the verdict');

SELECT is(abs((SELECT clock_ms FROM video_call.clock_ms()) - extract(epoch FROM clock_timestamp()) * 1000) < 1000, true,
          'clock_ms is the database''s clock in milliseconds');
SELECT ok((SELECT version FROM video_call.version()) >= 1, 'The functions report their version');

SELECT * FROM finish();
ROLLBACK;
