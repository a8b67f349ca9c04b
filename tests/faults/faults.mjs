// What goes wrong, one thing at a time. Each is a name and what to do; it resolves when the
// cause is gone, and from then on the pool has 2 seconds.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../integration/harness/process.mjs";
import { Cluster } from "./cluster.mjs";

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
    // It has just ended by itself.
  }
};

const terminateAll = (cluster) =>
  cluster.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'video_call'", [], "postgres");

/** Takes every connection there is, the pool's too; resolves with what gives them back. */
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

let standbys = 0;

/** world: {pool: {pid}, cluster, road, folder, stopSec}. */
export const faults = [
  ["a worker killed", async (world) => kill(childrenOf(world.pool.pid).at(-1), "SIGKILL")],
  ["all workers killed", async (world) => childrenOf(world.pool.pid).forEach((pid) => kill(pid, "SIGKILL"))],
  ["SIGHUP", async (world) => kill(world.pool.pid, "SIGHUP")],
  [
    "SIGTERM and a new pool on the held socket",
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
  ["all its connections terminated", async (world) => terminateAll(world.cluster)],
  [
    "connections refused: all are taken",
    async (world) => {
      const giveBack = await takeAllConnections(world.cluster);
      await sleep(2000);
      await giveBack();
    },
  ],
  [
    "a database that answers after 5 s",
    async (world) => {
      world.road.mode = "late";
      await sleep(6000);
      world.road.mode = "through";
    },
  ],
  [
    "a network that swallows packets",
    async (world) => {
      world.road.swallow();
      await sleep(6000);
      world.road.mode = "through";
    },
  ],
  [
    "a standby promoted in its place",
    async (world) => {
      const old = world.cluster;
      const standby = new Cluster(join(world.folder, `standby-${standbys++}`));
      standby.follow(old);
      await standby.start();
      // Only what the standby has too is acknowledged from here on.
      await old.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", [], "postgres");
      await old.sql("SELECT pg_reload_conf()", [], "postgres");
      await until("the standby is in step", async () => (await old.sql("SELECT FROM pg_stat_replication WHERE sync_state = 'sync'", [], "postgres")).length === 1);
      await old.stop("SIGKILL");
      world.cluster = world.road.cluster = standby;
      await sleep(1500);
      await standby.sql("SELECT pg_promote()", [], "postgres");
      old.remove();
    },
  ],
];
