-- heartbeat: a page is alive. It is a sign of life, brings back someone who fell silent,
-- and shows who is there.
BEGIN;
\ir setup.sql
SELECT plan(44);

SELECT start(:ada);
SELECT start(:ben);
SELECT after('1 minute');
SELECT is(heartbeat(:ada), 'active', 'A heartbeat returns the status of the call');
SELECT is(ago((presence('instructor')).last_seen_at), interval '0', 'It is a sign of life');
SELECT is((presence('instructor')).sends_heartbeats, true, 'The page is known to send heartbeats');
SELECT is(ago((presence('mentee')).last_seen_at), interval '1 minute', 'It is no sign of life of the other participant');
SELECT is((presence('mentee')).sends_heartbeats, false, 'and doesn''t mark the other page as sending heartbeats');

-- What it shows.
CREATE FUNCTION seen(who text) RETURNS text LANGUAGE sql SET role = video_call SET search_path = test AS $$
    SELECT format('%s %s..%s, %s %s..%s', instructor_name,
                  extract(epoch FROM ago(instructor_joined_at))::integer,
                  extract(epoch FROM ago(instructor_left_at))::integer, mentee_name,
                  extract(epoch FROM ago(mentee_joined_at))::integer,
                  extract(epoch FROM ago(mentee_left_at))::integer)
      FROM video_call.heartbeat(who, call(), 120)
$$;
ALTER FUNCTION call SECURITY DEFINER;
SELECT is(seen(:ada), 'Ada Instructor 60.., Ben Mentee 60..', 'A heartbeat shows who is there, and since when');
SELECT leave(:ben);
SELECT after('1 minute');
SELECT is(seen(:ada), 'Ada Instructor 120.., Ben Mentee 120..60', 'It shows who has left, and when');
SELECT start(:ben);
SELECT is(seen(:ada), 'Ada Instructor 120.., Ben Mentee 120..', 'It shows who has returned, since the first join');
SELECT heartbeat(:ben);
SELECT after('121 seconds');
SELECT heartbeat(:ada);
SELECT is(seen(:ada), 'Ada Instructor 241.., Ben Mentee 241..121', 'It shows someone who fell silent as gone since then');
SELECT is(status(), 'active', 'The call is active');
SELECT end_call(:ada);
SELECT after('1 minute');
SELECT is(heartbeat(:ben), 'ended', 'A heartbeat tells the other page that the call was ended');
SELECT is(seen(:ben), 'Ada Instructor 301..60, Ben Mentee 301..181', 'and shows the record');

-- It joins nobody, and doesn't change an ended call.
SELECT anew();
SELECT start(:ada);
SELECT is(seen(:ben), 'Ada Instructor 0.., Ben Mentee ..', 'It doesn''t show someone who never came');
SELECT is(heartbeat(:ben), 'active', 'A heartbeat from someone who never started is accepted');
SELECT is(presence('mentee'), NULL, 'but doesn''t make them join');
SELECT agora('join', :ben, 1);
SELECT heartbeat(:ben);
SELECT is((presence('mentee')).joined_at, NULL, 'not even someone whom only Agora saw');
SELECT is((presence('mentee')).last_seen_at, NULL, 'and isn''t a sign of life from their page');
SELECT anew();
SELECT start(:ada);
SELECT end_call(:ada);
SELECT after('1 minute');
SELECT is(heartbeat(:ada), 'ended', 'A heartbeat doesn''t reopen an ended call');
SELECT is(recorded('instructor')->>'leftAt', '60 s ago', 'or bring anyone back to it');
SELECT is((presence('instructor')).sends_heartbeats, false, 'or change what is known about its page');

SELECT anew();
SELECT start(:ada); SELECT start(:ben);
SELECT end_call(:ada);
SELECT after('1 minute');
SELECT heartbeat(:ben);
SELECT is((presence('mentee')).sends_heartbeats, false, 'or about the page of someone who hasn''t left');
SELECT is(ago((presence('mentee')).last_seen_at), interval '1 minute', 'It is no sign of life in an ended call');

