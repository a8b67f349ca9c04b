// A worker serves many requests concurrently: a peer or a request never delays another by more
// than its turn, and no request gets another's response.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import net from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { get, post } from "./harness/client.mjs";
import { requestBytes, send } from "./harness/fastcgi.mjs";
import { drip, peers } from "./harness/peers.mjs";
import * as people from "./harness/people.mjs";
import { until } from "./harness/process.mjs";
import { aside, stand } from "./harness/stand.mjs";

// All requests come from one address, within a millisecond.
const unlimited = (text) => text.replaceAll(/burst=\d+/g, "burst=100000");
const here = stand({ workers: 1, nginx: { server: unlimited } });
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const grace = await people.cookie(people.grace);
const healthz = requestBytes([["REQUEST_METHOD", "GET"], ["DOCUMENT_URI", "/api/video-call/healthz"]]);
const gauge = async (name, nginx = here.nginx) => Number((await get(nginx, "metrics")).text.match(new RegExp(`^video_call_${name} (.*)$`, "m"))[1]);
const descriptorCount = (pid) => readdirSync(`/proc/${pid}/fd`).length;

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));
// Anything a failed test leaves open would keep this process alive.
const leftOpen = [];
afterEach(async () => {
  for (const close of leftOpen.splice(0)) await close();
});

/** Starts Ada and Ben's call and locks its row from another session until `release`. */
async function heldCall(nginx) {
  const { callId } = (await post(nginx, "start", ada, { mentorshipId: people.adaAndBen })).json;
  const client = await here.database.connect();
  leftOpen.push(() => client.end());
  await client.query("BEGIN");
  await client.query("SELECT FROM video_calls WHERE id = $1 FOR UPDATE", [callId]);
  return { callId, release: () => client.query("COMMIT") };
}

test("hundreds of concurrent requests through one worker and one connection each get their own response", async () => {
  const mine = [[ada, people.adaAndBen, people.ada], [ben, people.adaAndBen, people.ben], [grace, people.graceAndBen, people.grace], [grace, people.adaAndGrace, people.grace]];
  const { callId } = (await post(here.nginx, "start", ada, { mentorshipId: people.adaAndBen })).json;
  const other = (await post(here.nginx, "start", grace, { mentorshipId: people.graceAndBen })).json.callId;
  await Promise.all(
    Array.from({ length: 800 }, async (_, at) => {
      const [cookie, mentorshipId, discordId] = mine[at % mine.length];
      if (at % 3 === 0) {
        const { status, json } = await post(here.nginx, "token", cookie, { mentorshipId });
        assert.equal(status, 200);
        assert.deepEqual([json.channelName, json.userId], [mentorshipId, discordId]);
      } else if (at % 3 === 1) {
        const [id, names] = at % 2 ? [callId, ["Ada Instructor"]] : [other, ["Grace Instructor"]];
        const { status, json } = await post(here.nginx, "heartbeat", at % 2 ? ada : grace, { callId: id });
        assert.equal(status, 200);
        assert.deepEqual(json.participants.map(({ name }) => name), names);
      } else {
        const refused = await post(here.nginx, "token", cookie, { mentorshipId: people.ofNothing });
        assert.equal(refused.json.code, "mentorship_not_found");
      }
    }),
  );
});

test("peers that idle, drip, send garbage or disconnect don't affect other requests", async () => {
  const [worker] = here.pool.workers;
  const before = descriptorCount(worker);
  for (const [count, behave] of [
    [1000],
    [100, drip(healthz, 20)],
    [100, (socket) => socket.write("GET / HTTP/1.1\r\n\r\n")],
    [100, (socket) => socket.end(healthz.subarray(0, 20))],
  ])
    leftOpen.push(await peers(here.pool.socket, count, { behave }));
  for (let at = 0; at < 50; at++) {
    const { status, json } = await post(here.nginx, "token", ada, { mentorshipId: people.adaAndBen });
    assert.equal(status, 200);
    assert.equal(json.userId, people.ada);
  }
  await until("all peers are dropped", () => descriptorCount(worker) <= before);
});

