-- The video-call backend's tables and role, and its privileges. The rules of a call are in
-- video_call_functions.sql: apply that file next.
--
-- Apply it with psql or `video-callctl migrate`, or paste it into Supabase's SQL editor.
-- It takes the owner of the portal's tables with the right to create roles and schemas (on
-- Supabase: postgres), not a superuser. It is safe to apply again, and to a database with an
-- older video_calls: it adds columns and closes duplicates, but deletes no row. It is all or
-- nothing.
BEGIN;

SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '10s';

-- Two simultaneous migrations would fail on each other's catalog rows.
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

-- The strongest lock anything below needs. Taking a weaker one first could deadlock with a
-- portal transaction on the same table.
LOCK TABLE public.video_calls IN ACCESS EXCLUSIVE MODE;

-- The default gives other writers' rows a sign of life. Rows older than the column have
-- none; for them the start counts.
ALTER TABLE public.video_calls ADD COLUMN IF NOT EXISTS last_sign_at timestamptz;
ALTER TABLE public.video_calls ALTER COLUMN last_sign_at SET DEFAULT now();

COMMENT ON COLUMN public.video_calls.last_sign_at IS
    'the last sign of life that is not in video_call.presence: the start or an Agora event';
COMMENT ON COLUMN public.video_calls.participants IS
    'record for other readers: {"instructor": side, "mentee": side}, each side null or {discordId, joinedAt, leftAt, visits}; written on join, leave and close';

-- If a mentorship has several active calls, the newest stays. The others are closed like
-- any call that was never ended: as failed, at their last sign of life.
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

-- Who is in a call. Small rows, half-empty pages and no index on what changes, so a
-- heartbeat is a cheap heap-only update of one row.
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

COMMENT ON TABLE video_call.presence IS 'one row per participant who has been in the call';
COMMENT ON COLUMN video_call.presence.joined_at IS 'when their page first joined; null: only Agora saw this participant';
COMMENT ON COLUMN video_call.presence.left_at IS 'when their page left; null: it has not said so';
COMMENT ON COLUMN video_call.presence.last_seen_at IS 'the last sign of life of their page';
COMMENT ON COLUMN video_call.presence.sends_heartbeats IS 'false: the page sends none, so its silence means nothing';
COMMENT ON COLUMN video_call.presence.agora_joined_at IS 'the earliest event Agora reported for this participant';
COMMENT ON COLUMN video_call.presence.agora_left_at IS 'set if the newest such event is a leave';
COMMENT ON COLUMN video_call.presence.agora_sequence IS 'the clientSeq of the newest such event';

-- What Agora reported: each notification once, up to a limit per call.
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

-- Earlier versions kept signs of life in participants. For closed calls, derive from them
-- when a participant left (after 2 minutes of silence, the default then), and when one whom
-- only Agora saw joined. video_call_functions.sql adopts active calls.
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

-- Set its password once, in psql: \password video_call
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'video_call') THEN
        CREATE ROLE video_call LOGIN;
    END IF;
END
$$;

-- Set on the role, because a session SET doesn't survive behind a pooler.
ALTER ROLE video_call SET statement_timeout = '2500ms';
-- Short, because other statements queue behind one that waits for a row lock. The backend
-- retries it on a separate connection.
ALTER ROLE video_call SET lock_timeout = '100ms';
ALTER ROLE video_call SET idle_in_transaction_session_timeout = '5s';

-- It may call functions (granted in video_call_functions.sql), but not touch tables.
GRANT USAGE ON SCHEMA video_call TO video_call;
REVOKE ALL ON public.instructors, public.mentees, public.mentorships, public.video_calls,
              video_call.presence, video_call.agora_events FROM video_call;

-- ── Nobody else ───────────────────────────────────────────────────────────────────────────

-- Supabase serves every table in public to the browser unless privileges and row-level
-- security forbid it: use both.
ALTER TABLE public.video_calls ENABLE ROW LEVEL SECURITY;
ALTER TABLE video_call.presence ENABLE ROW LEVEL SECURITY;
ALTER TABLE video_call.agora_events ENABLE ROW LEVEL SECURITY;
REVOKE ALL ON SCHEMA video_call FROM PUBLIC;
REVOKE ALL ON public.video_calls, video_call.presence, video_call.agora_events FROM PUBLIC;

-- A policy from an earlier version, in which the role itself read the table.
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
