-- The ledger of video calls: the table, who may use it, and the one rule it must hold
-- whatever happens above it: a mentorship has at most one active call.
--
-- Apply it with psql, or paste it into Supabase's SQL editor. It may be applied again and
-- again, to a database that has only the portal's tables and to one that has an older
-- video_calls: it adds and closes, and drops nothing. All of it happens or none.
BEGIN;

SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '10s';

CREATE TABLE IF NOT EXISTS public.video_calls (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    mentorship_id    uuid NOT NULL REFERENCES public.mentorships (id) ON DELETE CASCADE,
    instructor_id    uuid NOT NULL,
    mentee_id        uuid NOT NULL,
    start_time       timestamptz NOT NULL DEFAULT now(),
    end_time         timestamptz,
    duration_seconds integer,
    status           text NOT NULL DEFAULT 'active'
                     CHECK (status IN ('active', 'ended', 'failed')),
    participants     jsonb NOT NULL DEFAULT '{}',
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now()
);

-- Nobody else may write between the closing of duplicates and the index that forbids them.
LOCK TABLE public.video_calls IN SHARE ROW EXCLUSIVE MODE;

-- The signs of life. A call without last_sign_at shows its start only, so that a call left
-- over from before is stale at once; rows of an older writer get theirs by the default.
ALTER TABLE public.video_calls ADD COLUMN IF NOT EXISTS last_sign_at timestamptz;
ALTER TABLE public.video_calls ALTER COLUMN last_sign_at SET DEFAULT now();
ALTER TABLE public.video_calls ADD COLUMN IF NOT EXISTS heartbeat_at timestamptz;

-- What Agora told of the call.
ALTER TABLE public.video_calls ADD COLUMN IF NOT EXISTS agora_events jsonb;

COMMENT ON COLUMN public.video_calls.last_sign_at IS
    'when the call last showed a sign of life: a start, a join, a heartbeat, an event of Agora''s';
COMMENT ON COLUMN public.video_calls.heartbeat_at IS
    'when a page last sent a heartbeat; null: none ever, so its silence means less';
COMMENT ON COLUMN public.video_calls.agora_events IS
    'Agora''s notifications of this call by their notice ids; only grows';

-- Where several calls of a mentorship are active, the newest stays. The others are closed as
-- any call is that nobody ended: as failed, with the last sign of life as their end.
WITH ranked AS (
    SELECT id, row_number() OVER (PARTITION BY mentorship_id
                                  ORDER BY start_time DESC, id DESC) AS age
      FROM public.video_calls
     WHERE status = 'active'
), abandoned AS (
    SELECT c.id, coalesce(c.end_time, c.last_sign_at, c.start_time) AS end_time
      FROM public.video_calls c JOIN ranked r ON r.id = c.id
     WHERE r.age > 1
)
UPDATE public.video_calls c
   SET status = 'failed',
       end_time = a.end_time,
       duration_seconds = greatest(0, floor(extract(epoch FROM a.end_time - c.start_time))),
       updated_at = now()
  FROM abandoned a
 WHERE a.id = c.id;

CREATE UNIQUE INDEX IF NOT EXISTS video_calls_one_active
    ON public.video_calls (mentorship_id) WHERE status = 'active';

-- History, newest first, page by page.
CREATE INDEX IF NOT EXISTS video_calls_history
    ON public.video_calls (mentorship_id, start_time DESC, id DESC);

-- The role the backend connects as. It gets its password from you, once:
--     ALTER ROLE video_call LOGIN PASSWORD '…';
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'video_call') THEN
        CREATE ROLE video_call LOGIN;
    END IF;
END
$$;

-- Settings of the role, because a pooler keeps no session in which to SET them.
ALTER ROLE video_call SET statement_timeout = '2500ms';
ALTER ROLE video_call SET lock_timeout = '2s';
ALTER ROLE video_call SET idle_in_transaction_session_timeout = '5s';
ALTER ROLE video_call SET search_path = '';

GRANT USAGE ON SCHEMA public TO video_call;
GRANT SELECT (id, name, discord_id) ON public.instructors TO video_call;
GRANT SELECT (id, display_name, discord_username, discord_id) ON public.mentees TO video_call;
GRANT SELECT (id, mentee_id, instructor_id, status) ON public.mentorships TO video_call;
REVOKE ALL ON public.video_calls FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE ON public.video_calls TO video_call;

-- Supabase serves every table of public to the browser unless row-level security stands in
-- the way, and a missing policy shows no rows instead of an error: so both, for our role.
ALTER TABLE public.video_calls ENABLE ROW LEVEL SECURITY;

DO $$
DECLARE
    portal_table text;
    api_role text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_policy
                    WHERE polname = 'video_call_backend'
                      AND polrelid = 'public.video_calls'::regclass) THEN
        CREATE POLICY video_call_backend ON public.video_calls
            FOR ALL TO video_call USING (true) WITH CHECK (true);
    END IF;

    FOREACH portal_table IN ARRAY ARRAY['instructors', 'mentees', 'mentorships'] LOOP
        IF (SELECT relrowsecurity FROM pg_catalog.pg_class
             WHERE oid = format('public.%I', portal_table)::regclass)
           AND NOT EXISTS (SELECT FROM pg_catalog.pg_policy
                            WHERE polname = 'video_call_backend'
                              AND polrelid = format('public.%I', portal_table)::regclass) THEN
            EXECUTE format('CREATE POLICY video_call_backend ON public.%I'
                           ' FOR SELECT TO video_call USING (true)', portal_table);
        END IF;
    END LOOP;

    FOREACH api_role IN ARRAY ARRAY['anon', 'authenticated'] LOOP
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = api_role) THEN
            EXECUTE format('REVOKE ALL ON public.video_calls FROM %I', api_role);
        END IF;
    END LOOP;
END
$$;

COMMIT;
