-- list_mentorships: what a dashboard shows of the caller's mentorships.
BEGIN;
\ir setup.sql
SELECT plan(24);

-- "counterpart: role status, call", one per line.
CREATE FUNCTION dashboard(who text, p_limit integer DEFAULT 50) RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT coalesce(string_agg(format('%s: %s %s', counterpart_name, role, status)
        || CASE WHEN call_id IS NOT NULL
                THEN ', call with' || CASE WHEN instructor_present THEN ' instructor' ELSE '' END
                     || CASE WHEN mentee_present THEN ' mentee' ELSE '' END ELSE '' END, '; ' ORDER BY ordinality), 'none')
      FROM video_call.list_mentorships(who, 120, 14400, p_limit) WITH ORDINALITY
$$;

SELECT is(dashboard(:ben), 'Ada Instructor: mentee active; Grace Instructor: mentee active',
          'A mentee sees his instructors');
SELECT is(dashboard(:carl), 'Ada Instructor: mentee ended; Grace Instructor: mentee cancelled',
          'Ended mentorships are listed too');
SELECT is(dashboard(:grace), 'Ben Mentee: instructor active; carl: instructor cancelled; Ada Instructor: mentee active',
          'Someone who is an instructor here and a mentee there sees both');
SELECT is(dashboard(:zoe), 'none', 'A stranger has none');
SELECT is(dashboard(NULL), 'none', 'An anonymous caller has none, even where a mentee never linked Discord');
SELECT is(dashboard(:ada, 2), 'Ben Mentee: instructor active; carl: instructor ended', 'At most as many as requested');

-- The active call.
SELECT start(:ben, :ada_ben);
SELECT is(dashboard(:ben), 'Ada Instructor: mentee active, call with mentee; Grace Instructor: mentee active',
          'A waiting mentee sees who is in the call');
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active, call with mentee', 'The instructor sees who is waiting');
SELECT start(:ada, :ada_ben);
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active, call with instructor mentee', 'Both are there');
SELECT leave(:ben);
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active, call with instructor', 'One has left');
SELECT heartbeat(:ada);
SELECT after('121 seconds');
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active',
          'A stale call isn''t shown, even if nothing has closed it yet');
SELECT start(:ada, :ada_ben);
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active, call with instructor', 'A new call is shown');
SELECT results_eq(
    format($$SELECT call_id, start_time FROM video_call.list_mentorships(%L, 120, 14400, 1)$$, :ada),
    format($$VALUES (%L::uuid, video_call.rfc3339(now()))$$, call(:ada_ben)), 'with its id and its start in RFC 3339');
SELECT end_call(:ada);
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active', 'A call that has ended isn''t shown');

-- One who fell silent while the other stays.
SELECT anew();
SELECT start(:ada); SELECT start(:ben); SELECT heartbeat(:ada); SELECT heartbeat(:ben);
SELECT after('100 seconds'); SELECT heartbeat(:ada);
SELECT after('100 seconds');
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active, call with instructor', 'Someone who fell silent is not there');
SELECT agora('join', :ben, 1);
SELECT agora('leave', :ada, 2);
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active, call with', 'nor is someone whom Agora saw leave');

-- Order.
SELECT anew();
SELECT start(:ada, :ada_grace);
SELECT is(split_part(dashboard(:ada), ':', 1), 'Grace as a Mentee', 'The mentorship with the newest call comes first');
SELECT end_call(:ada, call(:ada_grace));
SELECT after('1 minute');
SELECT start(:ada, :ada_ben);
SELECT is(dashboard(:ada), 'Ben Mentee: instructor active, call with instructor; Grace as a Mentee: instructor active; '
          'carl: instructor ended; Dora Mentee: instructor active',
          'whether the call is active or over; those without one come last');

-- A call of another writer.
SELECT anew();
INSERT INTO public.video_calls (mentorship_id, instructor_id, mentee_id, participants)
SELECT id, instructor_id, mentee_id, '{"instructor": {"discordId": "100000000000000001", "joinedAt": "2026-01-31T18:04:05.123Z"}}'
  FROM public.mentorships WHERE id = :ada_ben;
SELECT is(split_part(dashboard(:ada), ';', 1), 'Ben Mentee: instructor active, call with instructor',
          'Another writer''s call shows who its record names');

-- Who cannot join.
SELECT anew();
SELECT is((SELECT string_agg(counterpart_name, ', ') FROM video_call.list_mentorships(:ada, 120, 14400, 50)
            WHERE NOT counterpart_can_join), 'Dora Mentee', 'A mentee who never linked Discord can''t join');
UPDATE public.mentees SET discord_id = '' WHERE discord_id = :carl;
SELECT is((SELECT string_agg(counterpart_name, ', ' ORDER BY counterpart_name COLLATE "C") FROM video_call.list_mentorships(:ada, 120, 14400, 50)
            WHERE NOT counterpart_can_join), 'Dora Mentee, carl', 'nor can one whose Discord id is empty');
UPDATE public.instructors SET discord_id = '' WHERE discord_id = :grace;
SELECT is((SELECT string_agg(counterpart_name, ', ') FROM video_call.list_mentorships(:ben, 120, 14400, 50)
            WHERE NOT counterpart_can_join), 'Grace Instructor', 'nor can such an instructor');
UPDATE public.instructors SET discord_id = :grace WHERE name = 'Grace Instructor';
UPDATE public.mentees SET discord_id = :carl WHERE discord_username = 'carl';

-- Who is both.
SELECT anew();
UPDATE public.mentees SET discord_id = NULL WHERE discord_id = :grace;
UPDATE public.mentees SET discord_id = :ada WHERE id = (SELECT mentee_id FROM public.mentorships WHERE id = :ada_grace);
SELECT is((SELECT role FROM video_call.list_mentorships(:ada, 120, 14400, 50) WHERE mentorship_id = :ada_grace), 'instructor',
          'Someone who is both instructor and mentee of a mentorship is its instructor');
SELECT is((SELECT count(*) FROM video_call.list_mentorships(:ada, 120, 14400, 50)), 4::bigint, 'and sees it once');

SELECT * FROM finish();
ROLLBACK;
