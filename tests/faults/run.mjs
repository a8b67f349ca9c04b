// The program behind tests/faults/run: clients hold calls, things go wrong, and in the end
// the ledger is compared with what was acknowledged.
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { post } from "../integration/harness/client.mjs";
import { startNginx } from "../integration/harness/nginx.mjs";
import { privateFolder } from "../integration/harness/places.mjs";
import { program, ready, settings } from "../integration/harness/pool.mjs";
import { killAll, start } from "../integration/harness/process.mjs";
import { keep } from "../integration/harness/systemd.mjs";
import { compare, conclude, Pair, Record } from "./clients.mjs";
import { Cluster, Road } from "./cluster.mjs";
import { faults } from "./faults.mjs";

const [rounds, stopSec, pairsCount, only] = [process.argv[2], process.argv[3], process.argv[4], process.argv[5]].map((text, at) => (at < 3 ? Number(text) : text));
const began = Date.now();
const say = (text) => console.log(`[${String(Math.round((Date.now() - began) / 1000)).padStart(4)}s] ${text}`);

const folder = privateFolder();

async function startPool(road) {
  const socket = join(folder, "video-call.sock");
  const url = `postgresql:///video_call?host=${road.folder}&user=video_call`;
  const self = start("/usr/bin/perl", ["-e", keep, socket, program, "--workers", "4"], {
    env: { PATH: process.env.PATH, ...settings({ url }, { VIDEO_CALL_JANITOR_INTERVAL_SEC: "1" }) },
  });
  await ready(self);
  chmodSync(socket, 0o666);
  return {
    self,
    socket,
    get pid() {
      const pid = Number(readFileSync(`/proc/${self.pid}/task/${self.pid}/children`, "utf8").trim());
      return pid || undefined;
    },
  };
}

/** How long the pool takes from now to answer again, each of several times in a row. */
async function recovery(nginx, pair) {
  const from = Date.now();
  for (let inARow = 0, lastBad = from; ; ) {
    const { status } = await post(nginx, "token", pair.instructor, { mentorshipId: pair.mentorshipId });
    if (status !== 200) [inARow, lastBad] = [0, Date.now()];
    else if (++inARow === 20) return lastBad - from;
    if (Date.now() - from > 30000) return Infinity;
    await sleep(10);
  }
}

const cluster = await Cluster.withLedger(join(folder, "first"));
const road = new Road(join(folder, "road"), cluster);
await road.build();
const pool = await startPool(road);
const nginx = await startNginx(pool.socket);
const world = { pool, cluster, road, folder, stopSec };
const record = new Record();
const pairs = Array.from({ length: pairsCount }, (_, number) => new Pair(number, nginx, record));
for (const pair of pairs) await pair.enrol(cluster);
pairs.forEach((pair) => pair.begin());
await sleep(500);

const late = [];
let faultCount = 0;
for (let round = 1; round <= rounds; round++)
  for (const [name, cause] of faults) {
    if (only && !name.includes(only)) continue;
    faultCount++;
    const errorsBefore = [...record.errors.values()].reduce((sum, count) => sum + count, 0);
    await cause(world);
    const backMs = await recovery(nginx, pairs[0]);
    if (backMs > 2000) late.push(`${name}: 200 only ${backMs} ms after the cause was gone`);
    await sleep(300);
    const errors = [...record.errors.values()].reduce((sum, count) => sum + count, 0) - errorsBefore;
    say(`${name}: ${errors} errors, 200 again within ${backMs} ms`);
  }

await Promise.all(pairs.map((pair) => pair.stop()));
const wrong = [...(await compare(world.cluster, record)), ...late];
await nginx.stop();
pool.self.child.kill("SIGKILL");
road.close();
killAll();

conclude(record, wrong, say, `${faultCount} faults`);
