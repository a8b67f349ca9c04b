-- record_agora_event: Agora also reports who came, who went and when the channel was
-- destroyed. Its notifications may come late, twice, out of order or never.
BEGIN;
\ir setup.sql
SELECT plan(54);

-- Join and leave.
SELECT start(:ada); SELECT start(:ben);
SELECT after('1 minute');
SELECT is(agora('leave', :ben, 2), 'noted', 'A leave is recorded');
SELECT ok(NOT is_there('mentee'), 'A participant whom Agora saw leave is not there');
SELECT is(status(), 'active', 'A leave doesn''t end the call');
SELECT after('10 seconds');
SELECT is(agora('join', :ben, 3), 'noted', 'A later join is recorded');
SELECT ok(is_there('mentee'), 'The participant is there again');

-- A leave before the page's last sign of life is outdated.
SELECT anew();
SELECT start(:ada);
SELECT after('1 minute'); SELECT start(:ada);
SELECT agora('leave', :ada, 1, '30 seconds');
SELECT ok(is_there('instructor'), 'A leave before the page''s last sign of life doesn''t count');

-- In any order.
CREATE FUNCTION told(VARIADIC sequences integer[]) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    s integer;
    kinds CONSTANT text[] := '{join,leave,join,leave}';
BEGIN
    DELETE FROM public.video_calls;
    PERFORM test.start('100000000000000001');
    PERFORM test.after('10 minutes');
    FOREACH s IN ARRAY sequences LOOP
        PERFORM test.agora(kinds[s], '200000000000000001', s, (8 - s) * interval '1 minute');
    END LOOP;
    RETURN concat(test.ago((test.presence('mentee')).agora_joined_at), ' to ',
                  test.ago((test.presence('mentee')).agora_left_at));
END
$$;
SELECT is(told(1, 2, 3, 4), '00:07:00 to 00:04:00', 'Events in order: the earliest is the join, the newest a leave');
SELECT is(told(4, 3, 2, 1), '00:07:00 to 00:04:00', 'The same in reverse order');
SELECT is(told(2, 4, 1, 3), '00:07:00 to 00:04:00', 'The same in mixed order');
SELECT is(told(2, 3, 1), '00:07:00 to ', 'The event with the highest sequence decides: a join');
SELECT is(told(3, 2), '00:06:00 to ', 'in any order of notification');
SELECT is(told(2, 1, 2, 2, 1), '00:07:00 to 00:06:00', 'A repeated notification changes nothing');

-- Duplicates, by the notice's id.
SELECT anew();
SELECT start(:ada);
SELECT agora('join', :ben, 5, notice => 'once');
SELECT is(agora('leave', :ben, 6, notice => 'once'), 'noted', 'A known notice gets the same result as a new one');
SELECT ok(is_there('mentee'), 'and changes nothing');
SELECT is((SELECT count(*) FROM video_call.agora_events), 1::bigint, 'It is stored only once');

-- Destroy.
SELECT anew();
SELECT start(:ada); SELECT start(:ben);
SELECT after('5 minutes');
SELECT is(agora('destroy', NULL, 1, '3 seconds'), 'ended', 'Destroying the channel ends the call');
SELECT is(status(), 'ended', 'It is ended, not failed');
SELECT is(ended_ago(), interval '3 seconds', 'at the time when the channel was destroyed');
SELECT ok(duration() BETWEEN 296 AND 297, 'and its duration counts until then');
SELECT is(recorded('mentee')->>'leftAt', '3 s ago', 'Everyone left then');
SELECT is(agora('destroy', NULL, 1, '3 seconds'), 'noted', 'A repeated notification doesn''t end a call');
SELECT anew();
SELECT start(:ada);
SELECT after('1 minute'); SELECT start(:ben);
SELECT is(agora('destroy', NULL, 1, '10 seconds'), 'noted', 'A channel destroyed before the last sign of life is outdated');
SELECT is(status(), 'active', 'and doesn''t end the call');
SELECT anew();
SELECT start(:ada);
SELECT after('10 seconds');
SELECT heartbeat(:ada);
SELECT is(agora('destroy', NULL, 1, '1 second'), 'ended', 'Within 2 seconds before it, the difference is put down to the clocks');
SELECT anew();
SELECT start(:ada);
SELECT is(agora('destroy', NULL, 1, '-1 hour'), 'ended', 'A channel destroyed in the future ends the call');
SELECT is(ended_ago(), interval '0', 'now');
SELECT anew();
SELECT start(:ada);
SELECT agora('destroy', NULL, 1, '1 second');
SELECT is(duration(), 0, 'An end just before the start gives no negative duration');

