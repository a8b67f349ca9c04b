import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand({ workers: 4 });
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const start = (cookie, mentorshipId = people.adaAndBen, nginx = here.nginx) => post(nginx, "start", cookie, { mentorshipId });
const calls = () => here.sql("SELECT * FROM video_calls ORDER BY start_time");

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("the instructor opens a call", async () => {
  const { status, json } = await start(ada);
  assert.equal(status, 200);
  assert.equal(json.resumed, false);
  assert.equal(json.mentorshipId, people.adaAndBen);
  const [call] = await calls();
  assert.equal(call.id, json.callId);
  assert.equal(call.status, "active");
  assert.equal(call.start_time.toISOString(), json.startTime);
  assert.equal(call.instructor_id, "a0000000-0000-4000-8000-000000000001");
  assert.equal(call.mentee_id, "b0000000-0000-4000-8000-000000000001");
  assert.equal(call.participants.instructor.discordId, people.ada);
  assert.equal(call.participants.mentee, null);
});

test("the instructor's second start resumes the same call", async () => {
  const first = await start(ada);
  const second = await start(ada);
  assert.equal(second.json.callId, first.json.callId);
  assert.equal(second.json.startTime, first.json.startTime);
  assert.equal(second.json.resumed, true);
  assert.equal((await calls()).length, 1);
});

test("the mentee joins the active call", async () => {
  const { json } = await start(ada);
  const joined = await start(ben);
  assert.equal(joined.status, 200);
  assert.equal(joined.json.callId, json.callId);
  assert.equal(joined.json.resumed, true);
  const [call] = await calls();
  assert.equal(call.participants.mentee.discordId, people.ben);
  assert.ok(call.participants.mentee.joinedAt);
});

test("a mentee who comes first opens the call, and the instructor joins it", async () => {
  const { status, json } = await start(ben);
  assert.equal(status, 200);
  assert.equal(json.resumed, false);
  const joined = await start(ada);
  assert.equal(joined.json.callId, json.callId);
  assert.equal(joined.json.resumed, true);
});

test("with VIDEO_CALL_STUDENT_START off, a mentee waits for the instructor, and a stale call is closed", async () => {
  const nginx = await aside(here.database, { VIDEO_CALL_STUDENT_START: "off" });
  try {
    const { status, json } = await start(ben, people.adaAndBen, nginx);
    assert.equal(status, 409);
    assert.equal(json.code, "call_not_started");
    assert.deepEqual(await calls(), []);
    await start(ada);
    await here.database.age({ started: "5 h", lastSign: "5 h" });
    assert.equal((await start(ben, people.adaAndBen, nginx)).status, 409);
    assert.equal((await calls())[0].status, "failed");
  } finally {
    await nginx.close();
  }
});

test("a start after an end opens a new call", async () => {
  const { json } = await start(ada);
  await post(here.nginx, "end", ada, { callId: json.callId });
  const again = await start(ada);
  assert.notEqual(again.json.callId, json.callId);
  assert.equal(again.json.resumed, false);
});

test("200 simultaneous starts give one row and one callId", async () => {
  const answers = await Promise.all(Array.from({ length: 200 }, () => start(ada)));
  assert.ok(answers.every(({ status }) => status === 200));
  assert.equal(new Set(answers.map(({ json }) => json.callId)).size, 1);
  assert.equal(answers.filter(({ json }) => !json.resumed).length, 1);
  assert.equal((await calls()).length, 1);
});

test("an instructor and a mentee who start simultaneously end up in one call", async () => {
  for (let round = 0; round < 10; round++) {
    await here.sql("TRUNCATE video_calls CASCADE");
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => start(at % 2 ? ada : ben)));
    const joined = answers.filter(({ status }) => status === 200);
    assert.ok(answers.every(({ status }) => status === 200 || status === 409));
    assert.equal(new Set(joined.map(({ json }) => json.callId)).size, 1);
    assert.equal((await calls()).length, 1);
  }
});

