-- authorise_token: who may join a call, and as what.
BEGIN;
\ir setup.sql
SELECT plan(13);

CREATE FUNCTION token(who text, mentorship uuid) RETURNS text LANGUAGE sql SET role = video_call AS $$
    SELECT concat_ws(', ', verdict, role) FROM video_call.authorise_token(who, mentorship, 3600)
$$;

SELECT is(token(:ada, :ada_ben), 'ok, instructor', 'The instructor of an active mentorship gets a token as its instructor');
SELECT is(token(:ben, :ada_ben), 'ok, mentee', 'The mentee gets one as mentee');
SELECT is(token(:grace, :ada_grace), 'ok, mentee', 'An instructor who is a mentee elsewhere is a mentee there');
SELECT is(token(:zoe, :ada_ben), 'not_a_participant', 'A stranger gets none');
SELECT is(token(:grace, :ada_ben), 'not_a_participant', 'An instructor of the same mentee in another mentorship gets none');
SELECT is(token(NULL, :ada_dora), 'not_a_participant', 'An anonymous caller isn''t taken for the mentee who never linked Discord');
SELECT is(token(:ada, :ada_carl), 'mentorship_not_active', 'No token for an ended mentorship');
SELECT is(token(:carl, :grace_carl), 'mentorship_not_active', 'No token for a cancelled mentorship');
SELECT is(token(:ada, :nowhere), 'mentorship_not_found', 'A mentorship that does not exist is not found');

SELECT results_eq(
    format($$SELECT verdict, role, now_sec, expires_at FROM video_call.authorise_token(%L, %L, 3600)$$, :ada, :ada_ben),
    $$SELECT 'ok', 'instructor', floor(extract(epoch FROM now()))::bigint, video_call.rfc3339(now() + interval '1 hour')$$,
    'A token is issued by the database''s clock and lives for the requested number of seconds');
-- The label shows in the server's log, for this transaction only.
SELECT role FROM video_call.authorise_token(:ada, :ada_ben, 60, 'video-call w1');
SELECT is(current_setting('application_name'), 'video-call w1', 'The label identifies the request in the server''s log');

SELECT results_eq(
    format($$SELECT verdict, role, now_sec, expires_at FROM video_call.authorise_token(%L, %L, 3600)$$, :carl, :grace_carl),
    $$VALUES ('mentorship_not_active', NULL::text, NULL::bigint, NULL::text)$$,
    'A refusal returns only the verdict');

UPDATE public.mentees SET discord_id = NULL WHERE discord_id = :ben;
UPDATE public.mentees SET discord_id = :ada WHERE id = (SELECT mentee_id FROM public.mentorships WHERE id = :ada_ben);
SELECT is(token(:ada, :ada_ben), 'ok, instructor', 'Someone who is both instructor and mentee of a mentorship is its instructor');

SELECT * FROM finish();
ROLLBACK;
