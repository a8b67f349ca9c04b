import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { get, post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const carl = await people.cookie(people.carl);
const history = (cookie, query = "") => get(here.nginx, `history${query}`, cookie);

/** Inserts past calls of a mentorship, a minute apart unless `at` says otherwise. */
const insert = (count, mentorship = people.adaAndBen, { at = "now() - n * interval '1 min'", participants = "{}" } = {}) =>
  here.sql(
    `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, duration_seconds, status, participants)
     SELECT id, instructor_id, mentee_id, ${at}, ${at} + interval '30 s', 30, 'ended', $2
       FROM mentorships, generate_series(1, $3::int) AS n WHERE id = $1`,
    [mentorship, participants, count],
  );

/** Reads every page of the history, in order. */
async function pages(cookie, query) {
  const all = [];
  for (let cursor = ""; cursor !== null; ) {
    const { json } = await history(cookie, `?${query}${cursor && `&cursor=${cursor}`}`);
    all.push(json.calls);
    cursor = json.nextCursor;
  }
  return all;
}

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("someone without calls has an empty history", async () => {
  const { json } = await history(await people.cookie(people.nobody));
  assert.deepEqual(json, { calls: [], nextCursor: null });
});

test("calls are listed newest first, 50 by default", async () => {
  await insert(60);
  const { json } = await history(ada);
  assert.equal(json.calls.length, 50);
  const times = json.calls.map((call) => call.startTime);
  assert.deepEqual(times, [...times].sort().reverse());
  assert.ok(json.nextCursor);
});

test("any limit from 1 to 100 is honoured", async () => {
  await insert(120);
  for (const limit of [1, 7, 100]) assert.equal((await history(ada, `?limit=${limit}`)).json.calls.length, limit);
});

test("the pages together contain every call exactly once", async () => {
  await insert(53);
  const all = (await pages(ada, "limit=10")).flat();
  assert.equal(all.length, 53);
  assert.equal(new Set(all.map((call) => call.id)).size, 53);
});

test("calls that started in the same microsecond are neither lost nor repeated", async () => {
  await insert(25, people.adaAndBen, { at: "timestamptz '2026-01-31T18:04:05.123456Z'" });
  const all = (await pages(ada, "limit=4")).flat();
  assert.equal(new Set(all.map((call) => call.id)).size, 25);
});

test("a full last page says that there are no more", async () => {
  await insert(20);
  const all = await pages(ada, "limit=10");
  assert.deepEqual(all.map((page) => page.length), [10, 10]);
});

test("calls added between pages don't shift the next page", async () => {
  await insert(10);
  const first = await history(ada, "?limit=5");
  await insert(3, people.adaAndBen, { at: "now() + n * interval '1 s'" });
  const second = await history(ada, `?limit=5&cursor=${first.json.nextCursor}`);
  const ids = [...first.json.calls, ...second.json.calls].map((call) => call.id);
  assert.equal(new Set(ids).size, 10);
  assert.equal(second.json.nextCursor, null);
});

test("it covers all mentorships of a person, or only the one filtered by", async () => {
  await insert(2, people.adaAndBen);
  await insert(3, people.graceAndBen);
  await insert(4, people.adaAndGrace);
  assert.equal((await history(ben)).json.calls.length, 5);
  assert.equal((await history(ada)).json.calls.length, 6);
  assert.equal((await history(await people.cookie(people.grace))).json.calls.length, 7);
  const { json } = await history(ben, `?mentorshipId=${people.graceAndBen}`);
  assert.equal(json.calls.length, 3);
  assert.ok(json.calls.every((call) => call.mentorshipId === people.graceAndBen));
});

test("it shows who took part, without Discord ids", async () => {
  const { json: started } = await post(here.nginx, "start", ada, { mentorshipId: people.adaAndBen });
  await post(here.nginx, "start", ben, { mentorshipId: people.adaAndBen });
  const running = (await history(ben)).json.calls[0];
  assert.equal(running.status, "active");
  assert.equal(running.endTime, null);
  assert.equal(running.durationSeconds, null);
  assert.deepEqual(running.participants.map(({ role, name, leftAt }) => [role, name, leftAt]), [
    ["instructor", "Ada Instructor", null],
    ["mentee", "Ben Mentee", null],
  ]);
  const ended = await post(here.nginx, "end", ada, { callId: started.callId });
  const answer = await history(ada);
  const [call] = answer.json.calls;
  assert.equal(call.endTime, ended.json.endTime);
  assert.ok(call.participants.every(({ leftAt }) => leftAt === ended.json.endTime));
  for (const id of [people.ada, people.ben]) assert.ok(!answer.text.includes(id));
});

test("a mentee without a display name is shown with their Discord name", async () => {
  await insert(1, people.endedOfCarl, {
    participants: '{"mentee": {"discordId": "200000000000000002", "joinedAt": "2026-01-31T18:04:05.123Z"}}',
  });
  const [call] = (await history(carl)).json.calls;
  assert.deepEqual(call.participants.map(({ name }) => name), ["carl"]);
});

test("rows written by older programs are shown with what they contain", async () => {
  for (const participants of ["[]", "null", '{"instructor": "x"}', '{"instructor": null}']) {
    await here.sql("TRUNCATE video_calls CASCADE");
    await insert(1, people.adaAndBen, { participants });
    assert.deepEqual((await history(ada)).json.calls[0].participants, [], participants);
  }
  await here.sql("TRUNCATE video_calls CASCADE");
  await insert(1, people.adaAndBen, {
    participants: `{"instructor": {"discordId": "${people.ada}", "joinedAt": "2026-01-31T18:04:05.123Z"}, "mentee": {"joinedAt": "Febtember"}}`,
  });
  const [call] = (await history(ada)).json.calls;
  assert.equal(call.participants[0].joinedAt, "2026-01-31T18:04:05.123Z");
  assert.equal(call.participants[1].joinedAt, call.startTime);
});

test("it is still available after the mentorship has ended", async () => {
  await insert(1, people.endedOfCarl);
  assert.equal((await history(carl)).json.calls.length, 1);
  assert.equal((await history(carl, `?mentorshipId=${people.endedOfCarl}`)).json.calls.length, 1);
});

test("a stranger can't see a mentorship's calls", async () => {
  await insert(1);
  const { status, json } = await history(carl, `?mentorshipId=${people.adaAndBen}`);
  assert.equal(status, 403);
  assert.equal(json.code, "not_a_participant");
  assert.deepEqual((await history(carl)).json.calls, []);
});

test("an unknown mentorship gets 404", async () => {
  assert.equal((await history(ada, `?mentorshipId=${people.ofNothing}`)).json.code, "mentorship_not_found");
});

test("pages are read through an index, however many calls there are", async () => {
  await insert(3000);
  await here.sql("ANALYZE video_calls");
  const rows = await here.sql(
    "EXPLAIN SELECT * FROM public.video_calls c WHERE c.mentorship_id = $1 AND (c.start_time, c.id) < (now(), 'ffffffff-ffff-ffff-ffff-ffffffffffff') ORDER BY c.start_time DESC, c.id DESC LIMIT 51",
    [people.adaAndBen],
  );
  assert.match(JSON.stringify(rows), /video_calls_history/);
});
