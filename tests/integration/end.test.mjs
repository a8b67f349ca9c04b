import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand({ workers: 4 });
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const carl = await people.cookie(people.carl);
const end = (cookie, callId, more = {}) => post(here.nginx, "end", cookie, { callId, ...more });
const started = async () => (await post(here.nginx, "start", ada, { mentorshipId: people.adaAndBen })).json.callId;

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("the instructor ends the call", async () => {
  const id = await started();
  const { status, json } = await end(ada, id);
  assert.equal(status, 200);
  const [call] = await here.sql("SELECT * FROM video_calls");
  assert.equal(call.status, "ended");
  assert.equal(call.end_time.toISOString(), json.endTime);
  assert.equal(call.duration_seconds, json.durationSeconds);
});

test("the mentee can end the call too", async () => {
  assert.equal((await end(ben, await started())).status, 200);
});

test("the duration is computed by the database", async () => {
  const id = await started();
  await here.sql("UPDATE video_calls SET start_time = now() - interval '1 h 1 s'");
  assert.equal((await end(ada, id)).json.durationSeconds, 3601);
});

test("ending an ended call changes nothing and returns the same figures", async () => {
  const id = await started();
  const first = await end(ada, id);
  const before = await here.database.ledger();
  const second = await end(ben, id);
  assert.deepEqual(second.json, first.json);
  assert.equal(await here.database.ledger(), before);
});

test("ending a failed call changes nothing and returns its figures", async () => {
  const id = await started();
  await here.sql("UPDATE video_calls SET status = 'failed', end_time = start_time + interval '9 s', duration_seconds = 9");
  const { json } = await end(ada, id);
  assert.equal(json.durationSeconds, 9);
  assert.equal((await here.sql("SELECT status FROM video_calls"))[0].status, "failed");
});

test("50 simultaneous ends return the same figures", async () => {
  const id = await started();
  await here.sql("UPDATE video_calls SET start_time = now() - interval '10 s'");
  const answers = await Promise.all(Array.from({ length: 50 }, (_, at) => end(at % 2 ? ada : ben, id)));
  assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
});

test("an end that waited for another one returns what the other wrote", async () => {
  const id = await started();
  const other = await here.database.connect();
  await other.query("BEGIN");
  await other.query("UPDATE video_calls SET status = 'ended', end_time = start_time + interval '77 s', duration_seconds = 77");
  const answer = end(ada, id);
  await sleep(300);
  await other.query("COMMIT");
  await other.end();
  assert.equal((await answer).json.durationSeconds, 77);
});

test("a call can be ended after its mentorship has ended", async () => {
  const id = await started();
  await here.sql("UPDATE mentorships SET status = 'ended' WHERE id = $1", [people.adaAndBen]);
  try {
    assert.equal((await end(ada, id)).status, 200);
  } finally {
    await here.sql("UPDATE mentorships SET status = 'active' WHERE id = $1", [people.adaAndBen]);
  }
});

test("the extra members that the production page sends are ignored", async () => {
  assert.equal((await end(ada, await started(), { recordingStarted: true })).status, 200);
});

test("a stranger can't end the call", async () => {
  const id = await started();
  const { status, json } = await end(carl, id);
  assert.equal(status, 403);
  assert.equal(json.code, "not_a_participant");
  assert.equal((await here.sql("SELECT status FROM video_calls"))[0].status, "active");
});

test("ending an unknown call gets 404", async () => {
  const { status, json } = await end(ada, people.ofNothing);
  assert.equal(status, 404);
  assert.equal(json.code, "call_not_found");
});
