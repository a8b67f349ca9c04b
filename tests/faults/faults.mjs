// The faults, which happen one at a time. Each has a name and a function that resolves when the
// cause is gone; from then on the pool has 2 seconds. isLong: not with --short;
// pooled: behind PgBouncer; wantsName: only if the pool finds its database through a name server.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stop, until } from "../integration/harness/process.mjs";
import { Cluster } from "./cluster.mjs";
import { crowdTheSocket } from "./peers_apart.mjs";

const childrenOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
};

const kill = (pid, signal) => {
  try {
    process.kill(pid, signal);
  } catch {
    // It has just exited by itself.
  }
};

export const killWorkers = (world) => childrenOf(world.pool.pid).forEach((pid) => kill(pid, "SIGKILL"));

const terminateAll = (cluster) =>
  cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'video_call'", [], "postgres");

/** Takes every connection, including the pool's; resolves with a function that releases them. */
async function takeAllConnections(cluster) {
  const taken = [];
  const admin = await cluster.connect();
  const takeSome = async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => cluster.connect().catch(() => undefined)));
    taken.push(...clients.filter(Boolean));
    return clients.some(Boolean);
  };
  while (await takeSome());
  await until("the pool has none", async () => {
    await admin.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'video_call'");
    await takeSome();
    return (await admin.query("SELECT FROM pg_stat_activity WHERE usename = 'video_call'")).rowCount === 0;
  });
  taken.push(admin);
  return () => Promise.all(taken.map((client) => client.end().catch(() => {})));
}

/** Suspends processes for a while. */
async function suspend(pids, sec) {
  pids.forEach((pid) => kill(pid, "SIGSTOP"));
  await sleep(sec * 1000);
  pids.forEach((pid) => kill(pid, "SIGCONT"));
}

/** Locks the rows of one of the crowd's calls from another session. */
async function lockCall(world) {
  const client = await world.cluster.connect("video_call");
  await client.query("BEGIN");
  for (const table of ["video_calls WHERE id", "video_call.presence WHERE call_id"]) await client.query(`SELECT FROM ${table} = $1 FOR UPDATE`, [world.crowd.mentorships[1].callId]);
  await sleep(world.lastSec * 1000);
  await client.query("COMMIT");
  await client.end();
}

let standbys = 0;

/** [name, what to do to the World, {isLong, pooled, wantsName}]. */
export const faults = [
  ["a worker killed", async (world) => kill(childrenOf(world.pool.pid).at(-1), "SIGKILL")],
  ["all workers killed", async (world) => killWorkers(world)],
  ["pool reloaded with SIGHUP", async (world) => kill(world.pool.pid, "SIGHUP")],
  [
    "pool stopped with SIGTERM and restarted on the same socket",
    async (world) => {
      const before = world.pool.pid;
      kill(before, "SIGTERM");
      await until("the new pool", () => world.pool.pid !== undefined && world.pool.pid !== before, 20000);
    },
  ],
  [
    "PostgreSQL restarted",
    async (world) => {
      await world.cluster.stop();
      await world.cluster.start();
    },
    { isLong: true },
  ],
  [
    "PostgreSQL stopped for a while",
    async (world) => {
      await world.cluster.stop();
      await sleep(world.stopSec * 1000);
      await world.cluster.start();
    },
  ],
  [
    "PostgreSQL killed",
    async (world) => {
      await world.cluster.stop("SIGKILL");
      await world.cluster.start();
    },
  ],
  ["a PostgreSQL backend killed, which resets all connections", async (world) => kill((await world.cluster.backends())[0], "SIGKILL"), { isLong: true }],
  ["PostgreSQL's backends suspended", async (world) => suspend(await world.cluster.backends(), 4)],
  ["all of PostgreSQL suspended", async (world) => suspend(world.cluster.processes, 5), { isLong: true }],
  ["all of the pool's connections terminated", async (world) => terminateAll(world.cluster)],
  [
    "connections cut in the middle of a result, repeatedly",
    async (world) => {
      world.road.mode = "cut";
      await sleep(world.lastSec * 1000);
      world.road.mode = "through";
    },
  ],
  [
    "a network that delivers byte by byte",
    async (world) => {
      world.road.mode = "bytes";
      await sleep(world.lastSec * 1000);
      world.road.mode = "through";
    },
  ],
  ["a call's rows locked by another session", (world) => lockCall(world)],
  [
    "1,000 idle and 100 dripping peers on the socket",
    async (world) => {
      const leave = await crowdTheSocket(world.pool.socket);
      await sleep(world.lastSec * 1000);
      await leave();
    },
  ],
  [
    "a silent name server, and connections terminated",
    async (world) => {
      const before = await world.cluster.backends();
      world.nameServer.isSilent = true;
      await terminateAll(world.cluster);
      // The pool falls back to the last good addresses.
      await until("the pool has reconnected", async () => (await world.cluster.backends()).some((pid) => !before.includes(pid)));
      world.nameServer.isSilent = false;
    },
    { wantsName: true, isLong: true },
  ],
  [
    "a silent name server, and all workers killed",
    async (world) => {
      world.nameServer.isSilent = true;
      killWorkers(world);
      await sleep(3000);
      world.nameServer.isSilent = false;
    },
    { wantsName: true },
  ],
  [
    "connections refused because all are taken",
    async (world) => {
      const giveBack = await takeAllConnections(world.cluster);
      await sleep(2000);
      await giveBack();
    },
    { isLong: true },
  ],
  [
    "a database that answers after 5 s",
    async (world) => {
      world.road.mode = "late";
      await sleep(6000);
      world.road.mode = "through";
    },
    { isLong: true },
  ],
  [
    "a network that swallows packets",
    async (world) => {
      world.road.swallow();
      await sleep(4000 + 500 * world.lastSec); // longer than an ask's deadline
      world.road.mode = "through";
    },
  ],
  [
    "PostgreSQL killed and its standby promoted",
    async (world) => {
      const old = world.cluster;
      const standby = new Cluster(join(world.folder, `standby-${standbys++}`));
      standby.follow(old);
      await standby.start();
      // From here on, only what the standby has too is acknowledged.
      await old.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", [], "postgres");
      await old.sql("SELECT pg_reload_conf()", [], "postgres");
      await until("the standby is in sync", async () => (await old.sql("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'", [], "postgres")).length === 1);
      await old.stop("SIGKILL");
      world.cluster = world.road.cluster = standby;
      await sleep(1500);
      await standby.sql("SELECT pg_promote()", [], "postgres");
      old.remove();
    },
  ],
  [
    "PgBouncer killed, and restarted after 3 s",
    async (world) => {
      await stop(world.pooler.self, "SIGKILL");
      await sleep(3000);
      await world.startPooler();
    },
    { pooled: true },
  ],
  ["PgBouncer suspended", (world) => suspend([world.pooler.self.pid], 4), { pooled: true }],
  [
    "PostgreSQL killed behind PgBouncer",
    async (world) => {
      await world.cluster.stop("SIGKILL");
      await world.cluster.start();
    },
    { pooled: true, isLong: true },
  ],
  ["PgBouncer's connections terminated", async (world) => terminateAll(world.cluster), { pooled: true, isLong: true }],
  ["a call's rows locked by another session, through PgBouncer", (world) => lockCall(world), { pooled: true, isLong: true }],
];
