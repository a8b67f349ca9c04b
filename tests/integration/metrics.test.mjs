import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { notification, notificationSecret, notify } from "./harness/agora.mjs";
import { get, post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { startNginx } from "./harness/nginx.mjs";
import { privateFolder } from "./harness/places.mjs";
import { settings, startPool } from "./harness/pool.mjs";
import { until } from "./harness/process.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand({ more: { AGORA_NOTIFICATION_SECRET: notificationSecret, VIDEO_CALL_JANITOR_INTERVAL_SEC: "1", VIDEO_CALL_STUDENT_START: "off" } });
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const mine = { mentorshipId: people.adaAndBen };

/** Every sample, keyed by its name and labels as written. */
async function samples(nginx = here.nginx) {
  const { text } = await get(nginx, "metrics");
  const lines = text.split("\n").filter((line) => line && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]));
}
const requests = (route, status, code) => `video_call_requests_total{route="${route}",status="${status}",code="${code}"}`;

/** How much each named sample grows while `deed` runs. */
async function growth(names, deed) {
  const before = await samples();
  await deed();
  const after = await samples();
  return names.map((name) => (after.get(name) ?? 0) - (before.get(name) ?? 0));
}

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("requests are counted by route, status and code, across all workers", async () => {
  const names = [requests("token", 200, "ok"), requests("token", 401, "unauthenticated"), requests("start", 409, "call_not_started"), requests("none", 404, "route_not_found")];
  const grown = await growth(names, async () => {
    for (let at = 0; at < 20; at++) await post(here.nginx, "token", ada, mine);
    for (let at = 0; at < 5; at++) await post(here.nginx, "token", undefined, mine);
    await post(here.nginx, "start", ben, mine);
  });
  assert.deepEqual(grown, [20, 5, 1, 0]);
});

test("tokens are counted by role", async () => {
  const names = ["host", "audience"].map((role) => `video_call_tokens_issued_total{role="${role}"}`);
  const grown = await growth(names, async () => {
    await post(here.nginx, "token", ada, mine);
    await post(here.nginx, "token", ben, mine);
    await post(here.nginx, "token", ben, mine);
  });
  assert.deepEqual(grown, [1, 2]);
});

test("histograms are consistent: buckets are cumulative, and the last equals the count", async () => {
  await post(here.nginx, "token", ada, mine);
  const all = await samples();
  for (const labels of ['route="token",', ""]) {
    const name = labels ? "request_duration_seconds" : "database_duration_seconds";
    const own = [...all].filter(([key]) => key.startsWith(`video_call_${name}_bucket{${labels}le=`)).map(([, value]) => value);
    assert.equal(own.length, 13);
    assert.deepEqual(own, [...own].sort((a, b) => a - b));
    assert.equal(own.at(-1), all.get(`video_call_${name}_count${labels ? `{${labels.slice(0, -1)}}` : ""}`));
    assert.ok(own.at(-1) > 0);
  }
  assert.ok(all.get('video_call_request_duration_seconds_sum{route="token"}') > 0);
});

test("a slow database shows up in its own histogram and in the route's", async () => {
  const buckets = ["database_duration_seconds_bucket{", 'request_duration_seconds_bucket{route="start",'].flatMap((name) => [`video_call_${name}le="0.25"}`, `video_call_${name}le="1"}`]);
  const grown = await growth(buckets, async () => {
    const client = await here.database.connect();
    await client.query("BEGIN; LOCK TABLE video_calls");
    const start = post(here.nginx, "start", ada, mine);
    await new Promise((resolve) => setTimeout(resolve, 400));
    await client.query("COMMIT");
    await start;
    await client.end();
  });
  assert.equal(grown[1] - grown[0], 1);
  assert.equal(grown[3] - grown[2], 1);
});

