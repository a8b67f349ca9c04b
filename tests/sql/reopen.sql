-- may_reopen: a page without heartbeats can't learn that the other participant ended the
-- call, and its user goes on talking. A start within 30 minutes of the end continues that
-- call if, as far as the ledger knows, the other is still in it; otherwise it opens a new
-- one.
BEGIN;
\ir setup.sql
SELECT plan(51);

-- The production portal: its pages send no heartbeats, both call start, and "Leave" is end.
-- The mentee comes first.
SELECT is(start(:ben), 'opened', 'The mentee comes first and opens the call');
SELECT after('1 minute');
SELECT is(start(:ada), 'resumed', 'The instructor joins it');
SELECT after('10 minutes');
SELECT is(end_call(:ben), '660', 'The mentee leaves, which in production ends the call');
SELECT after('1 minute');
SELECT is(start(:ben), 'resumed', 'The mentee returns while the instructor stays: the call goes on');
SELECT is(call_count(), 1::bigint, 'It is the same call');
SELECT is(status(), 'active', 'and it is active again');
SELECT results_eq('SELECT end_time, duration_seconds FROM public.video_calls',
                  'VALUES (NULL::timestamptz, NULL::integer)', 'without an end and a duration');
SELECT is(recorded('instructor')->>'leftAt', NULL, 'The record says that the instructor hasn''t left');
SELECT is(visits('instructor'), '660..', 'who is on the first visit');
SELECT is(visits('mentee'), '720..60, 0..', 'The mentee is on the second');
SELECT ok(is_there('instructor') AND is_there('mentee'), 'Both are there');
SELECT after('5 minutes');
SELECT is(end_call(:ada), '1020', 'The end counts from the start of the first visit');
SELECT is(end_call(:ben), '1020', 'and the other page''s end changes nothing');
SELECT is(status(), 'ended', 'The call is over');

-- Both leave, in either order.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('1 minute');
SELECT end_call(:ben); SELECT end_call(:ada);
SELECT is(start(:ben), 'opened', 'When both have left, mentee first, the mentee''s start opens a new call');
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('1 minute');
SELECT end_call(:ben); SELECT end_call(:ada);
SELECT is(start(:ada), 'opened', 'and so does the instructor''s');
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('1 minute');
SELECT end_call(:ada); SELECT end_call(:ben);
SELECT is(start(:ben), 'opened', 'When both have left, instructor first, the mentee''s start opens a new call');
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('1 minute');
SELECT end_call(:ada); SELECT end_call(:ben);
SELECT is(start(:ada), 'opened', 'and so does the instructor''s');

-- The instructor leaves and returns.
SELECT anew();
SELECT start(:ada); SELECT start(:ben);
SELECT after('1 minute');
SELECT end_call(:ada);
SELECT after('1 minute');
SELECT is(start(:ada), 'resumed', 'The instructor returns while the mentee stays: the call goes on');
SELECT is(visits('instructor') || ' and ' || visits('mentee'), '120..60, 0.. and 120..',
          'on a second visit of the instructor and the first of the mentee');

-- Leaving and returning again and again.
SELECT after('1 minute');
SELECT end_call(:ben);
SELECT is(start(:ben), 'resumed', 'The mentee may do so too');
SELECT end_call(:ada);
SELECT is(start(:ada), 'resumed', 'and the instructor again');
SELECT is(call_count(), 1::bigint, 'It is the same call throughout');

-- A reload: the page ends the call and starts at once, or starts without an end.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT is(start(:ada), 'resumed', 'A reload without an end resumes the active call');
SELECT is(visits('instructor'), '0..', 'without a second visit');
SELECT end_call(:ada);
SELECT is(start(:ada), 'resumed', 'A reload that ends the call first continues it');
SELECT anew();
SELECT start(:ada);
SELECT end_call(:ada);
SELECT is(start(:ada), 'opened', 'A reload by someone alone opens a new call');

-- The participant who stayed can't reopen it alone.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT end_call(:ben);
SELECT is(start(:ada), 'opened', 'A start by the participant who stayed opens a new call: the other has left');

-- Within 30 minutes.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT end_call(:ben);
SELECT after('29 minutes 59 seconds');
SELECT is(start(:ben), 'resumed', 'A call goes on almost 30 minutes after its end');
SELECT end_call(:ben);
SELECT after('30 minutes');
SELECT is(start(:ben), 'opened', 'After 30 minutes a start opens a new call');

