-- A stand-in for the portal's own tables, for development and tests only. The real ones have
-- more columns; the backend reads only these.
BEGIN;

CREATE TABLE IF NOT EXISTS public.instructors (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name       text NOT NULL,
    discord_id text NOT NULL UNIQUE
);

CREATE TABLE IF NOT EXISTS public.mentees (
    id               uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name             text,
    display_name     text,
    discord_username text NOT NULL,
    discord_id       text UNIQUE
);

CREATE TABLE IF NOT EXISTS public.mentorships (
    id            uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    mentee_id     uuid NOT NULL REFERENCES public.mentees (id),
    instructor_id uuid NOT NULL REFERENCES public.instructors (id),
    status        text NOT NULL DEFAULT 'active'
                  CHECK (status IN ('active', 'ended', 'cancelled')),
    ended_at      timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS mentorships_instructor ON public.mentorships (instructor_id);
CREATE INDEX IF NOT EXISTS mentorships_mentee ON public.mentorships (mentee_id);

COMMIT;