test("200 simultaneous starts on a stale call close it once and open one call", async () => {
  await start(ada);
  await here.database.age({ started: "6 h", lastSign: "5 h" });
  const answers = await Promise.all(Array.from({ length: 200 }, () => start(ada)));
  assert.equal(new Set(answers.map(({ json }) => json.callId)).size, 1);
  const [stale, fresh, ...others] = await calls();
  assert.equal(stale.status, "failed");
  assert.equal(fresh.status, "active");
  assert.deepEqual(others, []);
});

test("a stale call is closed as failed, and its last sign of life is its end", async () => {
  const first = await start(ada);
  await here.database.age({ started: "6 h", lastSign: "5 h" });
  const second = await start(ada);
  assert.equal(second.json.resumed, false);
  assert.notEqual(second.json.callId, first.json.callId);
  const [stale] = await calls();
  assert.equal(stale.status, "failed");
  assert.equal(stale.end_time.toISOString(), stale.last_sign_at.toISOString());
  assert.equal(stale.duration_seconds, 3600);
});

test("a call without heartbeats is not stale within four hours", async () => {
  const first = await start(ada);
  await here.database.age({ started: "6 h", lastSign: "3 h 59 min" });
  assert.equal((await start(ada)).json.callId, first.json.callId);
});

test("a call that has had heartbeats is stale after two minutes without", async () => {
  const first = await start(ada);
  await post(here.nginx, "heartbeat", ada, { callId: first.json.callId });
  await here.database.age({ lastSign: "115 s" });
  assert.equal((await start(ada)).json.callId, first.json.callId);
  await here.database.age({ lastSign: "125 s" });
  assert.notEqual((await start(ada)).json.callId, first.json.callId);
});

test("both timeouts for stale calls are settings", async () => {
  const nginx = await aside(here.database, {
    VIDEO_CALL_STALE_WITHOUT_HEARTBEAT_SEC: "60",
    VIDEO_CALL_STALE_AFTER_HEARTBEAT_SEC: "10",
  });
  try {
    const first = await start(ada, people.adaAndBen, nginx);
    await here.database.age({ lastSign: "61 s" });
    const second = await start(ada, people.adaAndBen, nginx);
    assert.notEqual(second.json.callId, first.json.callId);
    await post(nginx, "heartbeat", ada, { callId: second.json.callId });
    await here.database.age({ lastSign: "11 s" });
    assert.notEqual((await start(ada, people.adaAndBen, nginx)).json.callId, second.json.callId);
  } finally {
    await nginx.close();
  }
});

test("a call written by an older program, without our columns, is accepted", async () => {
  const [{ id }] = await here.sql(
    `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, participants, last_sign_at)
     VALUES ($1, 'a0000000-0000-4000-8000-000000000001', 'b0000000-0000-4000-8000-000000000001',
     '{"instructor": {"discordId": "100000000000000001", "joinedAt": "2026-01-31T18:04:05.123Z"}}', NULL) RETURNING id`,
    [people.adaAndBen],
  );
  const { json } = await start(ada);
  assert.equal(json.callId, id);
  const [call] = await calls();
  assert.equal(call.participants.instructor.joinedAt, "2026-01-31T18:04:05.123Z");
});

test("participants in an unexpected form don't break a start", async () => {
  for (const participants of ["[]", "null", '"text"', '{"instructor": 7, "mentee": []}', '{"instructor": {"joinedAt": 5}}']) {
    await here.sql("TRUNCATE video_calls CASCADE");
    await start(ada);
    await here.sql("UPDATE video_calls SET participants = $1::jsonb", [participants]);
    assert.equal((await start(ada)).status, 200, participants);
    const [call] = await calls();
    assert.equal(call.participants.instructor.discordId, people.ada);
  }
});

test("a stranger, an ended mentorship and an unknown mentorship are refused and write nothing", async () => {
  const carl = await people.cookie(people.carl);
  assert.equal((await start(carl)).json.code, "not_a_participant");
  assert.equal((await start(carl, people.endedOfCarl)).json.code, "mentorship_not_active");
  assert.equal((await start(ada, people.endedOfCarl)).json.code, "mentorship_not_active");
  assert.equal((await start(ada, people.ofNothing)).json.code, "mentorship_not_found");
  assert.deepEqual(await calls(), []);
});