test("notifications are counted by outcome", async () => {
  const names = ["noted", "ended_call", "no_call", "unknown", "refused"].map((result) => `video_call_agora_notifications_total{result="${result}"}`);
  const grown = await growth(names, async () => {
    const channel = { channelName: people.adaAndBen };
    await notify(here.nginx, notification(103, { ...channel, atSec: 1560408533 }));
    await post(here.nginx, "start", ada, mine);
    const now = Math.ceil(Date.now() / 1000);
    await notify(here.nginx, notification(103, { ...channel, atSec: now, account: people.ada, sequence: 1 }));
    await notify(here.nginx, notification(102, { ...channel, atSec: now + 1 }));
    await notify(here.nginx, notification(999, { ...channel, atSec: now }));
    await notify(here.nginx, "{}", { headers: { "Content-Type": "application/json", "Agora-Signature-V2": "0" } });
  });
  assert.deepEqual(grown, [1, 1, 1, 1, 1]);
});

test("active calls are shown, and stale calls that the janitor closes are counted", async () => {
  await post(here.nginx, "start", ada, mine);
  await until("the janitor has counted the call", async () => (await samples()).get("video_call_active_calls") === 1);
  const closed = (await samples()).get("video_call_stale_calls_closed_total");
  await here.database.age({ started: "1 day", lastSign: "1 day" });
  await until("the janitor has closed it", async () => (await samples()).get("video_call_stale_calls_closed_total") === closed + 1);
  assert.equal((await samples()).get("video_call_active_calls"), 0);
});

test("a dead worker's counts are kept, and its death is counted", async () => {
  const nginx = await aside(here.database, {});
  try {
    for (let at = 0; at < 10; at++) await post(nginx, "token", ada, mine);
    const { pid: victim } = await nginx.pool.line(({ event }) => event === "request");
    process.kill(victim, "SIGKILL");
    await until("the worker's death is logged", () => nginx.pool.logText.includes(`worker ${victim}: killed by SIGKILL`));
    const all = await samples(nginx);
    assert.equal(all.get(requests("token", 200, "ok")), 10);
    assert.equal(all.get('video_call_child_exits_total{reason="crashed"}'), 1);
    nginx.pool.signal("SIGHUP");
    await until("the reload is counted", async () => (await samples(nginx)).get("video_call_reloads_total") === 1);
    await until("the old workers have exited", async () => (await samples(nginx)).get('video_call_child_exits_total{reason="told"}') >= 1);
    assert.equal((await samples(nginx)).get(requests("token", 200, "ok")), 10);
  } finally {
    await nginx.close();
  }
});

test("a reload with wrong settings is counted as refused", async () => {
  const file = join(privateFolder(), "video-call.env");
  writeFileSync(file, "");
  const pool = await startPool(settings(here.database), { workers: 1, args: ["--env-file", file] });
  const nginx = await startNginx(pool.socket);
  try {
    writeFileSync(file, "VIDEO_CALL_TOKEN_LIFETIME_SEC=for ever\n");
    pool.signal("SIGHUP");
    await until("the refusal is counted", async () => (await samples(nginx)).get("video_call_reloads_refused_total") === 1);
    assert.equal((await samples(nginx)).get("video_call_reloads_total"), 0);
    assert.equal((await samples(nginx)).get("video_call_workers_wanted"), 1);
  } finally {
    await nginx.stop();
    await pool.stop();
  }
});

test("without a database the metrics are still available and say so", async () => {
  const nginx = await aside({ url: "postgresql://127.0.0.1:1/nowhere?user=video_call" }, {});
  try {
    await until("the workers are ready", async () => (await samples(nginx)).get('video_call_worker_database_connections{state="down"}') === 1);
    await post(nginx, "token", ada, mine);
    const all = await samples(nginx);
    assert.equal(all.get(requests("token", 503, "database_unavailable")), 1);
    assert.equal(all.get("video_call_active_calls"), undefined);
  } finally {
    await nginx.close();
  }
});

test("workers are shown busy and idle", async () => {
  const all = await samples();
  assert.equal(all.get('video_call_workers{state="busy"}'), 1, "the worker that serves this request");
  assert.equal(all.get('video_call_workers{state="idle"}'), 1);
});

test("Prometheus's own linter has no complaints", async () => {
  const { text } = await get(here.nginx, "metrics");
  execFileSync("promtool", ["check", "metrics"], { input: text, stdio: ["pipe", "pipe", "inherit"] });
});