-- Coming back.
SELECT anew();
SELECT start(:ada); SELECT start(:ben); SELECT heartbeat(:ada); SELECT heartbeat(:ben);
SELECT after('100 seconds');
SELECT heartbeat(:ada);
SELECT after('100 seconds');
SELECT ok(NOT is_there('mentee'), 'Someone who fell silent is not there');
SELECT heartbeat(:ben);
SELECT ok(is_there('mentee'), 'A heartbeat brings back someone who fell silent');
SELECT is(visits('mentee'), '200..200, 0..', 'on a new visit; the previous one ended when the silence started');
SELECT is((presence('mentee')).sends_heartbeats, true, 'whose page still counts as sending heartbeats');
SELECT leave(:ben);
SELECT after('9 seconds');
SELECT heartbeat(:ben);
SELECT ok(NOT is_there('mentee'), 'A heartbeat that arrives just after its page''s leave doesn''t bring the participant back');
SELECT is(ago((presence('mentee')).last_seen_at), interval '9 seconds', 'and is no sign of life');
SELECT after('1 second');
SELECT heartbeat(:ben);
SELECT ok(is_there('mentee'), 'One that comes 10 seconds later is from another page of the same person');
SELECT is(visits('mentee'), '210..210, 10..10, 0..', 'and starts another visit');

-- A heartbeat of a stale call that nobody has closed yet.
SELECT anew();
SELECT start(:ada); SELECT heartbeat(:ada);
SELECT after('10 minutes');
SELECT is(heartbeat(:ada), 'active', 'A heartbeat after a long silence continues the call if nothing has closed it');
SELECT is(close_stale(), 0::bigint, 'and is a sign of life');

-- Heartbeats don't write the record.
SELECT anew();
SET LOCAL synchronous_commit = on;
SELECT start(:ada);
SELECT after('1 minute');
SELECT is(current_setting('synchronous_commit'), 'on', 'A start waits for the disk');
CREATE TEMPORARY TABLE before AS SELECT v, v.xmin AS x FROM public.video_calls v;
SELECT heartbeat(:ada);
SELECT heartbeat(:ada);
SELECT results_eq('SELECT v, xmin FROM public.video_calls v', 'SELECT v, x FROM before',
                  'A heartbeat writes only to presence, not to the calls');
SELECT is(current_setting('synchronous_commit'), 'off', 'A heartbeat doesn''t wait for the disk');
SET LOCAL synchronous_commit = on;
SELECT start(:ben);
SELECT leave(:ada);
SELECT after('1 minute');
SELECT heartbeat(:ada);
SELECT is(visits('instructor'), '120..60, 0..', 'A heartbeat that brings someone back is written to the calls');
SELECT is(current_setting('synchronous_commit'), 'on', 'and waits for the disk');

-- Who may.
SELECT is(heartbeat(:zoe), 'not_a_participant', 'A stranger''s heartbeat is refused');
SELECT is(heartbeat(:ada, :nowhere), 'call_not_found', 'A call that does not exist is not found');
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_ben;
SELECT after('1 minute');
SELECT is(heartbeat(:ada), 'mentorship_not_active', 'Once the mentorship has ended, the page must leave');
SELECT is(ago((presence('instructor')).last_seen_at), interval '1 minute', 'A refused heartbeat is no sign of life');
SELECT is(heartbeat(:zoe), 'not_a_participant', 'A stranger doesn''t learn that a mentorship has ended');
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, status, instructor_name, instructor_joined_at, mentee_name FROM video_call.heartbeat(%L, %L, 120)$$, :ada, call()),
    $$VALUES ('mentorship_not_active', NULL::uuid, NULL::text, NULL::text, NULL::text, NULL::text)$$,
    'A refusal returns only the verdict');
UPDATE public.mentorships SET status = 'active' WHERE id = :ada_ben;
SELECT results_eq(
    format($$SELECT verdict, mentorship_id, status, instructor_name, mentee_name FROM video_call.heartbeat(%L, %L, 120)$$, :ada, call()),
    format($$VALUES ('ok', %L::uuid, 'active', 'Ada Instructor', 'Ben Mentee')$$, :ada_ben),
    'A heartbeat returns the mentorship, the status and both names');

SELECT * FROM finish();
ROLLBACK;
