import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const carl = await people.cookie(people.carl);
const start = async (cookie) => (await post(here.nginx, "start", cookie, { mentorshipId: people.adaAndBen })).json.callId;
const leave = (cookie, callId) => post(here.nginx, "leave", cookie, { callId });
const call = async () => (await here.sql("SELECT * FROM video_calls"))[0];

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("when one participant leaves, the call goes on for the other", async () => {
  const id = await start(ada);
  await start(ben);
  assert.deepEqual((await leave(ben, id)).json, { success: true, status: "active" });
  const { participants, status, end_time } = await call();
  assert.equal(status, "active");
  assert.equal(end_time, null);
  assert.ok(participants.mentee.leftAt);
  assert.equal(participants.mentee.visits.at(-1).leftAt, participants.mentee.leftAt);
  assert.equal(participants.instructor.leftAt, null);
});

test("the last participant to leave ends the call", async () => {
  const id = await start(ada);
  await start(ben);
  await here.sql("UPDATE video_calls SET start_time = now() - interval '10 s'");
  await leave(ben, id);
  assert.equal((await leave(ada, id)).json.status, "ended");
  const row = await call();
  assert.equal(row.status, "ended");
  assert.equal(row.duration_seconds, 10);
  assert.equal(row.participants.instructor.leftAt, row.end_time.toISOString());
});

test("a participant who leaves a call alone ends it", async () => {
  assert.equal((await leave(ada, await start(ada))).json.status, "ended");
});

test("a repeated leave changes nothing", async () => {
  const id = await start(ada);
  await start(ben);
  await leave(ben, id);
  const before = (await call()).participants;
  assert.equal((await leave(ben, id)).json.status, "active");
  assert.deepEqual((await call()).participants, before);
  await leave(ada, id);
  const ended = await here.database.ledger();
  assert.equal((await leave(ada, id)).json.status, "ended");
  assert.equal(await here.database.ledger(), ended);
});

test("a leave by someone who never joined doesn't affect the other participant", async () => {
  const id = await start(ada);
  assert.equal((await leave(ben, id)).json.status, "active");
  assert.equal((await call()).participants.mentee, null);
});

test("coming back starts a new visit and keeps the first joinedAt", async () => {
  const id = await start(ada);
  await start(ben);
  const first = (await call()).participants.mentee;
  await leave(ben, id);
  assert.equal(await start(ben), id);
  const { mentee } = (await call()).participants;
  assert.equal(mentee.joinedAt, first.joinedAt);
  assert.equal(mentee.leftAt, null);
  assert.equal(mentee.visits.length, 2);
  assert.ok(mentee.visits[0].leftAt);
  assert.equal(mentee.visits[1].leftAt, null);
});

test("leaving ends the call if the other participant has gone silent", async () => {
  const id = await start(ada);
  await start(ben);
  await post(here.nginx, "heartbeat", ben, { callId: id });
  await here.sql("UPDATE video_call.presence SET last_seen_at = '2026-01-31' WHERE role = 'mentee'");
  assert.equal((await leave(ada, id)).json.status, "ended");
});

test("two simultaneous leaves end the call once", async () => {
  for (let round = 0; round < 10; round++) {
    await here.sql("TRUNCATE video_calls CASCADE");
    const id = await start(ada);
    await start(ben);
    const answers = await Promise.all([leave(ada, id), leave(ben, id), leave(ada, id), leave(ben, id)]);
    assert.ok(answers.some(({ json }) => json.status === "ended"));
    assert.equal((await call()).status, "ended");
  }
});

test("the time both were in the call can be computed from the visits", async () => {
  const id = await start(ada);
  await start(ben);
  await leave(ben, id);
  await start(ben);
  await leave(ben, id);
  const at = (second) => `2026-01-31T18:00:${String(second).padStart(2, "0")}.000Z`;
  const visits = (...spans) => JSON.stringify(spans.map(([from, to]) => ({ joinedAt: at(from), leftAt: at(to) })));
  await here.sql(
    `UPDATE video_calls SET participants = jsonb_set(jsonb_set(participants, '{instructor,visits}', $1), '{mentee,visits}', $2)`,
    [visits([0, 30], [40, 59]), visits([10, 20], [25, 50])],
  );
  const [{ together }] = await here.sql(
    `SELECT sum(extract(epoch FROM least(i."leftAt", m."leftAt") - greatest(i."joinedAt", m."joinedAt")))::int AS together
       FROM video_calls c,
            jsonb_to_recordset(c.participants->'instructor'->'visits') AS i ("joinedAt" timestamptz, "leftAt" timestamptz),
            jsonb_to_recordset(c.participants->'mentee'->'visits') AS m ("joinedAt" timestamptz, "leftAt" timestamptz)
      WHERE least(i."leftAt", m."leftAt") > greatest(i."joinedAt", m."joinedAt")`,
  );
  assert.equal(together, 10 + 5 + 10);
});

test("a stranger, an unknown call and a missing callId are refused and change nothing", async () => {
  const id = await start(ada);
  const before = await here.database.ledger();
  assert.equal((await leave(carl, id)).json.code, "not_a_participant");
  assert.equal((await leave(ada, people.ofNothing)).json.code, "call_not_found");
  assert.equal((await post(here.nginx, "leave", ada, {})).json.code, "missing_call_id");
  assert.equal((await post(here.nginx, "leave", null, { callId: id })).status, 401);
  assert.equal(await here.database.ledger(), before);
});

test("participants in an unexpected form don't break a leave or a heartbeat", async () => {
  for (const participants of ["[]", "null", '"text"', '{"instructor": 7, "mentee": []}', '{"instructor": {"joinedAt": 5, "visits": 3}}', '{"instructor": {"joinedAt": "2026-01-31T18:04:05.123Z", "leftAt": 4, "visits": [7], "agora": 9}}']) {
    for (const route of ["heartbeat", "leave"]) {
      await here.sql("TRUNCATE video_calls CASCADE");
      const id = await start(ada);
      await here.sql("UPDATE video_calls SET participants = $1::jsonb", [participants]);
      assert.equal((await post(here.nginx, route, ada, { callId: id })).status, 200, `${route} ${participants}`);
    }
  }
});

test("leaving and coming back endlessly doesn't make the row grow endlessly", async () => {
  const id = await start(ada);
  await start(ben);
  for (let at = 0; at < 205; at++) {
    await leave(ben, id);
    await start(ben);
  }
  const { visits, leftAt } = (await call()).participants.mentee;
  assert.equal(visits.length, 200);
  assert.equal(leftAt, null);
  assert.equal(visits.at(-1).leftAt, null);
  assert.ok(visits.slice(0, -1).every((visit) => visit.joinedAt <= visit.leftAt));
  await leave(ben, id);
  const { mentee } = (await call()).participants;
  assert.equal(mentee.visits.at(-1).leftAt, mentee.leftAt);
});
