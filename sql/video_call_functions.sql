-- The rules of a call, each in one place, as SQL functions; the backend calls nothing else.
-- The tables, video_calls and those of schema video_call, are in add_video_calls_table.sql,
-- which must be applied first.
--
-- Apply it with psql or `video-callctl migrate`, or paste it into Supabase's SQL editor, as
-- the owner of the portal's tables. Applying it again is safe. To try a rule in psql:
--
--     BEGIN;
--     SELECT * FROM video_call.start_call('100000000000000001',
--         '11111111-1111-4111-8111-111111111111', true, 120, 14400);
--     ROLLBACK;
--
-- The life of a call:
--
--                 start_call          end_call, end_call_for_both, the last leave_call,
--          none ─────────────► active ── Agora destroyed the channel ─────────────► ended
--                              │  ▲ ▲                                                │
--      start_call, heartbeat   └──┘ └──────── start_call, see may_reopen ────────────┘
--                              │
--                              └── start_call or close_stale_calls, see is_stale ──► failed
--
-- Conventions:
--
-- * A function the backend may call is SECURITY DEFINER and is granted at the end. It returns
--   a verdict, 'ok' or why not, and columns that are NULL unless it is 'ok'. A negative
--   verdict is a result, not an exception: an exception would roll back what must be kept,
--   such as the closing of a stale call.
-- * The other functions are rules and steps. A rule that is one expression is LANGUAGE sql,
--   which PostgreSQL inlines. Anything that runs a statement is PL/pgSQL, which keeps its
--   plans for the session: PostgreSQL 15 replans an SQL function in each transaction. PL/pgSQL
--   also replans if it expects a plan for the actual arguments to be better; ours are the same
--   for all arguments, hence plan_cache_mode. An inlined function must not be declared more
--   IMMUTABLE than its body, or PostgreSQL silently calls it instead of inlining it.
-- * search_path is pg_catalog, pg_temp, in this order: with an empty one PostgreSQL looks up
--   types in pg_temp first, where a caller could plant a type.
-- * Times are returned as text (see rfc3339), because a session behind a pooler may have any
--   TimeZone and DateStyle.
-- * Locks: first the call's row, then its rows of presence. FOR NO KEY UPDATE lets the
--   foreign-key checks of other tables pass.
-- * A function never changes its meaning under the same name and arguments, so that an older
--   backend keeps working with a newer file. See video_call.version().
BEGIN;

SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '10s';

DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('video_call migration')); END $$;

DO $$
DECLARE
    foreign_function text;
BEGIN
    IF to_regclass('video_call.presence') IS NULL THEN
        RAISE EXCEPTION 'table video_call.presence does not exist'
            USING HINT = 'Apply sql/add_video_calls_table.sql first.';
    END IF;
    -- CREATE OR REPLACE keeps the owner, and another role must not own code we grant and
    -- rely on.
    SELECT p.oid::regprocedure::text INTO foreign_function
      FROM pg_catalog.pg_proc p
     WHERE p.pronamespace = 'video_call'::regnamespace
       AND NOT pg_catalog.pg_has_role(current_user, p.proowner, 'USAGE')
     LIMIT 1;
    IF foreign_function IS NOT NULL THEN
        RAISE EXCEPTION 'function % belongs to another role', foreign_function
            USING HINT = 'Drop it, or apply this file as its owner.';
    END IF;
END
$$;

-- ── Times ─────────────────────────────────────────────────────────────────────────────────

