-- The tables of the video-call backend, its role, and what nobody else may do with them.
-- The rules of a call are in video_call_functions.sql: apply that file next.
--
-- Apply with psql, with `video-callctl migrate`, or paste into Supabase's SQL editor. You
-- need no superuser, only the owner of the portal's tables, who may create roles and schemas
-- (on Supabase: postgres). It is safe to apply again and
-- again, to a database that has only the portal's tables and to one that has an older
-- video_calls: columns are added, duplicates are closed, no row is deleted. All of it
-- happens, or nothing.
BEGIN;

SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '10s';

-- Two migrations at once would fail on each other's catalog rows.
DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('video_call migration')); END $$;

-- ── The ledger ────────────────────────────────────────────────────────────────────────────

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

-- The strongest lock that anything below needs. Taking a weaker one first would deadlock
-- with a portal transaction that wants the same table.
LOCK TABLE public.video_calls IN ACCESS EXCLUSIVE MODE;

-- Rows of other writers get a sign of life by the default; rows from before the column have
-- none, so a call left over from then is stale at once.
ALTER TABLE public.video_calls ADD COLUMN IF NOT EXISTS last_sign_at timestamptz;
ALTER TABLE public.video_calls ALTER COLUMN last_sign_at SET DEFAULT now();

COMMENT ON COLUMN public.video_calls.last_sign_at IS
    'the last sign of life that is not in video_call.presence: the start, or an event from Agora';
COMMENT ON COLUMN public.video_calls.participants IS
    'record for other readers: {"instructor": side, "mentee": side}, a side being null or {discordId, joinedAt, leftAt, visits}; written on join, leave and close';

-- Where several calls of a mentorship are active, the newest stays. The others are closed
-- like any call that nobody ended: as failed, at their last sign of life.
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

-- ── The backend's own tables ──────────────────────────────────────────────────────────────

CREATE SCHEMA IF NOT EXISTS video_call;

-- Who is in a call. Narrow, half-empty pages and no index on what changes: a heartbeat
-- updates one small row in place (a heap-only tuple).
CREATE TABLE IF NOT EXISTS video_call.presence (
    call_id          uuid NOT NULL REFERENCES public.video_calls (id) ON DELETE CASCADE,
    role             text NOT NULL CHECK (role IN ('instructor', 'mentee')),
    discord_id       text NOT NULL,
    joined_at        timestamptz,
    left_at          timestamptz,
    last_seen_at     timestamptz,
    sends_heartbeats boolean NOT NULL DEFAULT false,
    agora_joined_at  timestamptz,
    agora_left_at    timestamptz,
    agora_sequence   bigint,
    PRIMARY KEY (call_id, role)
) WITH (fillfactor = 50);

COMMENT ON TABLE video_call.presence IS 'one row per side of a call that came';
COMMENT ON COLUMN video_call.presence.joined_at IS 'the first join of its page; null: only Agora saw this side';
COMMENT ON COLUMN video_call.presence.left_at IS 'when its page left; null: it has not said so';
COMMENT ON COLUMN video_call.presence.last_seen_at IS 'the last sign of life of its page';
COMMENT ON COLUMN video_call.presence.sends_heartbeats IS 'false: a page that sends none, so its silence means nothing';
COMMENT ON COLUMN video_call.presence.agora_joined_at IS 'the earliest event of this side that Agora reported';
COMMENT ON COLUMN video_call.presence.agora_left_at IS 'set where the newest such event is a leave';
COMMENT ON COLUMN video_call.presence.agora_sequence IS 'the clientSeq of the newest such event';

-- What Agora reported, each notification once, up to a bound per call.
CREATE TABLE IF NOT EXISTS video_call.agora_events (
    call_id   uuid NOT NULL REFERENCES public.video_calls (id) ON DELETE CASCADE,
    notice_id text NOT NULL,
    kind      text NOT NULL CHECK (kind IN ('join', 'leave', 'destroy', 'sign')),
    role      text CHECK (role IN ('instructor', 'mentee')),
    at        timestamptz NOT NULL,
    sequence  bigint NOT NULL,
    PRIMARY KEY (call_id, notice_id)
);