test("silent peers don't use up request slots", async () => {
  const beside = await aside(here.database, { VIDEO_CALL_REQUESTS: "2" }, { server: unlimited });
  leftOpen.push(beside.close);
  const leave = await peers(beside.pool.socket, 200, { comesBack: true });
  leftOpen.unshift(leave);
  assert.equal(await gauge("requests_in_flight", beside), 1);
  const { status } = await post(beside, "token", ada, { mentorshipId: people.adaAndBen });
  assert.equal(status, 200);
  const [worker] = beside.pool.workers;
  await until("all peers are accepted", () => descriptorCount(worker) > 150);
});

test("a record with false lengths is refused, and the worker survives", async () => {
  const [worker] = here.pool.workers;
  const record = (type, content) => Buffer.concat([Buffer.from([1, type, 0, 1, content.length >> 8, content.length & 255, 0, 0]), content]);
  const lie = Buffer.concat([record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0])), record(4, Buffer.from([0xff, 0xff, 0xff, 0xfe, 1, 65])), record(4, Buffer.alloc(0)), record(5, Buffer.alloc(0))]);
  for (let at = 0; at < 20; at++) assert.equal(await send(here.pool.socket, lie).catch(() => ""), "");
  assert.match(await send(here.pool.socket, healthz), /^Status: 200/);
  assert.deepEqual([...here.pool.workers], [worker]);
});

test("a request that arrives byte by byte gets a response", async () => {
  const answer = await new Promise((resolve, reject) => {
    const socket = net.connect(here.pool.socket).on("error", reject);
    const parts = [];
    socket.on("data", (data) => parts.push(data)).on("close", () => resolve(Buffer.concat(parts).toString()));
    (async () => {
      for (const byte of healthz) {
        socket.write(Buffer.from([byte]));
        await sleep(1);
      }
    })();
  });
  assert.match(answer, /Status: 200/);
});

test("requests beyond a worker's limit wait in the backlog, and none is lost", async () => {
  const beside = await aside(here.database, { VIDEO_CALL_REQUESTS: "4" }, { server: unlimited });
  leftOpen.push(beside.close);
  const answers = await Promise.all(Array.from({ length: 200 }, () => post(beside, "token", ada, { mentorshipId: people.adaAndBen })));
  assert.ok(answers.every(({ status }) => status === 200));
});

test("while one call's row is locked, other requests are served, and the blocked one after the release", async () => {
  const { callId, release } = await heldCall(here.nginx);
  const held = post(here.nginx, "end", ada, { callId });
  for (let at = 0; at < 20; at++) {
    const { status } = await post(here.nginx, "token", grace, { mentorshipId: people.graceAndBen });
    assert.equal(status, 200);
  }
  assert.ok((await gauge("database_asks_in_flight")) >= 1);
  await release();
  assert.equal((await held).status, 200);
});

test("a request for a call whose row stays locked gets 503 with Retry-After in time", async () => {
  const { callId } = await heldCall(here.nginx);
  const { status, json, headers } = await post(here.nginx, "end", ada, { callId });
  assert.deepEqual([status, json.code], [503, "database_unavailable"]);
  assert.ok(headers["retry-after"]);
});

test("requests in flight when a worker is told to stop get their responses", async () => {
  const beside = await aside(here.database, {}, { server: unlimited });
  leftOpen.push(beside.close);
  const { callId, release } = await heldCall(beside);
  const held = Promise.all(Array.from({ length: 20 }, () => post(beside, "end", ada, { callId })));
  await until("all are in flight", async () => (await gauge("database_asks_in_flight", beside)) === 20);
  beside.pool.signal("SIGTERM");
  await beside.pool.line(({ message }) => message === "stopping");
  await release();
  assert.ok((await held).every(({ status }) => status === 200));
});
