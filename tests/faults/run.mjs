// The program behind tests/faults/run: clients hold calls, things go wrong, and in the end
// the ledger is compared with what was acknowledged.
import { chmodSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { post } from "../integration/harness/client.mjs";
import { startNginx } from "../integration/harness/nginx.mjs";
import { privateFolder, source } from "../integration/harness/places.mjs";
import { program, settings } from "../integration/harness/pool.mjs";
import { killAll, start, until } from "../integration/harness/process.mjs";
import { compare, Pair, Record } from "./clients.mjs";
import { Cluster, Road } from "./cluster.mjs";
import { faults } from "./faults.mjs";

const [rounds, stopSec, pairsCount, only] = [process.argv[2], process.argv[3], process.argv[4], process.argv[5]].map((text, at) => (at < 3 ? Number(text) : text));
const began = Date.now();
const say = (text) => console.log(`[${String(Math.round((Date.now() - began) / 1000)).padStart(4)}s] ${text}`);

const folder = privateFolder();
const sqlFile = (path) => readFileSync(join(source, "sql", path), "utf8");

async function makeCluster() {
  const cluster = new Cluster(join(folder, "first"));
  cluster.initialise();
  await cluster.start();
  await cluster.sql("CREATE DATABASE video_call", [], "postgres");
  for (const file of ["dev/01_portal_tables.sql", "add_video_calls_table.sql"]) await cluster.sql(sqlFile(file));
  return cluster;
}

// Holds the socket as systemd would, and starts a new pool when one ends.
const holder = `use Socket; use POSIX (); $^F = 9;
my $path = shift; socket(my $s, AF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un($path)) or die; listen($s, 512);
POSIX::dup2(fileno($s), 3); $ENV{LISTEN_FDS} = 1;
while (1) { my $pid = fork; if (!$pid) { $ENV{LISTEN_PID} = $$; exec @ARGV; exit 1 } waitpid($pid, 0); select(undef, undef, undef, 0.05) }`;

async function startPool(road) {
  const socket = join(folder, "video-call.sock");
  const url = `postgresql:///video_call?host=${road.folder}&user=video_call`;
  const self = start("/usr/bin/perl", ["-e", holder, socket, program, "--workers", "4"], {
    env: { PATH: process.env.PATH, ...settings({ url }, { VIDEO_CALL_JANITOR_INTERVAL_SEC: "1" }) },
  });
  await until("the pool is ready", () => self.stderr.includes('"ready"'), 20000);
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

const cluster = await makeCluster();
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

say(`${record.starts.size} calls started, ${record.ends.size} ended, ${record.requests} requests, ${faultCount} faults`);
for (const [code, count] of record.errors) say(`answered ${code}: ${count}`);
say(`longest wait for one answer: ${record.slowestMs} ms; longest outage a client saw: ${record.longestOutageMs} ms`);
for (const fault of wrong.slice(0, 30)) console.log(`WRONG: ${fault}`);
if (record.starts.size === 0) wrong.push("no call was held");
console.log(wrong.length === 0 ? "the ledger agrees with everything that was acknowledged" : `${wrong.length} things are wrong`);
process.exit(wrong.length === 0 ? 0 : 1);
