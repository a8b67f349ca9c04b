-- A portal with recordings has a column recording_status. Closing a call sets a running
-- recording to 'failed'. Everything also works without the column.
BEGIN;
\ir setup.sql
SELECT plan(9);

SELECT is((SELECT count(*) FROM pg_attribute WHERE attrelid = 'public.video_calls'::regclass AND attname = 'recording_status'), 0::bigint,
          'The column doesn''t exist by default');
SELECT start(:ada);
SELECT is(end_call(:ada), '0', 'A call ends without it');

ALTER TABLE public.video_calls ADD COLUMN recording_status text NOT NULL DEFAULT 'none'
    CHECK (recording_status IN ('none', 'recording', 'processing', 'completed', 'failed'));
CREATE FUNCTION recording() RETURNS text LANGUAGE sql AS $$ SELECT recording_status FROM public.video_calls WHERE id = call() $$;
-- A call, some time after its start, with a recording in this state.
CREATE FUNCTION call_with(p_recording text) RETURNS void LANGUAGE sql AS $$
    SELECT anew();
    SELECT start('100000000000000001');
    UPDATE public.video_calls SET recording_status = p_recording;
    SELECT after('5 hours');
$$;
SELECT call_with('recording'); SELECT end_call(:ada);
SELECT is(recording(), 'failed', 'A recording still running when the call ends has failed');
SELECT call_with('recording'); SELECT close_stale();
SELECT is(recording(), 'failed', 'and so has one when the janitor closes the call');
SELECT call_with('recording'); SELECT leave(:ada);
SELECT is(recording(), 'failed', 'when the last one leaves');
SELECT call_with('recording'); SELECT agora('destroy', NULL, 1);
SELECT is(recording(), 'failed', 'and when the channel is destroyed');
SELECT call_with('recording'); SELECT start(:ben);
SELECT results_eq('SELECT status, recording_status FROM public.video_calls ORDER BY start_time',
                  $$VALUES ('failed', 'failed'), ('active', 'none')$$, 'A start that closes a stale call fails its recording; the new call has none');
SELECT call_with('completed'); SELECT end_call(:ada);
SELECT is(recording(), 'completed', 'A complete recording is kept');
SELECT call_with('none'); SELECT end_call(:ada);
SELECT is(recording(), 'none', 'and so is the absence of one');

SELECT * FROM finish();
ROLLBACK;
