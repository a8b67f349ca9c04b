// A new binary takes over while calls are going on: the socket is held as systemd holds it, the
// file is replaced as a package replaces it, and every response is counted.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { chmodSync, copyFileSync, readFileSync, readlinkSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { post } from "./harness/client.mjs";
import { createDatabase } from "./harness/database.mjs";
import { startNginx } from "./harness/nginx.mjs";
import * as people from "./harness/people.mjs";
import { privateFolder } from "./harness/places.mjs";
import { program, ready, settings } from "./harness/pool.mjs";
import { killAll, start, until } from "./harness/process.mjs";
import { keep } from "./harness/systemd.mjs";

let database;
before(async () => {
  database = await createDatabase();
});
after(async () => {
  killAll();
  await database.drop();
});

/** As dpkg does: the new file is complete before it gets its name. */
function install(path) {
  copyFileSync(program, `${path}.new`);
  chmodSync(`${path}.new`, 0o755);
  renameSync(`${path}.new`, path);
}

async function startService() {
  const folder = privateFolder();
  const installed = join(folder, "video-call-fcgi");
  const socket = join(folder, "video-call.sock");
  install(installed);
  const self = start("/usr/bin/perl", ["-e", keep, socket, installed, "--workers", "4", ...(process.getuid() === 0 ? [] : ["--debuggable"])], { env: { PATH: process.env.PATH, ...settings(database) } });
  await ready(self);
  chmodSync(socket, 0o666);
  const pid = () => Number(readFileSync(`/proc/${self.pid}/task/${self.pid}/children`, "utf8").trim());
  const runsInstalled = () => {
    try {
      return statSync(`/proc/${pid()}/exe`).ino === statSync(installed).ino && !readlinkSync(`/proc/${pid()}/exe`).endsWith("(deleted)");
    } catch {
      return false;
    }
  };
  return { self, socket, installed, pid, runsInstalled };
}

/** Sends requests of one call without a pause until isOver(), and counts responses by status. */
async function holdCall(nginx, statuses, isOver) {
  const ada = await people.cookie(people.ada);
  const ben = await people.cookie(people.ben);
  const mine = { mentorshipId: people.adaAndBen };
  const ask = async (route, cookie, body) => {
    const { status, json } = await post(nginx, route, cookie, body).catch((error) => ({ status: error.message }));
    statuses[status] = (statuses[status] ?? 0) + 1;
    return json;
  };
  const { callId } = await ask("start", ada, mine);
  while (!isOver()) {
    await ask("token", ben, mine);
    await ask("heartbeat", ada, { callId });
    await ask("heartbeat", ben, { callId });
    assert.equal((await ask("start", ben, mine))?.callId, callId, "the call goes on");
  }
}

test("a new binary takes over under load without a failed request or a dropped call", async () => {
  const service = await startService();
  const nginx = await startNginx(service.socket);
  const statuses = {};
  let over = false;
  const clients = Promise.all(Array.from({ length: 6 }, () => holdCall(nginx, statuses, () => over)));
  try {
    for (let upgrade = 0; upgrade < 3; upgrade++) {
      const old = service.pid();
      const answered = statuses[200] ?? 0;
      install(service.installed);
      assert.ok(!service.runsInstalled(), "the old binary keeps running after its file is gone");
      process.kill(old, "SIGTERM");
      await until("the new binary runs", () => service.pid() !== old && service.runsInstalled(), 15000);
      await until("the new binary has served requests", () => statuses[200] > answered + 200);
    }
  } finally {
    over = true;
  }
  await clients;
  console.log(`# ${statuses[200]} requests over 3 upgrades, all answered 200`);
  assert.deepEqual(Object.keys(statuses), ["200"], JSON.stringify(statuses));
  assert.equal((await database.sql("SELECT FROM video_calls")).length, 1);
  await nginx.stop();
});
