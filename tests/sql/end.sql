-- end_call: either participant ends the call for both, once.
BEGIN;
\ir setup.sql
SELECT plan(28);

SELECT start(:ada);
SELECT start(:ben);
SELECT after('90 seconds');
SELECT is(end_call(:ada), '90', 'The instructor ends the call; the database computes its duration');
SELECT is(status(), 'ended', 'It is ended');
SELECT is(ended_ago(), interval '0', 'It ended now');
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'The caller has left');
SELECT is(recorded('mentee')->>'leftAt', '0 s ago', 'Nobody stays longer than the call');
SELECT is((presence('mentee')).left_at, NULL, 'The other participant''s page has not said that it left');

-- Again.
SELECT after('1 minute');
SELECT is(end_call(:ada), '90', 'Ending it again returns the same duration');
SELECT is(end_call(:ben), '90', 'So does the other participant''s end');
SELECT is(ended_ago(), interval '1 minute', 'The end time doesn''t change');
SELECT is(recorded('mentee')->>'leftAt', '60 s ago', 'nor does the record');
SELECT isnt((presence('mentee')).left_at, NULL, 'The other participant has left by ending it too');

SELECT results_eq(
    format($$SELECT verdict, mentorship_id, end_time, duration_seconds FROM video_call.end_call(%L, %L, 120)$$, :ada, call()),
    format($$SELECT 'ok', mentorship_id, video_call.rfc3339(end_time), 90 FROM public.video_calls WHERE id = %L$$, call()),
    'An end returns the mentorship, the end in RFC 3339 and the duration');
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, end_time, duration_seconds FROM video_call.end_call(%L, %L, 120)$$, :zoe, call()),
    $$VALUES ('not_a_participant', NULL::uuid, NULL::text, NULL::integer)$$,
    'A refusal returns only the verdict');

-- The mentee, too.
SELECT anew();
SELECT start(:ada);
SELECT start(:ben);
SELECT after('10.9 seconds');
SELECT is(end_call(:ben), '10', 'The mentee may end it too; the duration is in whole seconds');
SELECT is(status(), 'ended', 'and it is ended for both');

-- A clock that was set back.
SELECT anew();
SELECT start(:ada);
SELECT after('-10 seconds');
SELECT is(end_call(:ada), '0', 'A call that ends before it started, because the clock was set back, lasted 0 seconds');

-- Who came and who didn't.
SELECT anew();
SELECT start(:ada);
SELECT is(end_call(:ben), '0', 'A participant who never joined may end the call');
SELECT is(presence('mentee'), NULL, 'which doesn''t make them a participant who was there');
SELECT is(recorded('mentee'), 'null'::jsonb, 'and doesn''t add them to the record');

-- A participant who fell silent left at that time.
SELECT anew();
SELECT start(:ada);
SELECT start(:ben);
SELECT heartbeat(:ben);
SELECT after('121 seconds');
SELECT end_call(:ada);
SELECT is(recorded('mentee')->>'leftAt', '121 s ago', 'A participant who fell silent left at their last sign of life');
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'A participant without heartbeats was there until the end');

-- Who may.
SELECT anew();
SELECT start(:ada);
SELECT is(end_call(:zoe), 'not_a_participant', 'A stranger may not end the call');
SELECT is(end_call(:grace), 'not_a_participant', 'nor the mentee''s other instructor');
SELECT is(end_call(:ada, :nowhere), 'call_not_found', 'A call that does not exist is not found');
SELECT is(status(), 'active', 'A refused end changes nothing');
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_ben;
SELECT is(end_call(:ada), '0', 'A call may be ended after its mentorship has');

-- A call that nobody ended.
SELECT anew();
UPDATE public.mentorships SET status = 'active' WHERE id = :ada_ben;
SELECT start(:ada);
SELECT after('5 hours');
SELECT close_stale();
SELECT is(end_call(:ada), '0', 'Ending a failed call returns its figures');
SELECT is(status(), 'failed', 'and leaves it failed');

SELECT * FROM finish();
ROLLBACK;
