import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { get, post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const grace = await people.cookie(people.grace);
const list = async (cookie) => (await get(here.nginx, "mentorships", cookie)).json.mentorships;
const start = async (cookie, mentorshipId) => (await post(here.nginx, "start", cookie, { mentorshipId })).json;

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("a person who is an instructor in some mentorships and a mentee in others sees both", async () => {
  const mentorships = await list(grace);
  assert.deepEqual(new Map(mentorships.map(({ id, role, status, counterpart }) => [id, `${role} ${status} ${counterpart.name}`])), new Map([
    [people.graceAndBen, "instructor active Ben Mentee"],
    [people.cancelledOfCarl, "instructor cancelled carl"],
    [people.adaAndGrace, "mentee active Ada Instructor"],
  ]));
  assert.ok(mentorships.every(({ activeCall }) => activeCall === null));
});

test("a mentee who never linked a Discord account is shown as unable to join", async () => {
  const names = (mentorships, canJoin) => mentorships.filter(({ counterpart }) => counterpart.canJoin === canJoin).map(({ counterpart }) => counterpart.name).sort();
  assert.deepEqual(names(await list(ada), false), ["Dora Mentee"]);
  assert.deepEqual(names(await list(ada), true), ["Ben Mentee", "Grace as a Mentee", "carl"]);
  assert.deepEqual(names(await list(ben), false), []);
});

test("the active call is shown, with who is in it", async () => {
  const { callId, startTime } = await start(ada, people.adaAndBen);
  assert.deepEqual((await list(ben))[0].activeCall, { callId, startTime, instructorPresent: true, menteePresent: false });
  await start(ben, people.adaAndBen);
  assert.equal((await list(ada))[0].activeCall.menteePresent, true);
  await post(here.nginx, "leave", ada, { callId });
  const { instructorPresent, menteePresent } = (await list(ben))[0].activeCall;
  assert.deepEqual([instructorPresent, menteePresent], [false, true]);
  await post(here.nginx, "end", ben, { callId });
  assert.equal((await list(ben))[0].activeCall, null);
});

test("a stale call isn't shown as active", async () => {
  await start(ada, people.adaAndBen);
  await here.database.age({ started: "9 h", lastSign: "5 h" });
  assert.equal((await list(ben))[0].activeCall, null);
});

test("mentorships with the newest activity come first", async () => {
  const grown = await start(grace, people.graceAndBen);
  await post(here.nginx, "end", grace, { callId: grown.callId });
  assert.deepEqual((await list(ben)).map(({ id }) => id), [people.graceAndBen, people.adaAndBen]);
  await start(ada, people.adaAndBen);
  assert.deepEqual((await list(ben)).map(({ id }) => id), [people.adaAndBen, people.graceAndBen]);
});

test("a person in no mentorship gets an empty list, and a person without a session gets 401", async () => {
  assert.deepEqual(await list(await people.cookie(people.nobody)), []);
  assert.equal((await get(here.nginx, "mentorships")).status, 401);
});

test("the cost of the list doesn't grow with past calls", async () => {
  await here.sql(
    `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, duration_seconds, status, participants)
     SELECT m.id, m.instructor_id, m.mentee_id, now() - n * interval '1 h', now() - n * interval '1 h' + interval '1 min', 60, 'ended', '{}'
       FROM mentorships m, generate_series(1, 20000) AS n WHERE m.id = $1`,
    [people.adaAndBen],
  );
  await here.sql("ANALYZE video_calls");
  await list(ben);
  const buffers = async () => {
    const [{ blocks }] = await here.sql("SELECT heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read AS blocks FROM pg_statio_user_tables WHERE relname = 'video_calls'");
    return Number(blocks);
  };
  await here.sql("SELECT pg_stat_force_next_flush()");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const before = await buffers();
  for (let round = 0; round < 20; round++) await list(ben);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await list(ben);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const used = (await buffers()) - before;
  assert.ok(used < 21 * 150, `${used} blocks for 21 lists: ${20000} past calls were read`);
});
