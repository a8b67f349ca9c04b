// What the faults happen to: a ledger, the road to it, a pool, nginx in front, and clients.
import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { get } from "../integration/harness/client.mjs";
import { NameServer } from "../integration/harness/nameserver.mjs";
import { startNginx } from "../integration/harness/nginx.mjs";
import { startPgbouncer } from "../integration/harness/pgbouncer.mjs";
import { privateFolder } from "../integration/harness/places.mjs";
import { program, ready, settings } from "../integration/harness/pool.mjs";
import { start, stop } from "../integration/harness/process.mjs";
import { keep } from "../integration/harness/systemd.mjs";
import { Record } from "./asker.mjs";
import { Pair } from "./clients.mjs";
import { Cluster } from "./cluster.mjs";
import { Crowd } from "./crowd.mjs";
import { Road } from "./road.mjs";

const isRoot = process.getuid() === 0;
export const workerCount = 2;
const databaseName = "db.video-call.test";
const poolerConnections = 8;

async function startPool(url, wrapper) {
  const socket = join(privateFolder(), "video-call.sock");
  const command = [...wrapper, "/usr/bin/perl", "-e", keep, socket, program, "--workers", String(workerCount)];
  const self = start(command[0], command.slice(1), {
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

/** An nginx that logs every response that carries another request's id. */
function startWatchingNginx(socket) {
  const strangers = join(privateFolder(), "strangers.log");
  const http = `
  map "$request_id $upstream_http_x_request_id" $is_strangers { "~^(\\w+) \\1$" 0; "~^\\w+ $" 0; default 1; }
  log_format strangers "$request_uri: $request_id got the response of $upstream_http_x_request_id";`;
  const server = (text) => `access_log ${strangers} strangers if=$is_strangers;\n${text.replaceAll(/burst=\d+/g, "burst=100000")}`;
  return startNginx(socket, { server, http }).then((nginx) => ({
    ...nginx,
    strangers: () => (existsSync(strangers) ? readFileSync(strangers, "utf8").split("\n").filter(Boolean) : []),
  }));
}

export class World {
  record = new Record();
  mostAsks = 0;

  /**
   * isShort: makes faults shorter (lastSec, stopSec);
   * pooled: whether the pool reaches the database through PgBouncer in transaction mode; otherwise
   * it's distanceMs away and, if run as root, has a host name.
   */
  static async create({ folder, pooled, isShort = false, pairs = 0, people, distanceMs }) {
    const world = Object.assign(new World(), { folder, pooled, lastSec: isShort ? 2 : 4, stopSec: isShort ? 3 : 10 });
    world.cluster = await Cluster.withLedger(join(folder, pooled ? "pooled" : "first"));
    await (pooled ? world.#approachByPooler() : world.#approachByRoad(distanceMs));
    world.nginx = await startWatchingNginx(world.pool.socket);
    world.pairs = Array.from({ length: pairs }, (_, number) => new Pair(number, world.nginx, world.record));
    world.crowd = new Crowd(people, world.nginx, world.record);
    for (const some of [...world.pairs, world.crowd]) await some.enrol(world.cluster);
    return world;
  }

  async #approachByRoad(distanceMs) {
    this.road = new Road(this.cluster, distanceMs);
    await this.road.build();
    this.nameServer = isRoot ? await new NameServer().listen() : undefined;
    const host = isRoot ? databaseName : "127.0.0.1";
    this.pool = await startPool(`postgresql://video_call@${host}:${this.road.port}/video_call`, this.nameServer?.wrapper() ?? []);
  }

  async #approachByPooler() {
    await this.startPooler();
    this.pool = await startPool(this.pooler.url({ name: "video_call" }), []);
  }

  /** Restarts it in the same folder if there was one before. */
  async startPooler() {
    this.pooler = await startPgbouncer("transaction", poolerConnections, { server: this.cluster.folder, folder: this.pooler?.folder });
  }

  async begin() {
    this.pairs.forEach((pair) => pair.begin());
    this.timer = setInterval(() => this.#look().catch(() => {}), 200);
    await this.crowd.begin();
  }

  async #look() {
    const { text } = await get(this.nginx, "metrics");
    this.mostAsks = Math.max(this.mostAsks, Number(text.match(/^video_call_database_asks_in_flight (.*)$/m)[1]));
  }

  async end() {
    clearInterval(this.timer);
    await Promise.all([...this.pairs, this.crowd].map((some) => some.stop()));
    for (const line of this.nginx.strangers().slice(0, 5)) this.record.surprises.push(line);
  }

  async close() {
    await this.nginx.stop();
    process.kill(-this.pool.self.pid, "SIGKILL");
    if (this.pooler) await stop(this.pooler.self);
    await this.cluster.stop();
    this.road?.close();
    this.nameServer?.close();
  }
}
