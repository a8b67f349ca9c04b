-- list_history: the calls of one mentorship or of all of the caller's, newest first, by pages.
BEGIN;
\ir setup.sql
SELECT plan(25);

-- Five calls of Ada and Ben, two of Grace and Ben, one of Ada and Grace, a minute apart;
-- the number is the order in which they started.
CREATE TEMPORARY TABLE began (n integer, id uuid);
GRANT SELECT ON began TO video_call;
CREATE FUNCTION began(n integer, who text, mentorship uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM test.start(who, mentorship);
    INSERT INTO pg_temp.began VALUES (n, test.call(mentorship));
    PERFORM test.after('1 minute');
    PERFORM test.end_call(who, test.call(mentorship));
    PERFORM test.after('1 hour');
END
$$;
SELECT began(1, :ada, :ada_ben), began(2, :ada, :ada_ben), began(3, :grace, :grace_ben), began(4, :ada, :ada_ben),
       began(5, :ada, :ada_grace), began(6, :ada, :ada_ben), began(7, :grace, :grace_ben), began(8, :ada, :ada_ben);

-- The numbers of a page's calls, in order, or the verdict.
CREATE FUNCTION page(who text, mentorship uuid DEFAULT NULL, p_limit integer DEFAULT 50,
                     before_us bigint DEFAULT NULL, before_id uuid DEFAULT NULL) RETURNS text
LANGUAGE sql SET role = video_call AS $$
    SELECT CASE WHEN min(h.verdict) <> 'ok' THEN min(h.verdict)
                ELSE coalesce(string_agg(b.n::text, ' ' ORDER BY h.ordinality), 'none') END
      FROM video_call.list_history(who, mentorship, p_limit, before_us, before_id, 120) WITH ORDINALITY AS h
      LEFT JOIN pg_temp.began b ON b.id = h.call_id
$$;
SELECT is(page(:ada, :ada_ben), '8 6 4 2 1', 'The calls of a mentorship, newest first');
SELECT is(page(:ben, :ada_ben), '8 6 4 2 1', 'The mentee sees the same calls');
SELECT is(page(:ben), '8 7 6 4 3 2 1', 'Without a mentorship, all of the caller''s calls, across mentorships');
SELECT is(page(:ada), '8 6 5 4 2 1', 'and only the caller''s');
SELECT is(page(:grace), '7 5 3', 'on whichever side');

-- Pages.
CREATE FUNCTION start_us(which integer) RETURNS bigint LANGUAGE sql AS $$
    SELECT (extract(epoch FROM v.start_time) * 1000000)::bigint
      FROM public.video_calls v JOIN pg_temp.began b USING (id) WHERE b.n = which
$$;
CREATE FUNCTION id(which integer) RETURNS uuid LANGUAGE sql AS $$ SELECT b.id FROM pg_temp.began b WHERE b.n = which $$;
SELECT is(page(:ben, NULL, 3), '8 7 6', 'A page has as many calls as requested');
SELECT is(page(:ben, NULL, 3, start_us(6), id(6)), '4 3 2', 'The next page starts after its last call');
SELECT is(page(:ben, NULL, 3, start_us(2), id(2)), '1', 'The last page has the rest');
SELECT is(page(:ben, NULL, 3, start_us(1), id(1)), 'none', 'After that there are none');
SELECT is(page(:ben, :grace_ben, 1, start_us(7), id(7)), '3', 'The same for one mentorship');

-- Calls that started at the same time.
UPDATE public.video_calls SET start_time = (SELECT start_time FROM public.video_calls WHERE id = id(6)) WHERE id IN (id(4), id(2));
CREATE TEMPORARY TABLE same AS
    SELECT b.n, row_number() OVER (ORDER BY b.id DESC) AS place FROM began b WHERE b.n IN (2, 4, 6);
CREATE FUNCTION placed(which integer) RETURNS integer LANGUAGE sql AS $$ SELECT n FROM pg_temp.same WHERE place = which $$;
SELECT is(page(:ada, :ada_ben, 2), '8 ' || placed(1), 'A page may end between calls that started at the same time');
SELECT is(page(:ada, :ada_ben, 2, start_us(placed(1)), id(placed(1))), placed(2) || ' ' || placed(3),
          'The next page starts between them: none is lost or shown twice');

-- What a call shows.
SELECT anew();
SELECT start(:ada, :ada_ben); SELECT start(:ben, :ada_ben);
SELECT after('100 seconds'); SELECT leave(:ben);
SELECT after('20.5 seconds');
PREPARE shown AS SELECT verdict, mentorship_id::text, ago(start_time), ago(end_time), duration_seconds, status, instructor_name,
       ago(instructor_joined_at), ago(instructor_left_at), mentee_name, ago(mentee_joined_at), ago(mentee_left_at)
  FROM video_call.list_history('200000000000000001', '11111111-1111-4111-8111-111111111111', 50, NULL, NULL, 120);
SELECT results_eq('shown', format($$VALUES ('ok', %L, interval '2 minutes', NULL::interval, NULL::integer, 'active',
    'Ada Instructor', interval '2 minutes', NULL::interval, 'Ben Mentee', interval '2 minutes', interval '20 seconds')$$, :ada_ben),
    'An active call shows who is there and who has left');
SELECT end_call(:ada);
SELECT results_eq('shown', format($$VALUES ('ok', %L, interval '2 minutes', interval '0', 120, 'ended',
    'Ada Instructor', interval '2 minutes', interval '0', 'Ben Mentee', interval '2 minutes', interval '20 seconds')$$, :ada_ben),
    'A closed call shows its end, its duration and its record');
SELECT is((SELECT start_time_us FROM video_call.list_history(:ada, :ada_ben, 1, NULL, NULL, 120)),
          (SELECT (extract(epoch FROM start_time) * 1000000)::bigint FROM public.video_calls),
          'start_time_us is exact, so the next page can start from it');
SELECT is((SELECT start_time FROM video_call.list_history(:ada, :ada_ben, 1, NULL, NULL, 120)),
          (SELECT video_call.rfc3339(start_time) FROM public.video_calls), 'start_time is in RFC 3339');
SELECT start(:grace, :ada_grace);
SELECT is((SELECT mentee_name FROM video_call.list_history(:ada, :ada_grace, 1, NULL, NULL, 120)), 'Grace as a Mentee',
          'A mentee is shown with the display name');
UPDATE public.mentees SET display_name = NULL WHERE discord_id = :grace;
SELECT is((SELECT mentee_name FROM video_call.list_history(:ada, :ada_grace, 1, NULL, NULL, 120)), 'grace',
          'or else with the Discord name');

-- Who may.
SELECT anew();
SELECT is(page(:ada, :ada_ben), 'none', 'The history of a mentorship without calls is empty');
SELECT is(page(:zoe), 'none', 'A stranger''s history is empty');
SELECT is(page(:zoe, :ada_ben), 'not_a_participant', 'and a stranger may not see that of others');
SELECT is(page(NULL, :ada_dora), 'not_a_participant', 'An anonymous caller may see none');
SELECT is(page(:ada, :nowhere), 'mentorship_not_found', 'A mentorship that does not exist is not found');
SELECT start(:ada, :ada_ben);
UPDATE public.mentorships SET status = 'ended' WHERE id = :ada_ben;
SELECT is((SELECT count(call_id) FROM video_call.list_history(:ada, :ada_ben, 50, NULL, NULL, 120)), 1::bigint,
          'The history of an ended mentorship stays readable');
SELECT results_eq(
    format($$SELECT * FROM video_call.list_history(%L, %L, 50, NULL, NULL, 120)$$, :zoe, :ada_ben),
    $$SELECT 'not_a_participant', h.* FROM (VALUES (NULL::uuid, NULL::uuid, NULL::text, NULL::bigint, NULL::text, NULL::integer,
      NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text, NULL::text)) AS h$$,
    'A refusal is one row with only the verdict');

SELECT * FROM finish();
ROLLBACK;
