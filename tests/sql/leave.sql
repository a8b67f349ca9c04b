-- leave_call: one side goes; where nobody is left, the call ends.
BEGIN;
\ir setup.sql
SELECT plan(25);

SELECT start(:ada);
SELECT start(:ben);
SELECT after('1 minute');
SELECT is(leave(:ben), 'active', 'One side leaves and the call goes on for the other');
SELECT is(recorded('mentee')->>'leftAt', '0 s ago', 'The record says when it left');
SELECT is(recorded('instructor')->>'leftAt', NULL, 'and that the other side is still there');
SELECT ok(NOT is_there('mentee') AND is_there('instructor'), 'So does presence');
SELECT after('1 minute');
SELECT is(leave(:ben), 'active', 'To leave again is no error');
SELECT is(recorded('mentee')->>'leftAt', '60 s ago', 'and does not move the time of the first leave');
SELECT is(leave(:ada), 'ended', 'When the last one leaves, the call ends');
SELECT is(duration(), 120, 'It lasted until then');
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'and its record is complete');
SELECT after('1 minute');
SELECT is(leave(:ada), 'ended', 'To leave a call that is over answers that it is');
SELECT is(ended_ago(), interval '1 minute', 'and changes nothing');

-- Who does not count as still there.
SELECT anew();
SELECT start(:ada);
SELECT heartbeat(:ada);
SELECT start(:ben);
SELECT after('121 seconds');
SELECT is(leave(:ben), 'ended', 'A side that fell silent does not hold the call open');
SELECT is(recorded('instructor')->>'leftAt', '121 s ago', 'It left when it was last seen');
SELECT anew();
SELECT start(:ada);
SELECT start(:ben);
SELECT after('1 minute');
SELECT agora('leave', :ada, 1);
SELECT after('1 minute');
SELECT is(leave(:ben), 'ended', 'Nor does one that Agora saw leave');
SELECT is(recorded('instructor')->>'leftAt', '60 s ago', 'It left when Agora saw it');

-- Who was never there.
SELECT anew();
SELECT start(:ada);
SELECT is(leave(:ben), 'active', 'One who never joined leaves nothing');
SELECT is(recorded('mentee'), 'null'::jsonb, 'and is not in the record');
SELECT anew();
SELECT start(:ada);
SELECT agora('join', :ben, 1);
SELECT is(leave(:ada), 'active', 'A side that only Agora saw holds the call open');
SELECT is(leave(:ben), 'active', 'and does not leave by a page that never joined');

-- Alone.
SELECT anew();
SELECT start(:ada);
SELECT is(leave(:ada), 'ended', 'Who waited alone ends the call by leaving');

-- Who may.
SELECT anew();
SELECT start(:ada);
SELECT is(leave(:zoe), 'not_a_participant', 'A stranger may not leave');
SELECT is(leave(:ada, :nowhere), 'call_not_found', 'A call that does not exist is not found');
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_ben;
SELECT is(leave(:ada), 'ended', 'A call may be left after its mentorship has ended');
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, status FROM video_call.leave_call(%L, %L, 120)$$, :ada, call()),
    format($$VALUES ('ok', %L::uuid, 'ended')$$, :ada_ben), 'A leave answers with the mentorship and the status');
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, status FROM video_call.leave_call(%L, %L, 120)$$, :zoe, call()),
    $$VALUES ('not_a_participant', NULL::uuid, NULL::text)$$, 'A refusal answers with the verdict alone');

SELECT * FROM finish();
ROLLBACK;
