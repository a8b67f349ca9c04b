// What stays in a worker's memory after a request and its response: nothing with which someone
// could impersonate the caller.
import assert from "node:assert/strict";
import { test } from "node:test";
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { openSync, readFileSync, readSync, closeSync } from "node:fs";
import net from "node:net";
import { get, post } from "./harness/client.mjs";
import { program as callctl } from "./harness/ctl.mjs";
import * as people from "./harness/people.mjs";
import { settings, startPool } from "./harness/pool.mjs";
import { start } from "./harness/process.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand({ workers: 1 });
const skip =
  (process.getuid() !== 0 && "only root may read a worker's memory") ||
  (process.env.ASAN_OPTIONS && "sanitizers keep freed memory");

/** All of a process's writable memory, the only place where data of a request could be. */
function writableMemory(pid) {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  const parts = [];
  for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
    const [, from, to, rights] = line.match(/^([0-9a-f]+)-([0-9a-f]+) (\S+)/) ?? [];
    if (!rights?.startsWith("rw")) continue;
    const [begin, end] = [from, to].map((text) => parseInt(text, 16));
    const bytes = Buffer.alloc(end - begin);
    const read = readSync(memory, bytes, 0, bytes.length, begin);
    parts.push(bytes.subarray(0, read));
  }
  closeSync(memory);
  return Buffer.concat(parts);
}

/** The pool's children; the janitor is recognised by its process name. */
const children = (pool) =>
  readFileSync(`/proc/${pool.pid}/task/${pool.pid}/children`, "utf8")
    .trim()
    .split(" ")
    .map((pid) => ({ pid, isJanitor: readFileSync(`/proc/${pid}/comm`, "utf8") === "vc-janitor\n" }));
const workerOf = (pool) => children(pool).find(({ isJanitor }) => !isJanitor).pid;

const lockedKilobytes = (pid) => Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmLck:\s+(\d+) kB/m)[1]);

/** The 24-byte pieces of the text that are found in the memory. */
const pieces = (memory, text) =>
  Array.from({ length: Math.floor(text.length / 24) }, (_, at) => text.slice(at * 24, at * 24 + 24)).filter((piece) => memory.includes(piece));

test("the session secret, which is still needed, is found in memory", { skip }, () => {
  assert.ok(writableMemory(workerOf(here.pool)).includes(people.sessionSecret));
});

for (const [name, more] of [
  ["", {}],
  [", also one of several kilobytes", { filler: "f".repeat(3000) }],
])
  test(`no cookie, claim, token or body is left in memory after a request${name}`, { skip }, async () => {
    const claim = "a-claim-that-nothing-else-in-memory-looks-like-7319";
    const stray = "another-cookie-that-nothing-else-looks-like-55021";
    const note = "a-member-of-the-body-that-nothing-else-looks-like-90125";
    const session = await people.sessionToken(people.ada, { email: claim, ...more });
    const cookie = `tracker=${stray}; ${people.cookieName}=${session}`;
    const { status, json } = await post(here.nginx, "token", cookie, { mentorshipId: people.adaAndBen, note });
    assert.equal(status, 200);
    const memory = writableMemory(workerOf(here.pool));
    const found = { cookie: pieces(memory, session), claim: pieces(memory, claim), token: pieces(memory, json.token), stray: pieces(memory, stray), note: pieces(memory, note) };
    assert.deepEqual(found, { cookie: [], claim: [], token: [], stray: [], note: [] });
  });

test("no refused session, refused assertion or other site's long cookie is left in memory", { skip }, async () => {
  const session = await people.sessionToken(people.ada, { secret: "another secret" });
  assert.equal((await post(here.nginx, "token", `${people.cookieName}=${session}`, {})).status, 401);
  const assertion = "an-assertion-that-nothing-else-in-memory-looks-like";
  assert.equal((await get(here.nginx, "history", undefined, { Authorization: `Bearer ${assertion}` })).status, 401);
  // No later request needs as much space.
  const long = randomBytes(2500).toString("hex");
  assert.equal((await get(here.nginx, "history", `tracker=${long}`)).status, 401);
  const memory = writableMemory(workerOf(here.pool));
  assert.deepEqual([...pieces(memory, session), ...pieces(memory, assertion), ...pieces(memory, long)], []);
});

test("every child of the pool keeps its parent's secrets locked in memory", { skip }, () => {
  const parent = lockedKilobytes(here.pool.pid);
  assert.ok(parent > 0);
  for (const { pid } of children(here.pool)) assert.ok(lockedKilobytes(pid) >= parent, `${lockedKilobytes(pid)} kB of ${parent}`);
});

// root without its capabilities, so like an ordinary user.
const unprivileged = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"];
const canBeRead = (pid) => spawnSync(unprivileged[0], [...unprivileged.slice(1), "head", "-c", "1", `/proc/${pid}/environ`]).status === 0;

test("processes of the same user can't read the pool's memory unless it's debuggable", { skip }, async () => {
  for (const [args, expected] of [
    [[], false],
    [["--debuggable"], true],
  ]) {
    const pool = await startPool(settings(here.database), { workers: 1, wrapper: unprivileged, args });
    try {
      for (const { pid } of [pool, ...children(pool)]) assert.equal(canBeRead(pid), expected);
    } finally {
      await pool.stop();
    }
  }
});

test("nor can it read video-callctl's", { skip }, async () => {
  const silent = net.createServer();
  await new Promise((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const self = start(unprivileged[0], [...unprivileged.slice(1), callctl, "stats", `http://127.0.0.1:${silent.address().port}`]);
  try {
    const [connection] = await once(silent, "connection");
    assert.equal(canBeRead(self.pid), false);
    connection.destroy();
    await self.ended;
  } finally {
    self.child.kill();
    silent.close();
  }
});
