-- A few people with fixed IDs, for development and tests only.
--
--   Ada   instructor of Ben (active) and of Carl (ended)      100000000000000001
--   Grace instructor of Ben (active), and herself a mentee    100000000000000002
--         of Ada (active)
--   Ben   mentee                                              200000000000000001
--   Carl  mentee whose mentorships are ended and cancelled    200000000000000002
--   Dora  mentee who never linked Discord                     (none)
BEGIN;

INSERT INTO public.instructors (id, name, discord_id) VALUES
    ('a0000000-0000-4000-8000-000000000001', 'Ada Instructor', '100000000000000001'),
    ('a0000000-0000-4000-8000-000000000002', 'Grace Instructor', '100000000000000002')
ON CONFLICT (id) DO NOTHING;

INSERT INTO public.mentees (id, name, display_name, discord_username, discord_id) VALUES
    ('b0000000-0000-4000-8000-000000000001', 'Ben', 'Ben Mentee', 'ben', '200000000000000001'),
    ('b0000000-0000-4000-8000-000000000002', 'Carl', NULL, 'carl', '200000000000000002'),
    ('b0000000-0000-4000-8000-000000000003', 'Dora', 'Dora Mentee', 'dora', NULL),
    ('b0000000-0000-4000-8000-000000000004', 'Grace', 'Grace as a Mentee', 'grace',
     '100000000000000002')
ON CONFLICT (id) DO NOTHING;

INSERT INTO public.mentorships (id, mentee_id, instructor_id, status, ended_at) VALUES
    ('11111111-1111-4111-8111-111111111111', 'b0000000-0000-4000-8000-000000000001',
     'a0000000-0000-4000-8000-000000000001', 'active', NULL),
    ('22222222-2222-4222-8222-222222222222', 'b0000000-0000-4000-8000-000000000001',
     'a0000000-0000-4000-8000-000000000002', 'active', NULL),
    ('33333333-3333-4333-8333-333333333333', 'b0000000-0000-4000-8000-000000000002',
     'a0000000-0000-4000-8000-000000000001', 'ended', now()),
    ('44444444-4444-4444-8444-444444444444', 'b0000000-0000-4000-8000-000000000002',
     'a0000000-0000-4000-8000-000000000002', 'cancelled', now()),
    ('55555555-5555-4555-8555-555555555555', 'b0000000-0000-4000-8000-000000000003',
     'a0000000-0000-4000-8000-000000000001', 'active', NULL),
    ('66666666-6666-4666-8666-666666666666', 'b0000000-0000-4000-8000-000000000004',
     'a0000000-0000-4000-8000-000000000001', 'active', NULL)
ON CONFLICT (id) DO NOTHING;

COMMIT;
