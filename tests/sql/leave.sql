-- leave_call: one participant leaves; if nobody is left, the call ends.
BEGIN;
\ir setup.sql
SELECT plan(25);

SELECT start(:ada);
SELECT start(:ben);
SELECT after('1 minute');
SELECT is(leave(:ben), 'active', 'One participant leaves and the call goes on for the other');
SELECT is(recorded('mentee')->>'leftAt', '0 s ago', 'The record says when they left');
SELECT is(recorded('instructor')->>'leftAt', NULL, 'and that the other is still there');
SELECT ok(NOT is_there('mentee') AND is_there('instructor'), 'So does presence');
SELECT after('1 minute');
SELECT is(leave(:ben), 'active', 'Leaving again isn''t an error');
SELECT is(recorded('mentee')->>'leftAt', '60 s ago', 'and doesn''t change the time of the first leave');
SELECT is(leave(:ada), 'ended', 'When the last participant leaves, the call ends');
SELECT is(duration(), 120, 'It lasted until then');
SELECT is(recorded('instructor')->>'leftAt', '0 s ago', 'and its record is complete');
SELECT after('1 minute');
SELECT is(leave(:ada), 'ended', 'Leaving an ended call reports that it has ended');
SELECT is(ended_ago(), interval '1 minute', 'and changes nothing');

-- Who does not count as still there.
SELECT anew();
SELECT start(:ada);
SELECT heartbeat(:ada);
SELECT start(:ben);
SELECT after('121 seconds');
SELECT is(leave(:ben), 'ended', 'A silent participant doesn''t keep the call open');
SELECT is(recorded('instructor')->>'leftAt', '121 s ago', 'They left when they were last seen');
SELECT anew();
SELECT start(:ada);
SELECT start(:ben);
SELECT after('1 minute');
SELECT agora('leave', :ada, 1);
SELECT after('1 minute');
SELECT is(leave(:ben), 'ended', 'Neither does one whom Agora saw leave');
SELECT is(recorded('instructor')->>'leftAt', '60 s ago', 'They left when Agora saw it');

-- Who was never there.
SELECT anew();
SELECT start(:ada);
SELECT is(leave(:ben), 'active', 'A leave by someone who never joined changes nothing');
SELECT is(recorded('mentee'), 'null'::jsonb, 'and is not in the record');
SELECT anew();
SELECT start(:ada);
SELECT agora('join', :ben, 1);
SELECT is(leave(:ada), 'active', 'A participant whom only Agora saw keeps the call open');
SELECT is(leave(:ben), 'active', 'and a page that never joined can''t leave for them');

-- Alone.
SELECT anew();
SELECT start(:ada);
SELECT is(leave(:ada), 'ended', 'A participant waiting alone ends the call by leaving');

-- Who may.
SELECT anew();
SELECT start(:ada);
SELECT is(leave(:zoe), 'not_a_participant', 'A stranger may not leave');
SELECT is(leave(:ada, :nowhere), 'call_not_found', 'A call that does not exist is not found');
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_ben;
SELECT is(leave(:ada), 'ended', 'A call may be left after its mentorship has ended');
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, status FROM video_call.leave_call(%L, %L, 120)$$, :ada, call()),
    format($$VALUES ('ok', %L::uuid, 'ended')$$, :ada_ben), 'A leave returns the mentorship and the status');
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, status FROM video_call.leave_call(%L, %L, 120)$$, :zoe, call()),
    $$VALUES ('not_a_participant', NULL::uuid, NULL::text)$$, 'A refusal returns only the verdict');

SELECT * FROM finish();
ROLLBACK;
