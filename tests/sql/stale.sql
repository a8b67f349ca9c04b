-- close_stale_calls: the janitor closes calls that nobody ended, by the same rule as start.
BEGIN;
\ir setup.sql
SELECT plan(23);

SELECT is(close_stale(), 0::bigint, 'In an empty ledger the janitor closes nothing');

-- Without heartbeats: 4 hours.
SELECT start(:ada); SELECT start(:ben);
SELECT after('4 hours');
SELECT is(close_stale(), 0::bigint, 'A call without heartbeats isn''t stale for 4 hours');
SELECT after('1 second');
SELECT results_eq(
    $$SELECT call_id, mentorship_id, ago(end_time), had_heartbeats FROM video_call.close_stale_calls(120, 14400, 10)$$,
    format($$VALUES (%L::uuid, %L::uuid, interval '4 hours 1 second', false)$$, call(), :ada_ben),
    'After that the janitor closes it, and says which and when it ended');
SELECT is(status(), 'failed', 'It has failed: nobody ended it');
SELECT is(ended_ago(), interval '4 hours 1 second', 'at its last sign of life');
SELECT is(duration(), 0, 'until which its duration counts');
SELECT is(recorded('mentee')->>'leftAt', '14401 s ago', 'when everyone left');
SELECT is(close_stale(), 0::bigint, 'It is closed only once');

-- With heartbeats: 2 minutes.
SELECT anew();
SELECT start(:ada);
SELECT after('1 minute'); SELECT heartbeat(:ada);
SELECT start(:ben);
SELECT after('1 minute'); SELECT heartbeat(:ben);
SELECT after('2 minutes');
SELECT is(close_stale(), 0::bigint, 'A call with heartbeats isn''t stale for 2 minutes');
SELECT after('1 second');
SELECT results_eq(
    $$SELECT ago(end_time), had_heartbeats FROM video_call.close_stale_calls(120, 14400, 10)$$,
    $$VALUES (interval '2 minutes 1 second', true)$$, 'After that the janitor closes it');
SELECT is(duration(), 120, 'It lasted until the last sign of life of either participant');
SELECT is(recorded('instructor')->>'leftAt', '121 s ago', 'A participant silent for a minute was still within the timeout');
SELECT is(recorded('mentee')->>'leftAt', '121 s ago', 'and the other left at the end');

-- Heartbeats of one participant alone.
SELECT anew();
SELECT start(:ada); SELECT start(:ben); SELECT heartbeat(:ben);
SELECT after('121 seconds');
SELECT is(close_stale(), 1::bigint, 'Heartbeats from the mentee alone make it a call with heartbeats');
SELECT anew();
SELECT start(:ada); SELECT start(:ben); SELECT heartbeat(:ada);
SELECT after('121 seconds');
SELECT is(close_stale(), 1::bigint, 'and so do those from the instructor alone');

-- A participant who had long been silent by then.
SELECT anew();
SELECT start(:ada); SELECT heartbeat(:ada); SELECT start(:ben);
SELECT after('3 minutes'); SELECT heartbeat(:ben);
SELECT after('3 minutes');
SELECT close_stale();
SELECT is(recorded('instructor')->>'leftAt', '360 s ago', 'A participant who had fallen silent earlier left then');

-- Many, of any mentorship.
SELECT anew();
SELECT start(:ada); SELECT start(:grace, :grace_ben); SELECT start(:ada, :ada_grace);
SELECT after('5 hours');
SELECT start(:ada, :ada_dora);
SELECT is(close_stale(2), 2::bigint, 'At most as many as requested are closed at once');
SELECT is(close_stale(2), 1::bigint, 'and the others next time');
SELECT results_eq($$SELECT status, count(*) FROM public.video_calls GROUP BY status ORDER BY status$$,
                  $$VALUES ('active', 1::bigint), ('failed', 3)$$, 'A call that isn''t stale stays active');

-- The mentorship's status doesn't matter.
SELECT anew();
SELECT start(:ada);
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_ben;
SELECT after('5 hours');
SELECT is(close_stale(), 1::bigint, 'A stale call of an ended mentorship is closed too');

-- An ended call isn't stale.
UPDATE public.mentorships SET status = 'active' WHERE id = :ada_ben;
SELECT anew();
SELECT start(:ada); SELECT end_call(:ada);
SELECT after('5 hours');
SELECT is(close_stale(), 0::bigint, 'An ended call isn''t changed');
SELECT is(status(), 'ended', 'and stays ended');

-- The janitor agrees with a start.
SELECT anew();
SELECT start(:ada); SELECT agora('join', :ben, 1);
SELECT after('3 hours'); SELECT agora('sign', NULL, 2);
SELECT after('3 hours');
SELECT is(close_stale(), 0::bigint, 'An event from Agora is a sign of life');

SELECT * FROM finish();
ROLLBACK;
