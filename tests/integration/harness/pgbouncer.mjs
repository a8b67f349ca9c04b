// Debian's PgBouncer, run privately in front of the private cluster.
import { chmodSync, existsSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { postgresSocket, privateFolder } from "./places.mjs";
import { serves, start, stop } from "./process.mjs";

/**
 * mode: "transaction" or "session"; connections: the maximum to one database; server: the
 * folder of the server's socket; folder: PgBouncer's own, which can be that of an earlier one.
 */
export async function startPgbouncer(mode, connections, { server = postgresSocket, folder = privateFolder() } = {}) {
  const users = join(folder, "users.txt");
  const file = join(folder, "pgbouncer.ini");
  writeFileSync(users, '"video_call" ""\n');
  writeFileSync(
    file,
    `[databases]
* = host=${server}
[pgbouncer]
listen_addr =
unix_socket_dir = ${folder}
listen_port = 5432
auth_type = trust
auth_file = ${users}
pool_mode = ${mode}
default_pool_size = ${connections}
max_client_conn = 500
server_login_retry = 1
logfile =
`,
  );
  chmodSync(folder, 0o777);
  rmSync(join(folder, ".s.PGSQL.5432"), { force: true });
  const isRoot = process.getuid() === 0;
  if (isRoot) execFileSync("chown", ["-R", "postgres", folder]);
  const self = isRoot
    ? start("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", "/usr/sbin/pgbouncer", file])
    : start("/usr/sbin/pgbouncer", [file]);
  await serves("PgBouncer listens", self, () => existsSync(join(folder, ".s.PGSQL.5432")));
  return { folder, self, url: (database) => `postgresql:///${database.name}?host=${folder}&user=video_call`, stop: () => stop(self, "SIGTERM", 2000) };
}
