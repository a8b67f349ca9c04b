import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { after, before, test } from "node:test";
import { get, post } from "./harness/client.mjs";
import { createDatabase } from "./harness/database.mjs";
import { startNginx } from "./harness/nginx.mjs";
import * as people from "./harness/people.mjs";
import { settings, startPool } from "./harness/pool.mjs";
import { killAll } from "./harness/process.mjs";

const multiarch = readdirSync("/usr/lib").find((name) => existsSync(`/usr/lib/${name}/faketime`));
const library = `/usr/lib/${multiarch}/faketime/libfaketime.so.1`;

// libfaketime is preloaded, and a sanitizer's runtime must come first.
const skip = process.env.ASAN_OPTIONS ? "not with sanitizers" : false;

let database;
before(async () => {
  database = await createDatabase();
});
after(async () => {
  await database.drop();
  killAll();
});

for (const offset of ["+3600", "-3600"])
  test(`a worker whose clock is ${offset} s off doesn't change times in the ledger`, { skip }, async () => {
    await database.sql("TRUNCATE video_calls CASCADE");
    const faked = { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
    const pool = await startPool(settings(database, { ...faked, VIDEO_CALL_JANITOR_INTERVAL_SEC: "1" }));
    const nginx = await startNginx(pool.socket);
    const [ada, ben] = await Promise.all([people.ada, people.ben].map((id) => people.cookie(id, { maxAge: 86400 })));
    const mine = { mentorshipId: people.adaAndBen };
    try {
      const { callId, startTime } = (await post(nginx, "start", ada, mine)).json;
      await post(nginx, "start", ben, mine);
      await post(nginx, "heartbeat", ben, { callId });
      await post(nginx, "leave", ben, { callId });
      const { endTime, durationSeconds } = (await post(nginx, "end", ada, { callId })).json;
      const { expiresAt } = (await post(nginx, "token", ada, mine)).json;
      const near = (text) => assert.ok(Math.abs(Date.parse(text) - Date.now()) < 20000, text);
      near(startTime);
      near(endTime);
      near(new Date(Date.parse(expiresAt) - 86400e3).toISOString());
      assert.ok(durationSeconds < 20);
      const [row] = await database.sql("SELECT * FROM video_calls");
      for (const name of ["start_time", "end_time", "created_at", "updated_at", "last_sign_at"]) near(row[name].toISOString());
      for (const side of Object.values(row.participants)) near(side.joinedAt);
      near((await database.presence("instructor")).last_seen_at.toISOString());
      near((await get(nginx, "history", ada)).json.calls[0].participants[1].leftAt);
      assert.ok(pool.log.some(({ time }) => Math.abs(Date.parse(time) - Date.now()) > 3000e3), "its clock is off");
    } finally {
      await nginx.stop();
      await pool.stop();
    }
  });
