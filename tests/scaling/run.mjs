// The program behind tests/scaling/run; it runs on the host called edge, as nginx does.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startNginx } from "../integration/harness/nginx.mjs";
import { privateFolder } from "../integration/harness/places.mjs";
import { program, ready, settings } from "../integration/harness/pool.mjs";
import { killAll, serves, start } from "../integration/harness/process.mjs";
import { compare, conclude, Pair, Record } from "../faults/clients.mjs";
import { Cluster } from "../faults/cluster.mjs";

const phaseMs = Number(process.argv[2]) * 1000;
const prefix = process.env.VIDEO_CALL_HOSTS;
const folder = privateFolder();
const began = Date.now();
const say = (text) => console.log(`[${String(Math.round((Date.now() - began) / 1000)).padStart(4)}s] ${text}`);
const poolerAddress = "10.77.0.1";
const addresses = { a: "10.77.0.3", b: "10.77.0.4", c: "10.77.0.5" };
const port = 9000;
const workersEach = 4;
const serverConnections = 6;

/** Starts a program on a host. */
const on = (host, command, options) => start("ip", ["netns", "exec", `${prefix}-${host}`, ...command], options);

/* The pools together have more workers than the pooler has connections. */
async function startPooler(cluster) {
  const users = join(folder, "users.txt");
  const ini = join(folder, "pgbouncer.ini");
  writeFileSync(users, '"video_call" ""\n');
  writeFileSync(
    ini,
    `[databases]\n* = host=${cluster.folder}\n[pgbouncer]\nlisten_addr = ${poolerAddress}\nlisten_port = 6432\nunix_socket_dir =\nauth_type = trust\nauth_file = ${users}\npool_mode = transaction\ndefault_pool_size = ${serverConnections}\nlogfile =\n`,
  );
  const self = on("ledger", ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", "/usr/sbin/pgbouncer", ini]);
  await serves("PgBouncer listens", self, () => self.stderr.includes("process up"));
}

async function startPool(name) {
  const url = `postgresql://video_call@${poolerAddress}:6432/video_call`;
  const self = on(`pool-${name}`, [program, "--listen", `tcp:${addresses[name]}:${port}`, "--workers", String(workersEach)], {
    env: { PATH: process.env.PATH, ...settings({ url }) },
  });
  await ready(self);
  return self;
}

/** The snippet as an administrator of several hosts edits it: one line per host. */
const upstreamOf = (names) => (text) =>
  text
    .replace(/server unix:.*;/, names.map((name) => `server ${addresses[name]}:${port} max_fails=1 fail_timeout=5s;`).join("\n    "))
    .replace("rate=20r/s", "rate=100000r/s");

const errorSum = (record) => [...record.errors.values()].reduce((sum, count) => sum + count, 0);

async function phase(record, name, deed) {
  const before = { requests: record.requests, errors: errorSum(record), calls: record.ends.size };
  const from = Date.now();
  await deed();
  await sleep(Math.max(0, phaseMs - (Date.now() - from)));
  const sec = (Date.now() - from) / 1000;
  say(`${name}: ${Math.round((record.requests - before.requests) / sec)} requests/s, ${record.ends.size - before.calls} complete calls, ${errorSum(record) - before.errors} errors`);
}

const cluster = await Cluster.withLedger(join(folder, "ledger"));
await startPooler(cluster);
const pools = { a: await startPool("a"), b: await startPool("b") };
const nginx = await startNginx("", { upstream: upstreamOf(["a", "b"]) });
const record = new Record();
record.mayReset = true;
const pairs = Array.from({ length: 12 }, (_, number) => new Pair(number, nginx, record));
for (const pair of pairs) await pair.enrol(cluster);
pairs.forEach((pair) => pair.begin());

const linkOf = (name, state) => execFileSync("ip", ["-n", `${prefix}-pool-${name}`, "link", "set", "eth0", state]);
await phase(record, "two hosts, a and b", async () => {});
await phase(record, "a's pool killed", async () => pools.a.child.kill("SIGKILL"));
await phase(record, "c added", async () => {
  pools.c = await startPool("c");
  nginx.reload(upstreamOf(["a", "b", "c"]));
});
await phase(record, "b cut off from the network", async () => linkOf("b", "down"));
await phase(record, "b back, a's pool restarted", async () => {
  linkOf("b", "up");
  pools.a = await startPool("a");
});
await phase(record, "three hosts", async () => {});

await Promise.all(pairs.map((pair) => pair.stop()));
const wrong = await compare(cluster, record);
await nginx.stop();
killAll();

conclude(record, wrong, say, `${3 * workersEach} workers shared ${serverConnections} connections`);
