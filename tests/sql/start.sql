-- start_call: at most one active call of a mentorship, and who may open or join it.
BEGIN;
\ir setup.sql
SELECT plan(26);

-- The instructor's start.
SELECT is(start(:ada), 'opened', 'The instructor opens a call if there is none');
SELECT is(status(), 'active', 'The new call is active');
SELECT is(start(:ada), 'resumed', 'A second start by the instructor resumes the call');
SELECT is(start(:ben), 'resumed', 'The mentee joins the active call');
SELECT is(call_count(), 1::bigint, 'All of them are in the same call');
SELECT ok(is_there('instructor') AND is_there('mentee'), 'Both participants are there');

-- What a start returns.
SELECT results_eq(
    format($$SELECT verdict, call_id, start_time, resumed FROM video_call.start_call(%L, %L, true, 120, 14400)$$, :ada, :ada_ben),
    format($$SELECT 'ok', id, video_call.rfc3339(start_time), true FROM public.video_calls WHERE id = %L$$, call()),
    'A start returns the call, its start in RFC 3339 and whether it was already active');
SELECT results_eq(
    format($$SELECT verdict, call_id, start_time, resumed FROM video_call.start_call(%L, %L, true, 120, 14400)$$, :zoe, :ada_ben),
    $$VALUES ('not_a_participant', NULL::uuid, NULL::text, NULL::boolean)$$,
    'A refusal returns only the verdict');
SELECT results_eq(
    format($$SELECT instructor_id, mentee_id FROM public.video_calls WHERE id = %L$$, call()),
    format($$SELECT instructor_id, mentee_id FROM public.mentorships WHERE id = %L$$, :ada_ben),
    'The call names the instructor and the mentee of its mentorship');

-- The mentee's start.
SELECT anew();
SELECT is(start(:ben, :ada_ben, false), 'call_not_started',
          'A mentee may not open a call if the deployment forbids it');
SELECT is(call_count(), 0::bigint, 'The refused mentee has opened nothing');
SELECT is(start(:ben), 'opened', 'A mentee opens a call if the deployment allows it');
SELECT is(start(:ada), 'resumed', 'The instructor joins the call that the mentee opened');
SELECT is(start(:ben, :ada_ben, false), 'resumed',
          'A mentee may join an active call even if only instructors may open one');

-- Each mentorship has its own.
SELECT is(start(:grace, :grace_ben), 'opened', 'Another mentorship of the same mentee has its own call');
SELECT is(start(:grace, :ada_grace), 'opened', 'An instructor who is a mentee elsewhere is a mentee there');
SELECT is((presence('mentee', call(:ada_grace))).discord_id, :grace, 'She is recorded as the mentee');

-- Who may not.
SELECT is(start(:zoe), 'not_a_participant', 'A stranger is not a participant');
SELECT is(start(:carl), 'not_a_participant', 'A mentee of another mentorship is not a participant');
SELECT is(start(NULL), 'not_a_participant', 'An anonymous caller is not a participant');
SELECT is(start(:ada, :nowhere), 'mentorship_not_found', 'A mentorship that does not exist is not found');
SELECT is(start(:ada, :ada_carl), 'mentorship_not_active', 'Nobody may start a call of an ended mentorship');
SELECT is(start(:carl, :grace_carl), 'mentorship_not_active', 'Nobody may start a call of a cancelled mentorship');
SELECT is(start(:zoe, :ada_carl), 'not_a_participant', 'A stranger doesn''t learn whether a mentorship has ended');
SELECT is(call_count(:ada_carl) + call_count(:grace_carl), 0::bigint, 'Refused starts open no call');

-- Who is both.
UPDATE public.mentees SET discord_id = NULL WHERE discord_id = :ben;
UPDATE public.mentees SET discord_id = :ada WHERE id = (SELECT mentee_id FROM public.mentorships WHERE id = :ada_ben);
SELECT anew();
SELECT start(:ada);
SELECT results_eq('SELECT role FROM video_call.presence', $$VALUES ('instructor')$$,
                  'Someone who is both instructor and mentee of a mentorship is its instructor');

SELECT * FROM finish();
ROLLBACK;
