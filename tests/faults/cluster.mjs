// PostgreSQL clusters that can be stopped, killed, copied and promoted.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { pg } from "../integration/harness/database.mjs";
import { source } from "../integration/harness/places.mjs";
import { start, stop, until } from "../integration/harness/process.mjs";

const versions = "/usr/lib/postgresql";
const bin = join(versions, readdirSync(versions).sort((a, b) => a - b).at(-1), "bin");
const isRoot = process.getuid() === 0;
const asPostgres = (program, args) =>
  isRoot ? ["setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", program, ...args]] : [program, args];
const run = (program, args) => {
  const [command, all] = asPostgres(join(bin, program), args);
  execFileSync(command, all, { stdio: "pipe", cwd: "/", timeout: 60000 });
};
/** The name of a server's or pooler's socket in its folder. */
export const socketName = ".s.PGSQL.5432";

/** A cluster; `folder` contains its data and its socket. */
export class Cluster {
  constructor(folder) {
    this.folder = folder;
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    if (isRoot) execFileSync("chown", ["postgres", folder]);
    this.data = join(folder, "data");
    this.socket = join(folder, socketName);
  }

  initialise() {
    run("initdb", ["-D", this.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"]);
  }

  /** A new running cluster with the portal's tables and ours. */
  static async withLedger(folder) {
    const cluster = new Cluster(folder);
    cluster.initialise();
    await cluster.start();
    await cluster.sql("CREATE DATABASE video_call", [], "postgres");
    for (const file of ["dev/01_portal_tables.sql", "add_video_calls_table.sql", "video_call_functions.sql"]) await cluster.sql(readFileSync(join(source, "sql", file), "utf8"));
    return cluster;
  }

  /** Makes this a standby of another cluster. */
  follow(other) {
    run("pg_basebackup", ["-h", other.folder, "-U", "postgres", "-D", this.data, "-R", "-X", "stream", "-c", "fast"]);
  }

  connect(database = "postgres") {
    return new Promise((resolve, reject) => {
      const client = new pg.Client({ host: this.folder, user: "postgres", database, connectionTimeoutMillis: 2000 });
      client.on("error", () => {});
      client.connect().then(() => resolve(client), reject);
    });
  }

  async sql(text, values, database = "video_call") {
    const client = await this.connect(database);
    try {
      return (await client.query(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Resolves when the server answers. Retries, because a killed server's processes may still hold the data. */
  async start() {
    await until(
      "PostgreSQL answers",
      async () => {
        if (!this.self || this.self.child.exitCode !== null || this.self.child.signalCode !== null) {
          const [command, args] = asPostgres(join(bin, "postgres"), ["-D", this.data, "-k", this.folder, "-c", "listen_addresses=", "-c", "max_connections=60", "-c", "fsync=off"]);
          this.self = start(command, args, { cwd: "/" });
        }
        return this.sql("SELECT", [], "postgres").then(() => true, () => false);
      },
      30000,
    );
  }

  /** The backend processes that serve the pool. */
  async backends() {
    return (await this.sql("SELECT pid FROM pg_stat_activity WHERE usename = 'video_call'", [], "postgres")).map(({ pid }) => pid);
  }

  /** All processes, the parent before its children. */
  get processes() {
    const children = readFileSync(`/proc/${this.self.pid}/task/${this.self.pid}/children`, "utf8");
    return [this.self.pid, ...children.trim().split(" ").filter(Boolean).map(Number)];
  }

  stop(signal = "SIGINT") {
    return stop(this.self, signal, 20000);
  }

  remove() {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