-- A time as the API and the record show it: 2026-01-31T18:04:05.123Z.
CREATE OR REPLACE FUNCTION video_call.rfc3339(p_time timestamptz) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT to_char(p_time AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
$$;

-- A time in the record; NULL if another writer put something else there.
CREATE OR REPLACE FUNCTION video_call.recorded_time(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    -- Twice as fast as a regular expression, and a page of history has 200 of these.
    SELECT CASE WHEN translate(p_text, '123456789', '000000000') = '0000-00-00T00:00:00.000Z'
                THEN p_text END
$$;

-- The same, as a timestamp. '2026-02-31…' has the form but isn't a date.
CREATE OR REPLACE FUNCTION video_call.parse_recorded_time(p_text text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN video_call.recorded_time(p_text)::timestamptz;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;

-- Whole seconds; never negative, even if the clock was set back.
CREATE OR REPLACE FUNCTION video_call.duration_seconds(p_start timestamptz, p_end timestamptz)
RETURNS integer
LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(0, floor(extract(epoch FROM p_end - p_start)))::integer
$$;

-- ── Rules: who is in a call, and whether it is alive ──────────────────────────────────────
--
-- c is a call, i and m are its instructor's and mentee's presence (a NULL row if they never
-- came), p is either of them.

-- A page that stopped sending heartbeats has died or lost its network. If it never sent
-- any, its silence means nothing.
CREATE OR REPLACE FUNCTION video_call.is_silent(
    p video_call.presence, p_at timestamptz, p_after_heartbeat_sec integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(p.sends_heartbeats
                    AND p.last_seen_at < p_at - p_after_heartbeat_sec * interval '1 second', false)
$$;

-- When a participant left, as known at p_at; NULL while they are there. Either their page
-- said so; or Agora saw them go and their page has shown no sign of life since; or their
-- page fell silent.
CREATE OR REPLACE FUNCTION video_call.left_at(
    p video_call.presence, p_at timestamptz, p_after_heartbeat_sec integer) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT coalesce(
        p.left_at,
        CASE WHEN p.agora_left_at >= coalesce(p.last_seen_at, '-infinity') THEN p.agora_left_at END,
        CASE WHEN video_call.is_silent(p, p_at, p_after_heartbeat_sec) THEN p.last_seen_at END)
$$;

-- When a participant came, according to their page or else Agora; NULL if they never did.
CREATE OR REPLACE FUNCTION video_call.came_at(p video_call.presence) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(p.joined_at, p.agora_joined_at)
$$;

CREATE OR REPLACE FUNCTION video_call.is_there(
    p video_call.presence, p_after_heartbeat_sec integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT video_call.came_at(p) IS NOT NULL
           AND video_call.left_at(p, now(), p_after_heartbeat_sec) IS NULL
$$;

-- The last sign of life: a start, heartbeat, leave or Agora event. A call older than these
-- columns has only its start.
CREATE OR REPLACE FUNCTION video_call.last_sign(
    c public.video_calls, i video_call.presence, m video_call.presence) RETURNS timestamptz
LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(coalesce(c.last_sign_at, c.start_time), i.last_seen_at, m.last_seen_at)
$$;

CREATE OR REPLACE FUNCTION video_call.has_heartbeats(
    i video_call.presence, m video_call.presence) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(i.sends_heartbeats, false) OR coalesce(m.sends_heartbeats, false)
$$;

-- A browser that crashes never ends its call. So a call without a sign of life is stale:
-- after minutes if it ever had a heartbeat, after hours if its pages send none.
CREATE OR REPLACE FUNCTION video_call.is_stale(
    c public.video_calls, i video_call.presence, m video_call.presence,
    p_after_heartbeat_sec integer, p_without_heartbeat_sec integer) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT video_call.last_sign(c, i, m) < now() - interval '1 second'
           * CASE WHEN video_call.has_heartbeats(i, m) THEN p_after_heartbeat_sec
                  ELSE p_without_heartbeat_sec END
$$;

-- A page without heartbeats can't learn that the other participant ended the call: its user
-- stays in the channel and goes on talking when the other comes back. A start soon after
-- the end then continues that call. p_other is the presence of the other participant, not
-- the caller.
CREATE OR REPLACE FUNCTION video_call.may_reopen(
    c public.video_calls, p_other video_call.presence) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN c.status = 'ended'
       AND c.end_time > now() - interval '30 minutes'
       AND p_other.joined_at IS NOT NULL
       AND NOT p_other.sends_heartbeats
       -- Any timeout will do: only a page with heartbeats can fall silent.
       AND video_call.left_at(p_other, now(), 0) IS NULL
       -- A destroyed channel had nobody left in it.
       AND NOT EXISTS (SELECT FROM video_call.agora_events e
                        WHERE e.call_id = c.id AND e.kind = 'destroy'
                          AND e.at >= coalesce(p_other.last_seen_at, '-infinity'));
END
$$;

-- A heartbeat that crosses its page's leave must not bring its sender back. A later one is
-- from another page of the same person.
CREATE OR REPLACE FUNCTION video_call.is_heartbeat_late(p video_call.presence) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(p.left_at > now() - interval '10 seconds', false)
$$;

-- ── The record: video_calls.participants ──────────────────────────────────────────────────
--
-- Presence in a form for other readers of the table. Others may also write it, so its content
-- is never trusted and can't break a function.

-- One participant's part ("side") of the record; NULL if they never came.
CREATE OR REPLACE FUNCTION video_call.recorded_side(p_participants jsonb, p_role text)
RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(p_participants->p_role) = 'object'
                THEN p_participants->p_role END
$$;

-- The record with one side replaced.
CREATE OR REPLACE FUNCTION video_call.with_side(p_participants jsonb, p_role text, p_side jsonb)
RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT '{"instructor": null, "mentee": null}'::jsonb
           || CASE WHEN jsonb_typeof(p_participants) = 'object' THEN p_participants
                   ELSE '{}'::jsonb END
           || jsonb_build_object(p_role, p_side)
$$;

CREATE OR REPLACE FUNCTION video_call.recorded_visits(p_side jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN jsonb_typeof(p_side->'visits'->-1) = 'object' THEN p_side->'visits'
                ELSE '[]'::jsonb END
$$;

-- Adds a visit. A page that keeps leaving and returning must not grow the row without
-- limit, so after 200 visits the last one continues instead.
CREATE OR REPLACE FUNCTION video_call.begin_visit(p_visits jsonb, p_at timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN jsonb_array_length(p_visits) < 200
                THEN p_visits || jsonb_build_object('joinedAt', video_call.rfc3339(p_at),
                                                    'leftAt', NULL)
                ELSE jsonb_set(p_visits, '{-1,leftAt}', 'null') END
$$;

-- Ends the last visit; if p_at is NULL, it continues.
CREATE OR REPLACE FUNCTION video_call.end_visit(p_visits jsonb, p_at timestamptz)
RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT jsonb_set(p_visits, '{-1,leftAt}',
                     coalesce(to_jsonb(video_call.rfc3339(p_at)), 'null'))
$$;

-- A side of the record, updated from presence. p_left is when the participant left and
-- their last visit ended; NULL while they are there. What only Agora saw is one visit.
CREATE OR REPLACE FUNCTION video_call.side_record(
    p_side jsonb, p video_call.presence, p_left timestamptz) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_visits jsonb := video_call.recorded_visits(p_side);
    v_came_at text := video_call.rfc3339(video_call.came_at(p));
BEGIN
    IF p.joined_at IS NULL OR v_visits = '[]' THEN
        v_visits := video_call.begin_visit('[]', video_call.came_at(p));
    END IF;
    RETURN jsonb_build_object(
        'discordId', p.discord_id,
        'joinedAt', CASE WHEN p.joined_at IS NULL THEN v_came_at
                         ELSE coalesce(video_call.recorded_time(p_side->>'joinedAt'), v_came_at) END,
        'leftAt', video_call.rfc3339(p_left),
        'visits', video_call.end_visit(v_visits, p_left));
END
$$;

-- The record of a closed call. Nobody stays longer than the call.
CREATE OR REPLACE FUNCTION video_call.closed_record(
    p_participants jsonb, i video_call.presence, m video_call.presence, p_end timestamptz,
    p_after_heartbeat_sec integer) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_record jsonb := p_participants;
    p video_call.presence;
BEGIN
    FOREACH p IN ARRAY ARRAY[i, m] LOOP
        CONTINUE WHEN p.call_id IS NULL;
        v_record := video_call.with_side(v_record, p.role, video_call.side_record(
            video_call.recorded_side(v_record, p.role), p,
            least(video_call.left_at(p, p_end, p_after_heartbeat_sec), p_end)));
    END LOOP;
    RETURN v_record;
END
$$;

-- When a participant joined and left, as results show it: from presence for an active call,
-- from the record for a closed one and for an active one that only another writer has touched.
CREATE OR REPLACE FUNCTION video_call.shown_joined_at(
    c public.video_calls, p video_call.presence, p_role text) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN c.status = 'active' AND p.call_id IS NOT NULL
        THEN video_call.rfc3339(video_call.came_at(p))
        WHEN video_call.recorded_side(c.participants, p_role) IS NOT NULL
        THEN coalesce(video_call.recorded_time(c.participants->p_role->>'joinedAt'),
                      video_call.rfc3339(c.start_time)) END
$$;

CREATE OR REPLACE FUNCTION video_call.shown_left_at(
    c public.video_calls, p video_call.presence, p_role text, p_after_heartbeat_sec integer)
RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN c.status = 'active' AND p.call_id IS NOT NULL
        THEN video_call.rfc3339(video_call.left_at(p, now(), p_after_heartbeat_sec))
        WHEN video_call.recorded_side(c.participants, p_role) IS NOT NULL
        THEN coalesce(video_call.recorded_time(c.participants->p_role->>'leftAt'),
                      video_call.rfc3339(c.end_time)) END
$$;

-- ── Who may ───────────────────────────────────────────────────────────────────────────────

-- All mentorships as one caller (a Discord ID) sees them; role is NULL if the caller isn't a
-- participant. Someone who is both in one mentorship is its instructor.
CREATE OR REPLACE FUNCTION video_call.seen_by(p_caller text)
RETURNS TABLE (mentorship_id uuid, status text, instructor_id uuid, mentee_id uuid, role text,
               instructor_name text, mentee_name text)
LANGUAGE sql STABLE AS $$
    SELECT m.id, m.status::text, m.instructor_id, m.mentee_id,
           CASE WHEN i.discord_id = p_caller THEN 'instructor'
                WHEN e.discord_id = p_caller THEN 'mentee' END,
           i.name::text, coalesce(e.display_name, e.discord_username)::text
      FROM public.mentorships m
      LEFT JOIN public.instructors i ON i.id = m.instructor_id
      LEFT JOIN public.mentees e ON e.id = m.mentee_id
$$;

-- Why the caller may not join a call, or 'ok'.
CREATE OR REPLACE FUNCTION video_call.join_verdict(p_found boolean, p_role text, p_status text)
RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN NOT p_found THEN 'mentorship_not_found'
                WHEN p_role IS NULL THEN 'not_a_participant'
                WHEN p_status <> 'active' THEN 'mentorship_not_active'
                ELSE 'ok' END
$$;

-- Why the caller may not act on a call, or 'ok'; its mentorship needn't be active.
CREATE OR REPLACE FUNCTION video_call.call_verdict(p_found boolean, p_role text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN NOT p_found THEN 'call_not_found'
                WHEN p_role IS NULL THEN 'not_a_participant'
                ELSE 'ok' END
$$;

-- ── Steps, each used by several functions below ───────────────────────────────────────────

-- A participant's presence; NULL if they never came.
CREATE OR REPLACE FUNCTION video_call.presence_of(p_call uuid, p_role text)
RETURNS video_call.presence
LANGUAGE plpgsql STABLE AS $$
DECLARE
    p video_call.presence;
BEGIN
    SELECT * INTO p FROM video_call.presence v WHERE v.call_id = p_call AND v.role = p_role;
    RETURN p;
END
$$;

-- Copies into presence what another writer's record says about a call. Nobody counts as
-- still there in a call that had already ended.
CREATE OR REPLACE FUNCTION video_call.adopt(c public.video_calls) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO video_call.presence
        (call_id, role, discord_id, joined_at, left_at, last_seen_at, sends_heartbeats,
         agora_joined_at, agora_left_at)
    SELECT c.id, r.role, coalesce(s.side->>'discordId', ''),
           CASE WHEN s.side->>'joinedAt' IS NOT NULL OR NOT s.side ? 'agora'
                THEN coalesce(video_call.parse_recorded_time(s.side->>'joinedAt'), c.start_time) END,
           coalesce(video_call.parse_recorded_time(s.side->>'leftAt'), c.end_time),
           video_call.parse_recorded_time(s.side->>'lastSeenAt'),
           coalesce(s.side->'hasHeartbeat' = 'true', false),
           video_call.parse_recorded_time(s.side->'agora'->>'joinedAt'),
           video_call.parse_recorded_time(s.side->'agora'->>'leftAt')
      FROM (VALUES ('instructor'), ('mentee')) AS r (role),
           LATERAL video_call.recorded_side(c.participants, r.role) AS s (side)
     WHERE s.side IS NOT NULL
    ON CONFLICT DO NOTHING;
END
$$;

-- Locks a call, so that functions that change it run one after another. Returns a NULL row
-- if there is none.
CREATE OR REPLACE FUNCTION video_call.lock_call(p_call uuid) RETURNS public.video_calls
LANGUAGE plpgsql AS $$
DECLARE
    c public.video_calls;
BEGIN
    SELECT * INTO c FROM public.video_calls v WHERE v.id = p_call FOR NO KEY UPDATE;
    IF NOT EXISTS (SELECT FROM video_call.presence p WHERE p.call_id = p_call) THEN
        PERFORM video_call.adopt(c);
    END IF;
    RETURN c;
END
$$;

-- The caller's page is there: for the first time or again, after leaving or falling silent,
-- which begins a new visit; or still (a retry, a second tab), which doesn't. The call must be
-- locked.
CREATE OR REPLACE FUNCTION video_call.enter(
    c public.video_calls, p_role text, p_caller text, p_after_heartbeat_sec integer)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_before video_call.presence := video_call.presence_of(c.id, p_role);
    v_now video_call.presence;
    v_recorded jsonb := video_call.recorded_side(c.participants, p_role);
    v_side jsonb;
BEGIN
    INSERT INTO video_call.presence AS p (call_id, role, discord_id, joined_at, last_seen_at)
    VALUES (c.id, p_role, p_caller, now(), now())
    ON CONFLICT (call_id, role) DO UPDATE
       SET discord_id = excluded.discord_id, joined_at = coalesce(p.joined_at, now()),
           left_at = NULL, last_seen_at = now()
    RETURNING p.* INTO v_now;

    IF v_before.left_at IS NOT NULL
       OR video_call.is_silent(v_before, now(), p_after_heartbeat_sec) THEN
        v_side := video_call.side_record(
            v_recorded, v_now, coalesce(v_before.left_at, v_before.last_seen_at));
        v_side := v_side || jsonb_build_object(
            'leftAt', NULL, 'visits', video_call.begin_visit(v_side->'visits', now()));
    ELSIF v_before.joined_at IS NULL OR v_recorded->>'discordId' IS DISTINCT FROM p_caller THEN
        v_side := video_call.side_record(v_recorded, v_now, NULL);
    ELSE
        RETURN;
    END IF;
    UPDATE public.video_calls v
       SET participants = video_call.with_side(v.participants, p_role, v_side), updated_at = now()
     WHERE v.id = c.id;
END
$$;

-- The caller's page is leaving. False, with no change, if it never came or has already
-- left.
CREATE OR REPLACE FUNCTION video_call.mark_left(p_call uuid, p_role text) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE video_call.presence p
       SET left_at = now(), last_seen_at = now()
     WHERE p.call_id = p_call AND p.role = p_role
       AND p.joined_at IS NOT NULL AND p.left_at IS NULL;
    RETURN FOUND;
END
$$;

-- Closes a call at p_end, as 'ended' or 'failed', and writes its final record. The call
-- must be locked and active.
CREATE OR REPLACE FUNCTION video_call.close_call(
    c public.video_calls, p_status text, p_end timestamptz, p_after_heartbeat_sec integer)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.video_calls v
       SET status = p_status, end_time = p_end, updated_at = now(),
           duration_seconds = video_call.duration_seconds(v.start_time, p_end),
           participants = video_call.closed_record(
               v.participants, video_call.presence_of(c.id, 'instructor'),
               video_call.presence_of(c.id, 'mentee'), p_end, p_after_heartbeat_sec)
     WHERE v.id = c.id;
    -- Portals with recordings have this column. Nobody stops a recording after the call,
    -- and the portal's own handler sets 'failed' too.
    IF to_jsonb(c)->>'recording_status' = 'recording' THEN
        EXECUTE 'UPDATE public.video_calls SET recording_status = ''failed'' WHERE id = $1'
          USING c.id;
    END IF;
END
$$;

-- Continues an ended call; see may_reopen. Does nothing if another writer, who takes no
-- locks, has opened a call in the meantime. The call must be locked.
CREATE OR REPLACE FUNCTION video_call.reopen_call(
    c public.video_calls, p_other video_call.presence) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE public.video_calls v
       SET status = 'active', end_time = NULL, duration_seconds = NULL, updated_at = now(),
           last_sign_at = now(),
           participants = video_call.with_side(v.participants, p_other.role, video_call.side_record(
               video_call.recorded_side(v.participants, p_other.role), p_other, NULL))
     WHERE v.id = c.id;
EXCEPTION WHEN unique_violation THEN
    NULL;
END
$$;

-- ── Token ─────────────────────────────────────────────────────────────────────────────────

-- Whether the caller may join this mentorship's call now, and in which role. The worker
-- makes the token from the time returned here.
--
-- p_label, here and below, shows in pg_stat_activity and the server's log (%a) which
-- request this is. It is set for this transaction only, so nothing is left behind in a
-- pooled session.
CREATE OR REPLACE FUNCTION video_call.authorise_token(
    p_caller text, p_mentorship uuid, p_lifetime_sec integer, p_label text DEFAULT 'video-call',
    OUT verdict text, OUT role text, OUT now_sec bigint, OUT expires_at text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_status text;
BEGIN
    PERFORM set_config('application_name', p_label, true);
    SELECT s.role, s.status INTO role, v_status
      FROM video_call.seen_by(p_caller) s WHERE s.mentorship_id = p_mentorship;
    verdict := video_call.join_verdict(FOUND, role, v_status);
    IF verdict <> 'ok' THEN
        role := NULL;
        RETURN;
    END IF;
    now_sec := floor(extract(epoch FROM now()));
    expires_at := video_call.rfc3339(now() + p_lifetime_sec * interval '1 second');
END
$$;

-- ── The life of a call ────────────────────────────────────────────────────────────────────

-- The caller enters the mentorship's call: the active one, or one that may be reopened, or
-- a new one, which a mentee may open only if the deployment allows it.
CREATE OR REPLACE FUNCTION video_call.start_call(
    p_caller text, p_mentorship uuid, p_mentee_may_open boolean,
    p_after_heartbeat_sec integer, p_without_heartbeat_sec integer,
    p_label text DEFAULT 'video-call',
    OUT verdict text, OUT call_id uuid, OUT start_time text, OUT resumed boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_caller record;
    c public.video_calls;
    i video_call.presence;
    m video_call.presence;
    v_other video_call.presence;
BEGIN
    PERFORM set_config('application_name', p_label, true);
    SELECT * INTO v_caller FROM video_call.seen_by(p_caller) s WHERE s.mentorship_id = p_mentorship;
    verdict := video_call.join_verdict(FOUND, v_caller.role, v_caller.status);
    IF verdict <> 'ok' THEN
        RETURN;
    END IF;

    -- A simultaneous start may open or close a call between two steps: then look again.
    LOOP
        c := video_call.lock_call(coalesce(
            (SELECT v.id FROM public.video_calls v
              WHERE v.mentorship_id = p_mentorship AND v.status = 'active'),
            (SELECT v.id FROM public.video_calls v WHERE v.mentorship_id = p_mentorship
              ORDER BY v.start_time DESC, v.id DESC LIMIT 1)));
        i := video_call.presence_of(c.id, 'instructor');
        m := video_call.presence_of(c.id, 'mentee');

        IF c.status = 'active' THEN
            resumed := NOT video_call.is_stale(c, i, m, p_after_heartbeat_sec,
                                               p_without_heartbeat_sec);
            EXIT WHEN resumed;
            PERFORM video_call.close_call(c, 'failed', video_call.last_sign(c, i, m),
                                          p_after_heartbeat_sec);
            CONTINUE;
        END IF;

        v_other := CASE v_caller.role WHEN 'instructor' THEN m ELSE i END;
        IF video_call.may_reopen(c, v_other) THEN
            PERFORM video_call.reopen_call(c, v_other);
            CONTINUE;
        END IF;

        IF v_caller.role = 'mentee' AND NOT p_mentee_may_open THEN
            verdict := 'call_not_started';
            resumed := NULL;
            RETURN;
        END IF;
        resumed := false;
        INSERT INTO public.video_calls AS v
            (mentorship_id, instructor_id, mentee_id, start_time, status, participants, last_sign_at)
        VALUES (p_mentorship, v_caller.instructor_id, v_caller.mentee_id, now(), 'active', '{}', now())
        ON CONFLICT (mentorship_id) WHERE status = 'active' DO NOTHING
        RETURNING v.* INTO c;
        EXIT WHEN FOUND;
    END LOOP;

    PERFORM video_call.enter(c, v_caller.role, p_caller, p_after_heartbeat_sec);
    call_id := c.id;
    start_time := video_call.rfc3339(c.start_time);
END
$$;

-- The caller ends the call for both. A call that has ended keeps its figures; either way
-- the caller has left. Also works after the mentorship has ended.
CREATE OR REPLACE FUNCTION video_call.end_call(
    p_caller text, p_call uuid, p_after_heartbeat_sec integer, p_label text DEFAULT 'video-call',
    OUT verdict text, OUT mentorship_id uuid, OUT end_time text, OUT duration_seconds integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_role text;
    c public.video_calls;
BEGIN
    PERFORM set_config('application_name', p_label, true);
    SELECT s.role INTO v_role
      FROM public.video_calls v JOIN video_call.seen_by(p_caller) s ON s.mentorship_id = v.mentorship_id
     WHERE v.id = p_call;
    verdict := video_call.call_verdict(FOUND, v_role);
    IF verdict <> 'ok' THEN
        RETURN;
    END IF;

    c := video_call.lock_call(p_call);
    PERFORM video_call.mark_left(p_call, v_role);
    IF c.status = 'active' THEN
        PERFORM video_call.close_call(c, 'ended', now(), p_after_heartbeat_sec);
    END IF;
    SELECT v.mentorship_id, video_call.rfc3339(v.end_time), v.duration_seconds
      INTO mentorship_id, end_time, duration_seconds
      FROM public.video_calls v WHERE v.id = p_call;
END
$$;

-- The caller leaves the call; if nobody is left, it ends.
CREATE OR REPLACE FUNCTION video_call.leave_call(
    p_caller text, p_call uuid, p_after_heartbeat_sec integer, p_label text DEFAULT 'video-call',
    OUT verdict text, OUT mentorship_id uuid, OUT status text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_role text;
    c public.video_calls;
    v_has_left_now boolean;
    v_me video_call.presence;
BEGIN
    PERFORM set_config('application_name', p_label, true);
    SELECT s.role INTO v_role
      FROM public.video_calls v JOIN video_call.seen_by(p_caller) s ON s.mentorship_id = v.mentorship_id
     WHERE v.id = p_call;
    verdict := video_call.call_verdict(FOUND, v_role);
    IF verdict <> 'ok' THEN
        RETURN;
    END IF;

    c := video_call.lock_call(p_call);
    mentorship_id := c.mentorship_id;
    status := c.status;
    v_has_left_now := video_call.mark_left(p_call, v_role);
    IF c.status <> 'active' THEN
        RETURN;
    END IF;
    IF video_call.is_there(video_call.presence_of(p_call, 'instructor'), p_after_heartbeat_sec)
       OR video_call.is_there(video_call.presence_of(p_call, 'mentee'), p_after_heartbeat_sec) THEN
        IF v_has_left_now THEN
            v_me := video_call.presence_of(p_call, v_role);
            UPDATE public.video_calls v
               SET updated_at = now(), participants = video_call.with_side(
                       v.participants, v_role, video_call.side_record(
                           video_call.recorded_side(v.participants, v_role), v_me, v_me.left_at))
             WHERE v.id = p_call;
        END IF;
        RETURN;
    END IF;
    PERFORM video_call.close_call(c, 'ended', now(), p_after_heartbeat_sec);
    status := 'ended';
END
$$;

-- The caller's page is alive. Records a sign of life and returns who is there. It doesn't
-- join a caller who never started, and changes nothing in a call that has ended. If the
-- mentorship has ended, it refuses, and the page leaves.
CREATE OR REPLACE FUNCTION video_call.heartbeat(
    p_caller text, p_call uuid, p_after_heartbeat_sec integer, p_label text DEFAULT 'video-call',
    OUT verdict text, OUT mentorship_id uuid, OUT status text,
    OUT instructor_name text, OUT instructor_joined_at text, OUT instructor_left_at text,
    OUT mentee_name text, OUT mentee_joined_at text, OUT mentee_left_at text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_caller record;
    p video_call.presence;
    c public.video_calls;
BEGIN
    PERFORM set_config('application_name', p_label, true);
    SELECT s.role, s.status, s.instructor_name, s.mentee_name, v.status AS call_status INTO v_caller
      FROM public.video_calls v JOIN video_call.seen_by(p_caller) s ON s.mentorship_id = v.mentorship_id
     WHERE v.id = p_call;
    verdict := video_call.call_verdict(FOUND, v_caller.role);
    IF verdict = 'ok' AND v_caller.status <> 'active' THEN
        verdict := 'mentorship_not_active';
    END IF;
    IF verdict <> 'ok' THEN
        RETURN;
    END IF;

    p := video_call.presence_of(p_call, v_caller.role);
    IF v_caller.call_status = 'active' AND p.joined_at IS NOT NULL THEN
        IF p.left_at IS NULL AND NOT video_call.is_silent(p, now(), p_after_heartbeat_sec) THEN
            -- The next heartbeat repeats this one, so don't wait for the disk. A SET clause
            -- of the function would be reset before the commit.
            PERFORM set_config('synchronous_commit', 'off', true);
            UPDATE video_call.presence v SET last_seen_at = now(), sends_heartbeats = true
             WHERE v.call_id = p_call AND v.role = v_caller.role;
        ELSIF NOT video_call.is_heartbeat_late(p) THEN
            c := video_call.lock_call(p_call);
            IF c.status = 'active' THEN
                PERFORM video_call.enter(c, v_caller.role, p_caller, p_after_heartbeat_sec);
            END IF;
        END IF;
    END IF;

    -- Read after the update, which may have waited while the call was being closed.
    SELECT v.mentorship_id, v.status,
           video_call.shown_joined_at(v, i, 'instructor'),
           video_call.shown_left_at(v, i, 'instructor', p_after_heartbeat_sec),
           video_call.shown_joined_at(v, m, 'mentee'),
           video_call.shown_left_at(v, m, 'mentee', p_after_heartbeat_sec)
      INTO mentorship_id, status, instructor_joined_at, instructor_left_at,
           mentee_joined_at, mentee_left_at
      FROM public.video_calls v
      LEFT JOIN video_call.presence i ON i.call_id = v.id AND i.role = 'instructor'
      LEFT JOIN video_call.presence m ON m.call_id = v.id AND m.role = 'mentee'
     WHERE v.id = p_call;
    instructor_name := v_caller.instructor_name;
    mentee_name := v_caller.mentee_name;
END
$$;

-- Records an event that Agora reported for a mentorship's channel. Agora's notifications
-- may come late, twice, in any order or not at all; the same ones leave the same rows in any
-- order. An event belongs to the newest call that had started by then and hadn't ended:
-- Agora's clock and this one are assumed to agree within 2 seconds, and a leave or a
-- destroyed channel may be reported up to a minute late. If there is no such call, none is
-- created.
CREATE OR REPLACE FUNCTION video_call.record_agora_event(
    p_mentorship uuid, p_account text, p_notice text, p_kind text, p_at_sec bigint,
    p_sequence bigint, p_after_heartbeat_sec integer, p_label text DEFAULT 'video-call',
    OUT verdict text, OUT call_id uuid, OUT role text, OUT has_ended boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_at timestamptz := to_timestamp(p_at_sec);
    c public.video_calls;
    i video_call.presence;
    m video_call.presence;
BEGIN
    PERFORM set_config('application_name', p_label, true);
    SELECT s.role INTO role FROM video_call.seen_by(p_account) s WHERE s.mentorship_id = p_mentorship;
    IF NOT FOUND THEN
        verdict := 'mentorship_not_found';
        RETURN;
    END IF;
    c := video_call.lock_call((
        SELECT v.id FROM public.video_calls v
         WHERE v.mentorship_id = p_mentorship
           AND v.start_time <= v_at + interval '2 seconds'
           AND (v.end_time IS NULL OR v_at <= v.end_time
                + CASE WHEN p_kind IN ('leave', 'destroy') THEN interval '1 minute'
                       ELSE interval '0' END)
         ORDER BY v.start_time DESC, v.id DESC LIMIT 1));
    IF c.id IS NULL THEN
        verdict := 'no_call';
        role := NULL;
        RETURN;
    END IF;
    verdict := 'ok';
    call_id := c.id;
    has_ended := false;
    IF NOT video_call.keep_agora_event(c.id, p_notice, p_kind, role, v_at, p_sequence) THEN
        RETURN;
    END IF;

    i := video_call.presence_of(c.id, 'instructor');
    m := video_call.presence_of(c.id, 'mentee');
    has_ended := p_kind = 'destroy' AND c.status = 'active'
                 -- A later sign of life means the channel was created again and this event
                 -- is outdated.
                 AND v_at + interval '2 seconds' >= video_call.last_sign(c, i, m);
    IF role IS NOT NULL AND p_kind IN ('join', 'leave') THEN
        PERFORM video_call.note_agora_presence(c.id, role, p_account, p_kind, v_at, p_sequence);
    END IF;
    IF has_ended THEN
        PERFORM video_call.close_call(c, 'ended', least(greatest(v_at, c.start_time), now()),
                                      p_after_heartbeat_sec);
    ELSIF c.status = 'active' THEN
        UPDATE public.video_calls v
           SET last_sign_at = greatest(v.last_sign_at, v.start_time, least(v_at, now())),
               updated_at = now()
         WHERE v.id = c.id;
    ELSE
        UPDATE public.video_calls v
           SET participants = video_call.closed_record(
                   v.participants, video_call.presence_of(c.id, 'instructor'),
                   video_call.presence_of(c.id, 'mentee'), v.end_time, p_after_heartbeat_sec),
               updated_at = now()
         WHERE v.id = c.id;
    END IF;
END
$$;

-- Stores an event, at most 200 per call, plus 200 for destroyed channels, which may_reopen
-- looks for. False if it is already known.
CREATE OR REPLACE FUNCTION video_call.keep_agora_event(
    p_call uuid, p_notice text, p_kind text, p_role text, p_at timestamptz, p_sequence bigint)
RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    -- Over the limit an event still counts: processing it twice does no harm.
    IF (SELECT count(*) FROM video_call.agora_events e
         WHERE e.call_id = p_call AND (e.kind = 'destroy') = (p_kind = 'destroy')) >= 200 THEN
        RETURN NOT EXISTS (SELECT FROM video_call.agora_events e
                            WHERE e.call_id = p_call AND e.notice_id = p_notice);
    END IF;
    INSERT INTO video_call.agora_events (call_id, notice_id, kind, role, at, sequence)
    VALUES (p_call, p_notice, p_kind, p_role, p_at, p_sequence)
    ON CONFLICT DO NOTHING;
    RETURN FOUND;
END
$$;

-- Agora saw a participant come or go. Only the earliest time and the event with the highest
-- sequence count, so the order of notifications doesn't matter.
CREATE OR REPLACE FUNCTION video_call.note_agora_presence(
    p_call uuid, p_role text, p_account text, p_kind text, p_at timestamptz, p_sequence bigint)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO video_call.presence AS p
        (call_id, role, discord_id, agora_joined_at, agora_left_at, agora_sequence)
    VALUES (p_call, p_role, p_account, p_at, CASE p_kind WHEN 'leave' THEN p_at END, p_sequence)
    ON CONFLICT (call_id, role) DO UPDATE
       SET agora_joined_at = least(p.agora_joined_at, excluded.agora_joined_at),
           agora_left_at = CASE WHEN p.agora_sequence >= excluded.agora_sequence
                                THEN p.agora_left_at ELSE excluded.agora_left_at END,
           agora_sequence = greatest(p.agora_sequence, excluded.agora_sequence);
END
$$;

-- Closes stale calls of all mentorships, p_limit at most. Any number of pools may do so
-- concurrently: each call is closed once, and a locked one is left for later.
CREATE OR REPLACE FUNCTION video_call.close_stale_calls(
    p_after_heartbeat_sec integer, p_without_heartbeat_sec integer, p_limit integer)
RETURNS TABLE (call_id uuid, mentorship_id uuid, end_time text, had_heartbeats boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c public.video_calls;
    i video_call.presence;
    m video_call.presence;
BEGIN
    FOR c IN
        SELECT v.* FROM public.video_calls v
          LEFT JOIN video_call.presence pi ON pi.call_id = v.id AND pi.role = 'instructor'
          LEFT JOIN video_call.presence pm ON pm.call_id = v.id AND pm.role = 'mentee'
         WHERE v.status = 'active'
           AND video_call.is_stale(v, pi, pm, p_after_heartbeat_sec, p_without_heartbeat_sec)
         LIMIT p_limit
           FOR NO KEY UPDATE OF v SKIP LOCKED
    LOOP
        -- A heartbeat locks only its sender's presence, so check again with both locked.
        PERFORM FROM video_call.presence p
          WHERE p.call_id = c.id ORDER BY p.role FOR NO KEY UPDATE;
        i := video_call.presence_of(c.id, 'instructor');
        m := video_call.presence_of(c.id, 'mentee');
        CONTINUE WHEN NOT video_call.is_stale(c, i, m, p_after_heartbeat_sec,
                                              p_without_heartbeat_sec);
        PERFORM video_call.close_call(c, 'failed', video_call.last_sign(c, i, m),
                                      p_after_heartbeat_sec);
        call_id := c.id;
        mentorship_id := c.mentorship_id;
        end_time := video_call.rfc3339(video_call.last_sign(c, i, m));
        had_heartbeats := video_call.has_heartbeats(i, m);
        RETURN NEXT;
    END LOOP;
END
$$;

-- ── Reading ───────────────────────────────────────────────────────────────────────────────

-- CREATE OR REPLACE can't add a column to an existing function's result.
DO $$
BEGIN
    IF (SELECT 'counterpart_can_join' <> ALL (p.proargnames) FROM pg_catalog.pg_proc p
         WHERE p.oid = to_regprocedure(
               'video_call.list_mentorships(text, integer, integer, integer, text)')) THEN
        DROP FUNCTION video_call.list_mentorships(text, integer, integer, integer, text);
    END IF;
END
$$;

-- The caller's mentorships, each with its active call, for a dashboard. Those with the newest
-- call come first. A counterpart who hasn't linked a Discord account can't be
-- identified and so can't join.
CREATE OR REPLACE FUNCTION video_call.list_mentorships(
    p_caller text, p_after_heartbeat_sec integer, p_without_heartbeat_sec integer,
    p_limit integer, p_label text DEFAULT 'video-call')
RETURNS TABLE (mentorship_id uuid, status text, role text, counterpart_name text, call_id uuid,
               start_time text, instructor_present boolean, mentee_present boolean,
               counterpart_can_join boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    PERFORM set_config('application_name', p_label, true);
    RETURN QUERY
    SELECT s.mentorship_id, s.status, s.role,
           CASE s.role WHEN 'instructor' THEN s.mentee_name ELSE s.instructor_name END,
           alive.id, video_call.rfc3339(alive.start_time), alive.instructor_present,
           alive.mentee_present,
           CASE s.role
           WHEN 'instructor' THEN EXISTS (
                SELECT FROM public.mentees p WHERE p.id = s.mentee_id AND p.discord_id <> '')
           ELSE EXISTS (
                SELECT FROM public.instructors p
                 WHERE p.id = s.instructor_id AND p.discord_id <> '') END
      FROM video_call.seen_by(p_caller) s
      LEFT JOIN LATERAL (
            SELECT v.id, v.start_time,
                   video_call.shown_joined_at(v, i, 'instructor') IS NOT NULL
                   AND video_call.shown_left_at(v, i, 'instructor', p_after_heartbeat_sec) IS NULL
                   AS instructor_present,
                   video_call.shown_joined_at(v, m, 'mentee') IS NOT NULL
                   AND video_call.shown_left_at(v, m, 'mentee', p_after_heartbeat_sec) IS NULL
                   AS mentee_present
              FROM public.video_calls v
              LEFT JOIN video_call.presence i ON i.call_id = v.id AND i.role = 'instructor'
              LEFT JOIN video_call.presence m ON m.call_id = v.id AND m.role = 'mentee'
             WHERE v.mentorship_id = s.mentorship_id AND v.status = 'active'
               AND NOT video_call.is_stale(v, i, m, p_after_heartbeat_sec, p_without_heartbeat_sec)
           ) AS alive ON true
      LEFT JOIN LATERAL (
            SELECT v.start_time FROM public.video_calls v
             WHERE v.mentorship_id = s.mentorship_id
             ORDER BY v.start_time DESC, v.id DESC LIMIT 1) AS newest ON true
     WHERE s.instructor_id = ANY (ARRAY(
               SELECT p.id FROM public.instructors p WHERE p.discord_id = p_caller))
        OR s.mentee_id = ANY (ARRAY(
               SELECT p.id FROM public.mentees p WHERE p.discord_id = p_caller))
     ORDER BY newest.start_time DESC NULLS LAST, s.mentorship_id
     LIMIT p_limit;
END
$$;

-- Calls of one mentorship (p_mentorship) or of all of the caller's (NULL), newest first,
-- p_limit at most; with p_before_us (microseconds since 1970) and p_before_id only those
-- before that point. Each mentorship's newest calls come from an index, however many there
-- are. If there are no calls, one row holds only the verdict.
CREATE OR REPLACE FUNCTION video_call.list_history(
    p_caller text, p_mentorship uuid, p_limit integer, p_before_us bigint, p_before_id uuid,
    p_after_heartbeat_sec integer, p_label text DEFAULT 'video-call')
RETURNS TABLE (verdict text, call_id uuid, mentorship_id uuid, start_time text,
               start_time_us bigint, end_time text, duration_seconds integer, status text,
               instructor_name text, instructor_joined_at text, instructor_left_at text,
               mentee_name text, mentee_joined_at text, mentee_left_at text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_before timestamptz := coalesce(
        timestamptz 'epoch' + p_before_us * interval '1 microsecond', 'infinity');
    v_before_id uuid := coalesce(p_before_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff');
    v_mentorships uuid[];
    v_is_participant boolean;
BEGIN
    PERFORM set_config('application_name', p_label, true);
    IF p_mentorship IS NULL THEN
        v_mentorships := ARRAY(
            SELECT m.id FROM public.mentorships m
             WHERE m.instructor_id = ANY (ARRAY(
                       SELECT p.id FROM public.instructors p WHERE p.discord_id = p_caller))
                OR m.mentee_id = ANY (ARRAY(
                       SELECT p.id FROM public.mentees p WHERE p.discord_id = p_caller)));
        verdict := 'ok';
    ELSE
        SELECT s.role IS NOT NULL INTO v_is_participant
          FROM video_call.seen_by(p_caller) s WHERE s.mentorship_id = p_mentorship;
        verdict := CASE WHEN NOT FOUND THEN 'mentorship_not_found'
                        WHEN NOT v_is_participant THEN 'not_a_participant' ELSE 'ok' END;
        IF verdict = 'ok' THEN
            v_mentorships := ARRAY[p_mentorship];
        END IF;
    END IF;

    RETURN QUERY
    SELECT 'ok', (h.c).id, (h.c).mentorship_id, video_call.rfc3339((h.c).start_time),
           (extract(epoch FROM (h.c).start_time) * 1000000)::bigint,
           video_call.rfc3339((h.c).end_time), (h.c).duration_seconds, (h.c).status::text,
           s.instructor_name, video_call.shown_joined_at(h.c, i, 'instructor'),
           video_call.shown_left_at(h.c, i, 'instructor', p_after_heartbeat_sec),
           s.mentee_name, video_call.shown_joined_at(h.c, m, 'mentee'),
           video_call.shown_left_at(h.c, m, 'mentee', p_after_heartbeat_sec)
      FROM unnest(v_mentorships) AS u (mentorship_id)
     -- OFFSET 0 makes the planner use the index per mentorship instead of joining whole
     -- tables.
     CROSS JOIN LATERAL (
            SELECT * FROM video_call.seen_by(p_caller) m
             WHERE m.mentorship_id = u.mentorship_id OFFSET 0) AS s
     CROSS JOIN LATERAL (
            SELECT v AS c FROM public.video_calls v
             WHERE v.mentorship_id = s.mentorship_id
               AND (v.start_time, v.id) < (v_before, v_before_id)
             ORDER BY v.start_time DESC, v.id DESC LIMIT p_limit) AS h
     -- Skip the lookup for closed calls: NULL matches nothing.
      LEFT JOIN video_call.presence i
        ON i.call_id = CASE (h.c).status WHEN 'active' THEN (h.c).id END AND i.role = 'instructor'
      LEFT JOIN video_call.presence m
        ON m.call_id = CASE (h.c).status WHEN 'active' THEN (h.c).id END AND m.role = 'mentee'
     ORDER BY (h.c).start_time DESC, (h.c).id DESC
     LIMIT p_limit;
    IF NOT FOUND THEN
        RETURN NEXT;
    END IF;
END
$$;

-- ── For the administrator ─────────────────────────────────────────────────────────────────

-- Active calls of all mentorships, newest first.
CREATE OR REPLACE FUNCTION video_call.list_active_calls(
    p_after_heartbeat_sec integer, p_without_heartbeat_sec integer, p_limit integer)
RETURNS TABLE (call_id uuid, mentorship_id uuid, start_time text, last_sign_at text,
               age_seconds integer, is_stale boolean,
               instructor_name text, instructor_joined_at text, instructor_left_at text,
               mentee_name text, mentee_joined_at text, mentee_left_at text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY
    SELECT v.id, v.mentorship_id, video_call.rfc3339(v.start_time),
           video_call.rfc3339(video_call.last_sign(v, i, m)),
           video_call.duration_seconds(v.start_time, now()),
           video_call.is_stale(v, i, m, p_after_heartbeat_sec, p_without_heartbeat_sec),
           s.instructor_name, video_call.shown_joined_at(v, i, 'instructor'),
           video_call.shown_left_at(v, i, 'instructor', p_after_heartbeat_sec),
           s.mentee_name, video_call.shown_joined_at(v, m, 'mentee'),
           video_call.shown_left_at(v, m, 'mentee', p_after_heartbeat_sec)
      FROM public.video_calls v
      JOIN video_call.seen_by(NULL) s ON s.mentorship_id = v.mentorship_id
      LEFT JOIN video_call.presence i ON i.call_id = v.id AND i.role = 'instructor'
      LEFT JOIN video_call.presence m ON m.call_id = v.id AND m.role = 'mentee'
     WHERE v.status = 'active'
     ORDER BY v.start_time DESC, v.id
     LIMIT p_limit;
END
$$;

CREATE OR REPLACE FUNCTION video_call.count_active_calls(OUT active_count bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    SELECT count(*) INTO active_count FROM public.video_calls v WHERE v.status = 'active';
END
$$;

-- Ends a call; both participants count as having left. A call that has ended keeps its
-- figures.
CREATE OR REPLACE FUNCTION video_call.end_call_for_both(
    p_call uuid, p_after_heartbeat_sec integer,
    OUT verdict text, OUT mentorship_id uuid, OUT end_time text, OUT duration_seconds integer,
    OUT was_active boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    c public.video_calls := video_call.lock_call(p_call);
BEGIN
    IF c.id IS NULL THEN
        verdict := 'call_not_found';
        RETURN;
    END IF;
    verdict := 'ok';
    was_active := c.status = 'active';
    IF was_active THEN
        PERFORM video_call.mark_left(p_call, 'instructor');
        PERFORM video_call.mark_left(p_call, 'mentee');
        PERFORM video_call.close_call(c, 'ended', now(), p_after_heartbeat_sec);
    END IF;
    SELECT v.mentorship_id, video_call.rfc3339(v.end_time), v.duration_seconds
      INTO mentorship_id, end_time, duration_seconds
      FROM public.video_calls v WHERE v.id = p_call;
END
$$;

-- The database's clock, in milliseconds since 1970.
CREATE OR REPLACE FUNCTION video_call.clock_ms(OUT clock_ms bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    clock_ms := floor(extract(epoch FROM clock_timestamp()) * 1000);
END
$$;

-- ── The deployment ────────────────────────────────────────────────────────────────────────

-- The version of this file. A backend works with the version it was built for and every
-- later one, and refuses to serve with an older one. Raise it, and SCHEMA_VERSION in
-- lib/calls/schema.h, when you add a function, a parameter or a column of a result.
CREATE OR REPLACE FUNCTION video_call.version(OUT version integer)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    version := 2;
END
$$;

-- Who holds any privilege on a table or on a column of it; 0 is PUBLIC.
CREATE OR REPLACE FUNCTION video_call.grantees(p_table regclass) RETURNS SETOF oid
LANGUAGE sql STABLE AS $$
    SELECT acl.grantee FROM pg_catalog.pg_class k, aclexplode(k.relacl) AS acl WHERE k.oid = p_table
     UNION
    SELECT acl.grantee FROM pg_catalog.pg_attribute a, aclexplode(a.attacl) AS acl
     WHERE a.attrelid = p_table
$$;

-- What is wrong with this database, for the administrator, each with its remedy: 'missing'
-- keeps the backend from serving; 'exposed' lets someone else read or change the ledger, or
-- lets the backend's role do more than it should.
CREATE OR REPLACE FUNCTION video_call.list_findings()
RETURNS TABLE (kind text, subject text, remedy text)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    v_tables CONSTANT text := 'apply sql/add_video_calls_table.sql';
    v_functions CONSTANT text := 'apply sql/video_call_functions.sql';
    v_ours CONSTANT regclass[] := ARRAY[
        to_regclass('public.video_calls'), to_regclass('video_call.presence'),
        to_regclass('video_call.agora_events')];
    v_theirs CONSTANT regclass[] := ARRAY[
        to_regclass('public.instructors'), to_regclass('public.mentees'),
        to_regclass('public.mentorships')];
BEGIN
    RETURN QUERY
    SELECT 'missing', n.relation || '.' || n.attribute,
           CASE WHEN n.relation LIKE 'public.video_calls' OR n.relation LIKE 'video_call.%'
                THEN 'the column does not exist: ' || v_tables
                ELSE 'the column does not exist: is this the portal''s database?' END
      FROM (VALUES ('public.instructors', '{id,name,discord_id}'::text[]),
                   ('public.mentees', '{id,display_name,discord_username,discord_id}'),
                   ('public.mentorships', '{id,mentee_id,instructor_id,status}'),
                   ('public.video_calls', '{id,mentorship_id,instructor_id,mentee_id,start_time,'
                    'end_time,duration_seconds,status,participants,updated_at,last_sign_at}'),
                   ('video_call.presence', '{call_id,role,discord_id,joined_at,left_at,'
                    'last_seen_at,sends_heartbeats,agora_joined_at,agora_left_at,agora_sequence}'),
                   ('video_call.agora_events', '{call_id,notice_id,kind,role,at,sequence}')
           ) AS t (relation, attributes), unnest(t.attributes) AS u (attribute),
           LATERAL (SELECT t.relation, u.attribute) AS n
     WHERE NOT EXISTS (SELECT FROM pg_attribute a
                        WHERE a.attrelid = to_regclass(n.relation) AND a.attname = n.attribute
                          AND NOT a.attisdropped);

    RETURN QUERY
    SELECT 'missing', t.relation::text,
           format('%s, which owns the functions, can''t %s it: GRANT %s ON %s TO %s',
                  current_user, lower(t.privilege), t.privilege, t.relation, current_user)
      FROM (SELECT r, 'SELECT' FROM unnest(v_theirs || v_ours) AS r
             UNION ALL SELECT r, p FROM unnest(v_ours) AS r, unnest('{INSERT,UPDATE}'::text[]) AS p
           ) AS t (relation, privilege)
     WHERE NOT has_table_privilege(t.relation, t.privilege)
     UNION ALL
    SELECT 'missing', r::text,
           format('row-level security hides its rows from %s, which owns the functions: apply'
                  ' both files as the owner of the table', current_user)
      FROM unnest(v_theirs || v_ours) AS r WHERE row_security_active(r);

    RETURN QUERY
    SELECT 'missing', 'public.video_calls',
           'the unique index video_calls_one_active does not exist or is invalid: ' || v_tables
     WHERE NOT EXISTS (SELECT FROM pg_index x JOIN pg_class k ON k.oid = x.indexrelid
                        WHERE x.indrelid = v_ours[1] AND k.relname = 'video_calls_one_active'
                          AND x.indisunique AND x.indisvalid);

    -- Who else can reach the ledger: PUBLIC (role 0), and Supabase's API roles, directly or
    -- through a role they are members of.
    RETURN QUERY
    WITH outsider AS (
        SELECT 0::oid AS oid, 'PUBLIC' AS name
         UNION
        SELECT g.oid, quote_ident(g.rolname) FROM pg_roles a, pg_roles g
         WHERE a.rolname IN ('anon', 'authenticated') AND pg_has_role(a.oid, g.oid, 'USAGE'))
    SELECT 'exposed', r::text,
           format('row-level security is off: ALTER TABLE %s ENABLE ROW LEVEL SECURITY', r)
      FROM unnest(v_ours) AS r JOIN pg_class k ON k.oid = r WHERE NOT k.relrowsecurity
     UNION ALL
    SELECT DISTINCT 'exposed', r::text,
           format('%s may use it: REVOKE ALL ON %s FROM %s', o.name, r, o.name)
      FROM unnest(v_ours) AS r, video_call.grantees(r) AS g JOIN outsider o ON o.oid = g
     UNION ALL
    SELECT DISTINCT 'exposed', r::text,
           format('the policy %I lets others in: DROP POLICY %I ON %s', l.polname, l.polname, r)
      FROM unnest(v_ours) AS r JOIN pg_policy l ON l.polrelid = r
      JOIN outsider o ON o.oid = ANY (l.polroles)
     WHERE l.polpermissive
     UNION ALL
    SELECT DISTINCT 'exposed', f.oid::regprocedure::text,
           format('%s may execute it: %s', o.name, v_functions)
      FROM pg_proc f, aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) AS acl
      JOIN outsider o ON o.oid = acl.grantee
     WHERE f.pronamespace = 'video_call'::regnamespace
     UNION ALL
    SELECT DISTINCT 'exposed', 'schema video_call',
           format('%s may use it: REVOKE ALL ON SCHEMA video_call FROM %s', o.name, o.name)
      FROM pg_namespace n, aclexplode(n.nspacl) AS acl JOIN outsider o ON o.oid = acl.grantee
     WHERE n.nspname = 'video_call';

    -- The role the backend connected as: session_user, since this is SECURITY DEFINER.
    RETURN QUERY
    SELECT 'exposed', 'role ' || r.rolname,
           'it is a superuser: use the role video_call in DATABASE_URL'
      FROM pg_roles r WHERE r.rolname = session_user AND r.rolsuper
     UNION ALL
    SELECT 'exposed', 'role ' || r.rolname,
           'it bypasses row-level security: use the role video_call in DATABASE_URL'
      FROM pg_roles r WHERE r.rolname = session_user AND r.rolbypassrls AND NOT r.rolsuper
     UNION ALL
    SELECT 'exposed', 'role ' || r.rolname,
           format('it may do everything %s may: use the role video_call in DATABASE_URL', current_user)
      FROM pg_roles r WHERE r.rolname = session_user AND NOT r.rolsuper
                        AND pg_has_role(r.oid, current_user, 'MEMBER')
     UNION ALL
    SELECT DISTINCT 'exposed', 'role ' || r.rolname,
           format('it has direct access to %s: REVOKE ALL ON %s FROM %I', t, t, o.rolname)
      FROM pg_roles r, unnest(v_theirs || v_ours) AS t, video_call.grantees(t) AS g
      JOIN pg_roles o ON o.oid = g
     WHERE r.rolname = session_user AND NOT r.rolsuper
       AND NOT pg_has_role(r.oid, current_user, 'MEMBER') AND pg_has_role(r.oid, o.oid, 'USAGE')
     UNION ALL
    SELECT 'exposed', 'role ' || session_user,
           format('its setting %s is missing, so a statement may wait forever: %s', g.setting, v_tables)
      FROM (VALUES ('statement_timeout'), ('lock_timeout'),
                   ('idle_in_transaction_session_timeout')) AS g (setting)
     WHERE NOT EXISTS (
               SELECT FROM pg_db_role_setting d, unnest(d.setconfig) AS entry
                WHERE d.setrole = (SELECT r.oid FROM pg_roles r WHERE r.rolname = session_user)
                  AND d.setdatabase IN (0, (SELECT b.oid FROM pg_database b
                                             WHERE b.datname = current_database()))
                  AND entry LIKE g.setting || '=%' AND entry !~ '=0+[a-z]*$');
END
$$;

-- ── Calls started under an earlier version ────────────────────────────────────────────────

DO $$
BEGIN
    PERFORM video_call.adopt(v) FROM public.video_calls v
      WHERE v.status = 'active'
        AND NOT EXISTS (SELECT FROM video_call.presence p WHERE p.call_id = v.id);
END
$$;

-- ── Privileges ────────────────────────────────────────────────────────────────────────────

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA video_call FROM PUBLIC, video_call;

DO $$
DECLARE
    api_role text;
BEGIN
    FOREACH api_role IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
        IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = api_role) THEN
            EXECUTE format('REVOKE ALL ON ALL FUNCTIONS IN SCHEMA video_call FROM %I', api_role);
        END IF;
    END LOOP;
END
$$;

-- Everything the backend may call.
GRANT EXECUTE ON FUNCTION
    video_call.authorise_token, video_call.start_call, video_call.end_call,
    video_call.leave_call, video_call.heartbeat, video_call.record_agora_event,
    video_call.close_stale_calls, video_call.list_mentorships, video_call.list_history,
    video_call.list_active_calls, video_call.count_active_calls, video_call.end_call_for_both,
    video_call.clock_ms, video_call.version, video_call.list_findings
    TO video_call;

COMMIT;