COMMENT ON TABLE video_call.agora_events IS 'Agora''s notifications by their notice ids';

-- Earlier versions kept signs of life in participants. Closed calls get what followed from
-- those: the leave (after 2 minutes of silence, as was the default), and the join of a side
-- that only Agora saw. Active ones are taken over by video_call_functions.sql.
DO $$
DECLARE
    side_role text;
BEGIN
    FOREACH side_role IN ARRAY ARRAY['instructor', 'mentee'] LOOP
        UPDATE public.video_calls c
           SET participants = jsonb_set(c.participants, ARRAY[side_role], s.side || jsonb_build_object(
                   'joinedAt', coalesce(s.side->>'joinedAt', s.side->'agora'->>'joinedAt'),
                   'leftAt', CASE
                        WHEN s.side->>'leftAt' IS NOT NULL THEN s.side->>'leftAt'
                        WHEN s.side->'agora'->>'leftAt' >= coalesce(s.side->>'lastSeenAt', '')
                        THEN least(s.side->'agora'->>'leftAt', s.end_text)
                        WHEN s.side->'hasHeartbeat' = 'true' AND s.side->>'lastSeenAt' < s.silent_since
                        THEN s.side->>'lastSeenAt'
                        ELSE s.end_text END))
          FROM (SELECT v.id, v.participants->side_role AS side,
                       to_char(v.end_time AT TIME ZONE 'UTC',
                               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS end_text,
                       to_char((v.end_time - interval '2 minutes') AT TIME ZONE 'UTC',
                               'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS silent_since
                  FROM public.video_calls v
                 WHERE v.status <> 'active' AND v.end_time IS NOT NULL
                   AND jsonb_typeof(v.participants->side_role) = 'object'
                   AND v.participants->side_role ?| ARRAY['lastSeenAt', 'agora']
                   AND (v.participants->side_role->>'leftAt' IS NULL
                        OR v.participants->side_role->>'joinedAt' IS NULL
                           AND v.participants->side_role->'agora'->>'joinedAt' IS NOT NULL)) AS s
         WHERE s.id = c.id;
    END LOOP;
END
$$;

-- ── The role the backend connects as ──────────────────────────────────────────────────────

-- It gets its password from you, once, in psql: \password video_call
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'video_call') THEN
        CREATE ROLE video_call LOGIN;
    END IF;
END
$$;

-- Settings of the role, because a pooler keeps no session in which to SET them.
ALTER ROLE video_call SET statement_timeout = '2500ms';
-- Briefly: others queue behind a statement that waits for a row. It is tried again, apart.
ALTER ROLE video_call SET lock_timeout = '100ms';
ALTER ROLE video_call SET idle_in_transaction_session_timeout = '5s';

-- It may call functions (granted in video_call_functions.sql) and touch no table.
GRANT USAGE ON SCHEMA video_call TO video_call;
REVOKE ALL ON public.instructors, public.mentees, public.mentorships, public.video_calls,
              video_call.presence, video_call.agora_events FROM video_call;

-- ── Nobody else ───────────────────────────────────────────────────────────────────────────

-- Supabase serves every table of public to the browser unless privileges and row-level
-- security forbid it: so both.
ALTER TABLE public.video_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE video_call.presence ENABLE ROW LEVEL SECURITY;
ALTER TABLE video_call.agora_events ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON SCHEMA video_call FROM PUBLIC;
REVOKE ALL ON public.video_calls, video_call.presence, video_call.agora_events FROM PUBLIC;

-- A policy of an earlier version, from when the role itself read the table.
DROP POLICY IF EXISTS video_call_backend ON public.video_calls;

DO $$
DECLARE
    api_role text;
BEGIN
    FOREACH api_role IN ARRAY ARRAY['anon', 'authenticated'] LOOP
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = api_role) THEN
            EXECUTE format('REVOKE ALL ON public.video_calls, video_call.presence,'
                           ' video_call.agora_events FROM %I', api_role);
            EXECUTE format('REVOKE ALL ON SCHEMA video_call FROM %I', api_role);
        END IF;
    END LOOP;
END
$$;

COMMIT;