-- A numeric uid or a stranger is neither participant, but is a sign of life.
SELECT anew();
SELECT start(:ada);
SELECT after('1 hour');
SELECT is(agora('join', '4711', 1), 'noted', 'An event with a stranger''s account is accepted');
SELECT is(presence('mentee'), NULL, 'but makes nobody a participant');
SELECT is((SELECT ago(last_sign_at) < '2 seconds' FROM public.video_calls), true, 'It is a sign of life');
SELECT is(agora('join', NULL, 2), 'noted', 'So is an event without an account');
SELECT is(agora('sign', :ben, 3), 'noted', 'So is any other event');
SELECT is(presence('mentee'), NULL, 'but doesn''t make its account a participant');

-- Late events, after the end.
SELECT anew();
SELECT start(:ada); SELECT start(:ben);
SELECT after('10 minutes'); SELECT end_call(:ada);
SELECT after('1 minute');
SELECT is(agora('leave', :ben, 2, '5 minutes'), 'noted', 'A leave during the call that is reported after its end is accepted');
SELECT is(recorded('mentee')->>'leftAt', '300 s ago', 'and corrects the record');
SELECT is(duration(), 600, 'but not the duration');
SELECT is(ended_ago(), interval '1 minute', 'nor the end');
SELECT is(agora('leave', :ada, 3, '2 seconds'), 'noted', 'A leave up to a minute after the end belongs to that call');
SELECT is(recorded('instructor')->>'leftAt', '60 s ago', 'but counts as of the end of the call');
SELECT is(agora('join', :ben, 4, '2 seconds'), 'no_call', 'A join after the end belongs to no call');
SELECT after('1 minute');
SELECT is(agora('leave', :ben, 5), 'no_call', 'and so does a leave more than a minute after it');
SELECT is(agora('destroy', NULL, 6), 'no_call', 'and a destroyed channel');

-- Which call.
SELECT start(:ada);
SELECT after('1 minute');
SELECT agora('join', :ben, 7, '150 seconds');
SELECT is(presence('mentee'), NULL, 'An event before the newest call doesn''t belong to it');
SELECT agora('join', :ben, 8, '61 seconds');
SELECT isnt(presence('mentee'), NULL, 'One up to 2 seconds before it does');
SELECT anew();
SELECT is(agora('join', :ada, 1), 'no_call', 'An event without a call doesn''t create one');
SELECT is(call_count(), 0::bigint, 'The ledger stays empty');
SELECT is(agora('join', :ada, 1, mentorship => :nowhere), 'mentorship_not_found', 'A channel that isn''t a mentorship is refused');

-- An event still counts after the mentorship has ended.
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_grace;
SELECT anew();
SELECT start(:ada);
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_ben;
SELECT is(agora('destroy', NULL, 1), 'ended', 'Events also count after the mentorship has ended');
UPDATE public.mentorships SET status = 'active' WHERE id = :ada_ben;

-- Bounded.
SELECT anew();
SELECT start(:ada);
SELECT count(agora('sign', NULL, n)) FROM generate_series(1, 200) AS n;
SELECT is(agora('join', :ben, 201), 'noted', 'The 201st event of a call is accepted');
SELECT is((SELECT count(*) FROM video_call.agora_events), 200::bigint, 'but only 200 are stored');
SELECT ok(is_there('mentee'), 'The event still counts');
SELECT is(agora('destroy', NULL, 202), 'ended', 'and so does a destroyed channel');

-- What it returns.
SELECT results_eq(
    format($$SELECT verdict, call_id, role, has_ended FROM video_call.record_agora_event(%L, %L, 'x', 'leave', %s, 300, 120)$$,
           :ada_ben, :ben, floor(extract(epoch FROM now()))),
    format($$VALUES ('ok', %L::uuid, 'mentee', false)$$, call()), 'It returns the call and the side');
SELECT results_eq(
    format($$SELECT verdict, call_id, role, has_ended FROM video_call.record_agora_event(%L, %L, 'x', 'leave', 1, 300, 120)$$,
           :ada_ben, :ben),
    $$VALUES ('no_call', NULL::uuid, NULL::text, NULL::boolean)$$, 'A refusal returns only the verdict');

SELECT * FROM finish();
ROLLBACK;
