// The unchanged production portal: its pages request a token, join the
// media, call start from both sides and ignore a refusal, and call end on leaving. They send
// no heartbeats, so they don't learn what the other side did.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { get, post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const mine = { mentorshipId: people.adaAndBen };
const calls = () => here.sql("SELECT * FROM video_calls ORDER BY start_time");
const presence = ({ participants }) => ["instructor", "mentee"].map((role) => [role, participants[role]]).map(([role, side]) => side && `${role} ${side.visits.map(({ leftAt }) => (leftAt ? "left" : "there")).join(", ")}`);

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

/** The requests a page makes when it opens, in order. */
async function enter(cookie) {
  const token = await post(here.nginx, "token", cookie, mine);
  assert.equal(token.status, 200);
  assert.equal(token.json.channelName, people.adaAndBen);
  const started = await post(here.nginx, "start", cookie, mine);
  assert.equal(started.status, 200, started.text);
  return started.json;
}

/** The request it makes when its user leaves. */
async function leave(cookie, callId) {
  const ended = await post(here.nginx, "end", cookie, { callId, recordingStarted: false });
  assert.equal(ended.status, 200, ended.text);
  return ended.json;
}

test("a mentee who comes first and the instructor end up in the same call", async () => {
  const first = await enter(ben);
  assert.equal(first.resumed, false);
  const [waiting] = (await get(here.nginx, "mentorships", ada)).json.mentorships;
  assert.deepEqual(waiting.activeCall, { callId: first.callId, startTime: first.startTime, instructorPresent: false, menteePresent: true });
  const second = await enter(ada);
  assert.deepEqual([second.callId, second.resumed], [first.callId, true]);
  const [row, ...others] = await calls();
  assert.deepEqual(others, []);
  assert.deepEqual(presence(row), ["instructor there", "mentee there"]);
});

test("a mentee who leaves and returns while the instructor stays is in the same call, counted in full", async () => {
  const { callId } = await enter(ada);
  await enter(ben);
  await here.database.age({ started: "10 min", lastSign: "1 min" });
  await leave(ben, callId);
  const [ended] = await calls();
  assert.equal(ended.status, "ended");
  assert.ok(ended.duration_seconds >= 600 && ended.duration_seconds < 660);
  const back = await enter(ben);
  assert.deepEqual([back.callId, back.resumed], [callId, true]);
  const [open, ...others] = await calls();
  assert.deepEqual(others, []);
  assert.deepEqual([open.status, open.end_time, open.duration_seconds], ["active", null, null]);
  assert.deepEqual(presence(open), ["instructor there", "mentee left, there"]);
  await here.sql("UPDATE video_calls SET start_time = now() - interval '1 h'");
  await leave(ada, callId);
  const [closed] = await calls();
  assert.equal(closed.duration_seconds, 3600);
  assert.deepEqual(presence(closed), ["instructor left", "mentee left, left"]);
});

for (const [first, second, names] of [[ada, ben, "the instructor, then the mentee"], [ben, ada, "the mentee, then the instructor"]])
  test(`both leave, ${names}: the first end counts, and the next start is a new call`, async () => {
    const { callId } = await enter(ada);
    await enter(ben);
    const ended = await leave(first, callId);
    const row = await here.database.ledger();
    assert.deepEqual(await leave(second, callId), ended);
    assert.equal(await here.database.ledger(), row);
    const next = await enter(second);
    assert.equal(next.resumed, false);
    assert.notEqual(next.callId, callId);
    assert.deepEqual((await calls()).map(({ status }) => status), ["ended", "active"]);
  });

test("a reloaded page is in the same call and the same visit", async () => {
  const { callId } = await enter(ada);
  await enter(ben);
  const again = await enter(ben);
  assert.deepEqual([again.callId, again.resumed], [callId, true]);
  assert.deepEqual(presence((await calls())[0]), ["instructor there", "mentee there"]);
});

test("an instructor who left and returns finds the mentee in the same call", async () => {
  const { callId } = await enter(ada);
  await enter(ben);
  await leave(ada, callId);
  assert.equal((await enter(ada)).callId, callId);
  assert.deepEqual(presence((await calls())[0]), ["instructor left, there", "mentee there"]);
});

test("an end from half an hour ago is final", async () => {
  const { callId } = await enter(ada);
  await enter(ben);
  await leave(ben, callId);
  await here.sql("UPDATE video_calls SET start_time = now() - interval '2 h', end_time = now() - interval '31 min'");
  assert.notEqual((await enter(ben)).callId, callId);
});

test("an end is final if the pages send heartbeats, since they learn of it", async () => {
  const { callId } = await enter(ada);
  await enter(ben);
  await post(here.nginx, "heartbeat", ada, { callId });
  await leave(ben, callId);
  assert.notEqual((await enter(ben)).callId, callId);
});

test("a call left while it's being recorded doesn't stay 'recording'", async () => {
  await here.sql("ALTER TABLE video_calls ADD COLUMN recording_status text");
  const { callId } = await enter(ada);
  await here.sql("UPDATE video_calls SET recording_status = 'recording'");
  await leave(ada, callId);
  assert.equal((await calls())[0].recording_status, "failed");
  const next = await enter(ada);
  await here.sql("UPDATE video_calls SET recording_status = 'completed' WHERE status = 'active'");
  await leave(ada, next.callId);
  assert.equal((await calls())[1].recording_status, "completed");
});
