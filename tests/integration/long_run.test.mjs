import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { get, post } from "./harness/client.mjs";
import { createDatabase } from "./harness/database.mjs";
import { startNginx } from "./harness/nginx.mjs";
import * as people from "./harness/people.mjs";
import { settings, startPool } from "./harness/pool.mjs";
import { killAll } from "./harness/process.mjs";

const isSanitized = Boolean(process.env.ASAN_OPTIONS);
const requests = Number(process.env.VIDEO_CALL_LONG_RUN ?? 10000);

let database;
before(async () => {
  database = await createDatabase();
});
after(async () => {
  await database.drop();
  killAll();
});

const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const mine = { mentorshipId: people.adaAndBen };

/** Sends `count` requests of every kind, including refused ones, eight at a time. */
async function load(nginx, count) {
  const { callId } = (await post(nginx, "start", ada, mine)).json;
  const kinds = [
    () => post(nginx, "token", ada, mine),
    () => post(nginx, "heartbeat", ben, { callId }),
    () => post(nginx, "start", ben, mine),
    () => get(nginx, "mentorships", ben),
    () => get(nginx, "history?limit=5", ada),
    () => post(nginx, "leave", ben, { callId }),
    () => post(nginx, "token", "next-auth.session-token=x", mine),
    () => post(nginx, "start", ada, "{"),
    () => get(nginx, "history?cursor=zz", ada),
  ];
  let next = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (next < count) await kinds[next++ % kinds.length]();
    }),
  );
}

const workerOf = (pool) => [...pool.workers].find((pid) => pool.log.some((line) => line.pid === pid && line.event === "request"));
const privateKib = (pid) => Number(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(/^Private_Dirty:\s+(\d+)/m)[1]);
/** The fewest over several reads, because a response arrives just before its connection is closed. */
async function descriptors(pid) {
  let fewest = Infinity;
  for (let looks = 0; looks < 10; looks++) {
    fewest = Math.min(fewest, readdirSync(`/proc/${pid}/fd`).length);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return fewest;
}

test(`${requests} requests through one worker don't grow its memory or descriptors`, { skip: isSanitized && "sanitizers keep freed memory" }, async () => {
  const pool = await startPool(settings(database, { VIDEO_CALL_LOG_LEVEL: "info" }), { workers: 1 });
  const nginx = await startNginx(pool.socket);
  try {
    await load(nginx, 2000);
    const worker = workerOf(pool);
    const before = { kib: privateKib(worker), descriptors: await descriptors(worker) };
    await load(nginx, requests);
    const after = { kib: privateKib(worker), descriptors: await descriptors(worker) };
    console.log(`# ${requests} requests: ${before.kib} to ${after.kib} KiB, ${before.descriptors} to ${after.descriptors} descriptors`);
    assert.equal(workerOf(pool), worker, "the worker must be the same one");
    assert.ok(after.kib - before.kib <= 64, `${before.kib} to ${after.kib} KiB`);
    assert.ok(after.descriptors <= before.descriptors, `${before.descriptors} to ${after.descriptors}`);
  } finally {
    await nginx.stop();
    await pool.stop();
  }
});

test("valgrind finds no errors in a pool that serves every kind of request", { skip: isSanitized && "sanitizers and valgrind can't be combined" }, async () => {
  // The check of the socket leaves as another user, who can't remove vgdb's pipes.
  const valgrind = ["valgrind", "-q", "--vgdb=no", "--trace-children=yes", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect", "--error-exitcode=9"];
  const pool = await startPool(settings(database, { VIDEO_CALL_JANITOR_INTERVAL_SEC: "1", VIDEO_CALL_REQUEST_TIMEOUT_MS: "9000" }), { workers: 1, wrapper: valgrind });
  const nginx = await startNginx(pool.socket);
  try {
    await load(nginx, 300);
  } finally {
    await nginx.stop();
    const { code } = await pool.stop("SIGTERM", 30000);
    assert.equal(code, 0, pool.logText.slice(-3000));
    assert.doesNotMatch(pool.logText, /^==\d+==/m);
    assert.doesNotMatch(pool.logText, /exit status [^0]/);
  }
});
