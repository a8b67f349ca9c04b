import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { get, post } from "./harness/client.mjs";
import { createDatabase } from "./harness/database.mjs";
import { startNginx } from "./harness/nginx.mjs";
import * as people from "./harness/people.mjs";
import { startPgbouncer } from "./harness/pgbouncer.mjs";
import { settings, startPool } from "./harness/pool.mjs";
import { killAll, until } from "./harness/process.mjs";

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

/** Runs the test body with a pool of four workers that reaches the database through PgBouncer. */
async function through(mode, connections, body) {
  const bouncer = await startPgbouncer(mode, connections);
  const pool = await startPool(settings({ url: bouncer.url(database) }, { VIDEO_CALL_JANITOR_INTERVAL_SEC: "1" }), { workers: 4 });
  const nginx = await startNginx(pool.socket);
  try {
    await database.sql("TRUNCATE video_calls CASCADE");
    await body(nginx, pool);
  } finally {
    await nginx.stop();
    await pool.stop();
    await bouncer.stop();
  }
}

async function holdCalls(nginx, count) {
  for (let number = 0; number < count; number++) {
    const { callId } = (await post(nginx, "start", ada, mine)).json;
    const answers = await Promise.all([
      ...Array.from({ length: 8 }, () => post(nginx, "start", number % 2 ? ada : ben, mine)),
      ...Array.from({ length: 8 }, () => post(nginx, "token", ben, mine)),
      ...Array.from({ length: 8 }, () => post(nginx, "heartbeat", ben, { callId })),
      get(nginx, "mentorships", ben),
      get(nginx, "history", ben),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).filter((status) => status !== 200), []);
    assert.equal((await post(nginx, "end", ben, { callId })).status, 200);
  }
  const rows = await database.sql("SELECT status, count(*)::int FROM video_calls GROUP BY status");
  assert.deepEqual(rows, [{ status: "ended", count }]);
}

test("calls work through a pooler in transaction mode", () => through("transaction", 2, (nginx) => holdCalls(nginx, 10)));

test("calls work through a pooler in session mode", () => through("session", 8, (nginx) => holdCalls(nginx, 10)));

test("with fewer server connections than workers, workers with one serve, and no request is refused", () =>
  through("session", 2, (nginx) => holdCalls(nginx, 10)));

test("no named statement is left behind in a server connection", () =>
  through("transaction", 1, async (nginx, pool) => {
    await holdCalls(nginx, 2);
    assert.equal(pool.log.filter(({ level }) => level === "error").length, 0, pool.logText);
  }));

test("the janitor works through a pooler too", () =>
  through("transaction", 1, async (nginx) => {
    await post(nginx, "start", ada, mine);
    await database.age({ started: "9 h", lastSign: "5 h" });
    await until("the janitor has closed the call", async () => (await database.sql("SELECT FROM video_calls WHERE status = 'failed'")).length === 1);
  }));
