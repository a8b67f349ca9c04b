-- left_at, is_silent, came_at, is_there: what is known about one participant of a call.
BEGIN;
\ir setup.sql
SELECT plan(27);

-- A participant's presence; times are seconds ago.
CREATE FUNCTION side(joined integer DEFAULT NULL, "left" integer DEFAULT NULL, seen integer DEFAULT NULL,
                     beats boolean DEFAULT false, agora_joined integer DEFAULT NULL,
                     agora_left integer DEFAULT NULL) RETURNS video_call.presence LANGUAGE sql AS $$
    SELECT ROW (NULL, 'mentee', 'somebody', now() - joined * interval '1 second',
                now() - "left" * interval '1 second', now() - seen * interval '1 second', beats,
                now() - agora_joined * interval '1 second',
                now() - agora_left * interval '1 second', NULL)::video_call.presence
$$;
CREATE FUNCTION left_at(p video_call.presence) RETURNS interval LANGUAGE sql AS $$
    SELECT ago(video_call.left_at(p, now(), 120))
$$;
CREATE FUNCTION is_there(p video_call.presence) RETURNS boolean LANGUAGE sql AS $$
    SELECT video_call.is_there(p, 120)
$$;

-- Silence.
SELECT is(video_call.is_silent(side(joined => 300, seen => 121, beats => true), now(), 120), true,
          'A page that sent heartbeats is silent after 120 seconds');
SELECT is(video_call.is_silent(side(joined => 300, seen => 120, beats => true), now(), 120), false,
          'but not yet at 120 seconds');
SELECT is(video_call.is_silent(side(joined => 9999, seen => 9999), now(), 120), false,
          'A page that never sent heartbeats is never silent');
SELECT is(video_call.is_silent(side(joined => 300, beats => true), now(), 120), false,
          'nor is one without a known sign of life');
SELECT is(video_call.is_silent(NULL, now(), 120), false, 'A participant who never came is not silent');
SELECT is(video_call.is_silent(side(joined => 300, seen => 200, beats => true), now() - interval '100 seconds', 120), false,
          'Silence is judged at a point in time: 100 seconds ago the page was not silent');

-- When a participant left.
SELECT is(left_at(side(joined => 300, seen => 10)), NULL, 'A participant who is there has not left');
SELECT is(left_at(side(joined => 300, "left" => 60, seen => 60)), interval '60 seconds', 'A participant left when the page said so');
SELECT is(left_at(side(joined => 300, seen => 200, beats => true)), interval '200 seconds',
          'A page that fell silent left with its last sign of life');
SELECT is(left_at(side(joined => 300, seen => 200, agora_left => 100)), interval '100 seconds',
          'or when Agora saw them leave, if that was after the last sign of life');
SELECT is(left_at(side(joined => 300, seen => 100, agora_left => 200)), NULL,
          'A participant whose page shows a later sign of life is there');
SELECT is(left_at(side(joined => 300, seen => 100, agora_left => 100)), interval '100 seconds',
          'A leave at the moment of the last sign of life counts');
SELECT is(left_at(side(joined => 300, "left" => 150, seen => 150, agora_left => 100)), interval '150 seconds',
          'The page''s time takes precedence over Agora''s');
SELECT is(left_at(side(joined => 300, seen => 200, beats => true, agora_left => 150)), interval '150 seconds',
          'Agora''s time takes precedence over silence');
SELECT is(left_at(side(agora_joined => 300, agora_left => 100)), interval '100 seconds',
          'A participant whom only Agora saw left when Agora says');
SELECT is(left_at(side(agora_joined => 300)), NULL, 'and is there until then');
SELECT is(left_at(NULL), NULL, 'A participant who never came never left');

-- When a participant came.
SELECT is(ago(video_call.came_at(side(joined => 300, agora_joined => 310))), interval '300 seconds',
          'A participant came when the page says');
SELECT is(ago(video_call.came_at(side(agora_joined => 310))), interval '310 seconds', 'or else when Agora says');
SELECT is(video_call.came_at(NULL), NULL, 'or never');

-- Whether a participant is there.
SELECT is(is_there(side(joined => 300, seen => 10)), true, 'A participant who came and hasn''t left is there');
SELECT is(is_there(side(agora_joined => 300)), true, 'even if only Agora saw them');
SELECT is(is_there(side(joined => 300, "left" => 10, seen => 10)), false, 'One who left is not');
SELECT is(is_there(side(joined => 300, seen => 200, beats => true)), false, 'One who fell silent is not');
SELECT is(is_there(NULL::video_call.presence), false, 'One who never came is not');

-- Staying: a start after a leave.
SELECT start(:ada); SELECT start(:ben);
SELECT after('1 minute');
SELECT leave(:ben);
SELECT after('1 minute');
SELECT start(:ben);
SELECT is(left_at(presence('mentee')), NULL, 'A start after a leave brings the participant back');
SELECT is(ago((presence('mentee')).joined_at), interval '2 minutes', 'and keeps the time of the first join');

SELECT * FROM finish();
ROLLBACK;
