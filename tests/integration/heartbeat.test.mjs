import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { get, post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { until } from "./harness/process.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const carl = await people.cookie(people.carl);
const start = async (cookie) => (await post(here.nginx, "start", cookie, { mentorshipId: people.adaAndBen })).json.callId;
const beat = (cookie, callId) => post(here.nginx, "heartbeat", cookie, { callId });
const call = async () => (await here.sql("SELECT * FROM video_calls"))[0];
const silence = (side, seconds) =>
  here.sql("UPDATE video_call.presence SET last_seen_at = now() - $2 * interval '1 s' WHERE role = $1", [side, seconds]);

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("a heartbeat is a sign of life for the call and for its sender", async () => {
  const id = await start(ada);
  await here.database.age({ lastSign: "100 s" });
  const before = await here.database.presence("instructor");
  assert.equal(before.sends_heartbeats, false);
  const row = await here.database.ledger();
  const { status, json } = await beat(ada, id);
  assert.equal(status, 200);
  assert.equal(json.status, "active");
  const after = await here.database.presence("instructor");
  assert.equal(after.sends_heartbeats, true);
  assert.ok(after.last_seen_at > before.last_seen_at);
  assert.equal(await here.database.ledger(), row, "a heartbeat doesn't write the call's row");
});

test("a heartbeat is refused after the mentorship has ended", async () => {
  const id = await start(ada);
  await here.sql("UPDATE mentorships SET status = 'ended' WHERE id = $1", [people.adaAndBen]);
  try {
    const { status, json } = await beat(ada, id);
    assert.equal(status, 403);
    assert.equal(json.code, "mentorship_not_active");
    assert.equal((await post(here.nginx, "leave", ada, { callId: id })).status, 200);
  } finally {
    await here.sql("UPDATE mentorships SET status = 'active' WHERE id = $1", [people.adaAndBen]);
  }
});

test("a page learns that the other side came, left, came back and ended", async () => {
  const id = await start(ada);
  const roles = (json) => json.participants.map(({ role, leftAt }) => `${role} ${leftAt === null ? "there" : "left"}`);
  assert.deepEqual(roles((await beat(ada, id)).json), ["instructor there"]);
  await start(ben);
  const { json } = await beat(ada, id);
  assert.deepEqual(roles(json), ["instructor there", "mentee there"]);
  assert.deepEqual(json.participants.map(({ name }) => name), ["Ada Instructor", "Ben Mentee"]);
  await post(here.nginx, "leave", ben, { callId: id });
  assert.deepEqual(roles((await beat(ada, id)).json), ["instructor there", "mentee left"]);
  await start(ben);
  assert.deepEqual(roles((await beat(ada, id)).json), ["instructor there", "mentee there"]);
  await post(here.nginx, "end", ben, { callId: id });
  const ended = (await beat(ada, id)).json;
  assert.equal(ended.status, "ended");
  assert.deepEqual(roles(ended), ["instructor left", "mentee left"]);
});

test("a heartbeat in a call that is over changes nothing", async () => {
  const id = await start(ada);
  await post(here.nginx, "end", ada, { callId: id });
  const before = await here.database.ledger();
  assert.equal((await beat(ada, id)).json.status, "ended");
  assert.equal(await here.database.ledger(), before);
});

test("a heartbeat doesn't make someone join who never came", async () => {
  const id = await start(ada);
  const { json } = await beat(ben, id);
  assert.deepEqual(json.participants.map(({ role }) => role), ["instructor"]);
  assert.equal((await call()).participants.mentee, null);
});

test("a heartbeat just after a leave doesn't bring the participant back, a later one does", async () => {
  const id = await start(ada);
  await start(ben);
  await post(here.nginx, "leave", ben, { callId: id });
  await beat(ben, id);
  assert.ok((await call()).participants.mentee.leftAt);
  await here.sql("UPDATE video_call.presence SET left_at = now() - interval '11 s' WHERE role = 'mentee'");
  await beat(ben, id);
  const { mentee } = (await call()).participants;
  assert.equal(mentee.leftAt, null);
  assert.equal(mentee.visits.length, 2);
});

test("a participant whose heartbeats stop counts as left when last seen", async () => {
  const id = await start(ada);
  await start(ben);
  await beat(ben, id);
  await silence("mentee", 119);
  assert.equal((await beat(ada, id)).json.participants[1].leftAt, null);
  await silence("mentee", 125);
  const { json } = await beat(ada, id);
  assert.equal(json.participants[1].leftAt, (await here.database.presence("mentee")).last_seen_at.toISOString());
  const { calls } = (await get(here.nginx, "history", ada)).json;
  assert.equal(calls[0].participants[1].leftAt, json.participants[1].leftAt);
});

test("a participant who never sent heartbeats doesn't count as silent", async () => {
  const id = await start(ada);
  await start(ben);
  await silence("mentee", 3600);
  assert.equal((await beat(ada, id)).json.participants[1].leftAt, null);
});

test("a participant who comes back after silence starts a new visit", async () => {
  const id = await start(ada);
  await start(ben);
  await beat(ben, id);
  await silence("mentee", 300);
  const seen = (await here.database.presence("mentee")).last_seen_at.toISOString();
  await beat(ben, id);
  const { mentee } = (await call()).participants;
  assert.equal(mentee.leftAt, null);
  assert.deepEqual(mentee.visits.map(({ leftAt }) => leftAt), [seen, null]);
});

test("a stranger and an unknown call are refused", async () => {
  const id = await start(ada);
  assert.equal((await beat(carl, id)).json.code, "not_a_participant");
  assert.equal((await beat(ada, people.ofNothing)).json.code, "call_not_found");
});

test("the janitor closes stale calls, logs why, and leaves live ones alone", async () => {
  await here.sql(
    `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, start_time, last_sign_at, participants)
     SELECT m.id, m.instructor_id, m.mentee_id, now() - interval '6 h', now() - v.silent, '{}'
       FROM (VALUES ($1::uuid, interval '125 s'), ($2::uuid, interval '5 h'), ($3::uuid, interval '3 h')) AS v (id, silent)
       JOIN mentorships m ON m.id = v.id`,
    [people.adaAndBen, people.graceAndBen, people.adaAndGrace],
  );
  await here.sql(
    `INSERT INTO video_call.presence (call_id, role, discord_id, joined_at, last_seen_at, sends_heartbeats)
     SELECT id, 'instructor', $2, start_time, last_sign_at, true FROM video_calls WHERE mentorship_id = $1`,
    [people.adaAndBen, people.ada],
  );
  const pools = await Promise.all([1, 2].map(() => aside(here.database, { VIDEO_CALL_JANITOR_INTERVAL_SEC: "1" })));
  try {
    await until("two calls are closed", async () => (await here.sql("SELECT FROM video_calls WHERE status = 'failed'")).length === 2);
    const rows = await here.sql("SELECT *, end_time = last_sign_at AS by_rule FROM video_calls WHERE status = 'failed'");
    assert.ok(rows.every(({ by_rule }) => by_rule));
    assert.deepEqual(rows.map(({ duration_seconds }) => duration_seconds).sort((a, b) => a - b), [3600, 6 * 3600 - 125]);
    assert.equal((await here.sql("SELECT status FROM video_calls WHERE mentorship_id = $1", [people.adaAndGrace]))[0].status, "active");
    const lines = () => pools.flatMap(({ pool }) => pool.log.filter(({ event }) => event === "stale_call_closed"));
    await until("both are logged", () => lines().length === 2);
    assert.deepEqual(new Set(lines().map(({ reason }) => reason)), new Set(["its heartbeats stopped", "no sign of life"]));
  } finally {
    await Promise.all(pools.map(({ close }) => close()));
  }
});

test("a janitor that dies is replaced, and a reload gives it new settings", async () => {
  const beside = await aside(here.database, { VIDEO_CALL_JANITOR_INTERVAL_SEC: "3600" });
  try {
    assert.equal((await get(beside, "healthz")).status, 200);
    beside.pool.signal("SIGHUP");
    await until("the janitor has ended", () => beside.pool.logText.includes('"janitor_ended"'));
  } finally {
    await beside.close();
  }
});