-- The other participant must have come, and their page must not be able to learn of the
-- end.
SELECT anew();
SELECT start(:ben);
SELECT end_call(:ada);
SELECT is(start(:ada), 'resumed', 'It goes on for a waiting mentee whom the instructor turned away before joining');
SELECT anew();
SELECT start(:ben);
SELECT end_call(:ben);
SELECT is(start(:ben), 'opened', 'It doesn''t if the other participant never came');
SELECT anew();
SELECT start(:ben);
SELECT agora('join', :ada, 1);
SELECT end_call(:ben);
SELECT is(start(:ben), 'opened', 'nor if only Agora saw them');
SELECT anew();
SELECT start(:ben); SELECT start(:ada); SELECT heartbeat(:ada);
SELECT end_call(:ben);
SELECT is(start(:ben), 'opened', 'It doesn''t if the other page sends heartbeats: that page knows of the end');
SELECT anew();
SELECT start(:ben); SELECT start(:ada); SELECT heartbeat(:ben);
SELECT end_call(:ben);
SELECT is(start(:ben), 'resumed', 'It does if only the caller''s page sends heartbeats');
SELECT end_call(:ben);
SELECT after('10 minutes');
SELECT is(start(:ben), 'resumed', 'also 10 minutes later: continuing a call is a sign of life');

-- What Agora saw counts too.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('1 minute');
SELECT end_call(:ben);
SELECT after('10 seconds');
SELECT agora('leave', :ada, 1);
SELECT is(start(:ben), 'opened', 'A call is final once Agora saw the other participant leave after the end');
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('1 minute');
SELECT end_call(:ben);
SELECT after('10 seconds');
SELECT agora('destroy', NULL, 1);
SELECT is(start(:ben), 'opened', 'or once the channel was destroyed after the end');
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('1 minute');
SELECT agora('destroy', NULL, 1);
SELECT is(status(), 'ended', 'A call that Agora ended');
SELECT is(start(:ben), 'opened', 'is not continued: nobody was left in its channel');

-- In a call that was adopted last_seen_at may be NULL.
SELECT anew();
INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time, participants)
SELECT id, instructor_id, mentee_id, now() - interval '10 minutes', jsonb_build_object(
           'instructor', jsonb_build_object('discordId', '100000000000000001', 'joinedAt', video_call.rfc3339(now() - interval '9 minutes')),
           'mentee', jsonb_build_object('discordId', '200000000000000001', 'joinedAt', video_call.rfc3339(now() - interval '9 minutes')))
  FROM public.mentorships WHERE id = :ada_ben;
SELECT after('1 minute');
SELECT end_call(:ben);
SELECT after('10 seconds');
SELECT agora('destroy', NULL, 1);
SELECT is(start(:ben), 'opened', 'The same in a call the production portal started before this backend was installed');
-- After 200 events of a call a destroyed channel is still stored: may_reopen looks for it.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT count(agora('sign', NULL, n)) FROM generate_series(1, 200) AS n;
SELECT after('1 minute');
SELECT is(agora('destroy', NULL, 201), 'ended', 'Destroying a channel that had many events');
SELECT is(start(:ben), 'opened', 'also makes the end of its call final');

-- Calls that ended in another way.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT after('4 hours 1 second');
SELECT close_stale();
SELECT is(start(:ben), 'opened', 'A call that has failed is not continued');
SELECT anew();
SELECT start(:ben); SELECT start(:ada); SELECT heartbeat(:ben);
SELECT after('3 minutes');
SELECT close_stale();
SELECT is(start(:ben), 'opened', 'even if that was minutes ago and the other participant may still be there');
SELECT anew();
SELECT start(:ben); SELECT start(:ada); SELECT leave(:ada); SELECT leave(:ben);
SELECT is(start(:ben), 'opened', 'A call that both have left is not continued');

-- Continuing doesn't need the right to open.
SELECT anew();
SELECT start(:ada); SELECT start(:ben);
SELECT end_call(:ben);
SELECT is(start(:ben, :ada_ben, false), 'resumed', 'A mentee who may not open a call may continue one');

-- Only the newest call counts.
SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT end_call(:ben);
SELECT after('1 minute');
SELECT start(:ada);
SELECT end_call(:ada);
SELECT is(start(:ben), 'opened', 'A call is not continued if a newer one was started and ended');

-- Another writer's call, opened without locks.
SELECT anew();
INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, status, participants)
SELECT id, instructor_id, mentee_id, now() - interval '10 minutes', now() - interval '1 minute', 'ended',
       jsonb_build_object('instructor', jsonb_build_object(
           'discordId', '100000000000000001', 'joinedAt', video_call.rfc3339(now() - interval '9 minutes')))
  FROM public.mentorships WHERE id = :ada_ben;
SELECT is(start(:ben), 'opened', 'A call that ended before this backend was installed is not continued');

SELECT anew();
SELECT start(:ben); SELECT start(:ada);
SELECT end_call(:ben);
SELECT after('40 minutes');
SELECT is(end_call(:ben), '0', 'A late end of an ended call');
SELECT is(start(:ben), 'opened', 'doesn''t change its end time');

SELECT * FROM finish();
ROLLBACK;
