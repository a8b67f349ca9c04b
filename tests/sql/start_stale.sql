-- is_stale, in a start: a call without a sign of life for 2 minutes, if it ever had a
-- heartbeat, or for 4 hours, if it had none, is closed as failed, and a new one is opened.
BEGIN;
\ir setup.sql
SELECT plan(33);

-- Pages that send no heartbeats.
SELECT start(:ada);
SELECT after('4 hours');
SELECT is(start(:ben), 'resumed', 'A call without heartbeats isn''t stale for 4 hours after its start');
SELECT after('3 hours 59 minutes');
SELECT is(start(:ada), 'resumed', 'A start is a sign of life: the 4 hours start again');
SELECT after('4 hours 1 second');
SELECT is(start(:ada), 'opened', 'After more than 4 hours without a sign of life a start opens a new call');
SELECT is(call_count(), 2::bigint, 'The old call is still in the ledger');
SELECT results_eq(
    $$SELECT status, ago(end_time), duration_seconds FROM public.video_calls WHERE status <> 'active'$$,
    $$VALUES ('failed', interval '4 hours 1 second', (7 * 3600 + 59 * 60)::integer)$$,
    'The stale call has failed, at its last sign of life');

-- Pages with heartbeats.
SELECT anew();
SELECT start(:ada);
SELECT heartbeat(:ada);
SELECT after('2 minutes');
SELECT is(start(:ada), 'resumed', 'A call with heartbeats isn''t stale for 2 minutes after the last one');
SELECT after('1 minute');
SELECT heartbeat(:ada);
SELECT after('2 minutes 1 second');
SELECT is(start(:ada), 'opened', 'After more than 2 minutes of silence a start opens a new call');
SELECT results_eq(
    $$SELECT status, ago(end_time), duration_seconds FROM public.video_calls WHERE status <> 'active'$$,
    $$VALUES ('failed', interval '2 minutes 1 second', 180)$$,
    'It failed at the last heartbeat');

SELECT anew();
SELECT start(:ada);
SELECT heartbeat(:ada);
SELECT start(:ben);
SELECT after('3 minutes');
SELECT is(start(:ben), 'opened', 'Heartbeats from one participant make the short timeout apply to both');
SELECT anew();
SELECT start(:ada);
SELECT heartbeat(:ada);
SELECT start(:ben);
SELECT heartbeat(:ben);
SELECT after('110 seconds');
SELECT heartbeat(:ben);
SELECT after('110 seconds');
SELECT is(start(:ben), 'resumed', 'A sign of life of either participant is enough');
SELECT is(start(:ada), 'resumed', 'Someone who was silent comes back to the call the other kept alive');

-- A stale call is closed even if the caller may not open one.
SELECT anew();
SELECT start(:ada);
SELECT heartbeat(:ada);
SELECT after('3 minutes');
SELECT is(start(:ben, :ada_ben, false), 'call_not_started',
          'A mentee who may not open a call is refused if the call is stale');
SELECT is(status(), 'failed', 'The refusal still closes the stale call');
SELECT is(call_count(), 1::bigint, 'and opens none');

-- Agora's events are signs of life.
SELECT anew();
SELECT start(:ada);
SELECT after('3 hours');
SELECT agora('sign', NULL, 1);
SELECT after('3 hours');
SELECT is(start(:ada), 'resumed', 'An event from Agora is a sign of life');
SELECT after('3 hours');
SELECT agora('sign', NULL, 2, '2 hours');
SELECT after('1 hour 59 minutes');
SELECT is(status(), 'active', 'The call is active');
SELECT is(close_stale(), 0::bigint, 'and still not stale nearly 4 hours after an event from Agora');
SELECT after('2 minutes');
SELECT is(start(:ben), 'opened', 'The event counts from when it happened, not from when it was reported');

SELECT anew();
SELECT start(:ada);
SELECT heartbeat(:ada);
SELECT after('1 minute');
SELECT agora('join', :ada, 1);
SELECT after('90 seconds');
SELECT is(start(:ada), 'resumed', 'An event from Agora keeps a call alive whose heartbeats have stopped');

-- An event reported late doesn't undo a later sign of life.
SELECT anew();
SELECT start(:ada);
SELECT after('3 hours');
SELECT agora('sign', NULL, 1);
SELECT agora('sign', NULL, 2, '2 hours');
SELECT after('3 hours');
SELECT is(start(:ada), 'resumed', 'An old event reported late doesn''t undo a later sign of life');

-- An event from the future doesn't keep a call alive forever.
SELECT anew();
SELECT start(:ada);
SELECT agora('sign', NULL, 1, '-1 year');
SELECT after('4 hours 1 second');
SELECT is(start(:ada), 'opened', 'An event from the future is a sign of life now, not then');

-- A call from another writer.
SELECT anew();
INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time)
SELECT id, instructor_id, mentee_id, now() - interval '5 hours' FROM public.mentorships WHERE id = :ada_ben;
SELECT is(start(:ada), 'resumed', 'A row that another program just inserted isn''t stale');
SELECT anew();
INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time, last_sign_at)
SELECT id, instructor_id, mentee_id, now() - interval '5 hours', NULL FROM public.mentorships WHERE id = :ada_ben;
SELECT is(start(:ada), 'opened', 'A row from before signs of life were recorded is stale 4 hours after its start');
SELECT is(duration(), NULL, 'The new call has no duration yet');
SELECT results_eq(
    $$SELECT status, ago(end_time), duration_seconds FROM public.video_calls WHERE status <> 'active'$$,
    $$VALUES ('failed', interval '5 hours', 0)$$,
    'Such a call failed at its start');

-- The rule on its own, at its limits.
SELECT anew();
SELECT start(:ada);
CREATE FUNCTION stale(after_heartbeat integer, without_heartbeat integer) RETURNS boolean LANGUAGE sql AS $$
    SELECT video_call.is_stale(v, presence('instructor'), presence('mentee'), after_heartbeat, without_heartbeat)
      FROM public.video_calls v
$$;
SELECT after('100 seconds');
SELECT is(stale(1, 100), false, 'A call exactly as old as the timeout isn''t stale');
SELECT is(stale(1, 99), true, 'A call one second older is stale');
SELECT is(stale(99, 100), false, 'A call that never had a heartbeat doesn''t use the short timeout');
SELECT after('-100 seconds');
SELECT heartbeat(:ada);
SELECT after('100 seconds');
SELECT is(stale(100, 1), false, 'A call that had heartbeats doesn''t use the long one');
SELECT is(stale(99, 1000), true, 'and is stale after the short one');

-- Closing a stale call closes nothing else.
SELECT anew();
SELECT start(:ada);
SELECT start(:grace, :grace_ben);
SELECT after('5 hours');
SELECT start(:ada);
SELECT is(status(call(:grace_ben)), 'active', 'A start doesn''t close another mentorship''s stale call');
SELECT is(start(:ben, :grace_ben), 'opened', 'A start in its own mentorship does');
SELECT is((SELECT count(*) FROM public.video_calls WHERE status = 'failed'), 2::bigint, 'Each was closed once');

SELECT * FROM finish();
ROLLBACK;
