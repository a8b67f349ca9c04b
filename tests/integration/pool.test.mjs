// The pool as a process: starting, stopping, reloading, recovering, and what it reports about itself.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import net from "node:net";
import { get, post } from "./harness/client.mjs";
import { createDatabase } from "./harness/database.mjs";
import { requestBytes, send } from "./harness/fastcgi.mjs";
import { startNginx } from "./harness/nginx.mjs";
import * as people from "./harness/people.mjs";
import { peers } from "./harness/peers.mjs";
import { privateFolder, source } from "./harness/places.mjs";
import { portalUrl, program, ready, run, settings, startPool } from "./harness/pool.mjs";
import { freePort } from "./harness/ports.mjs";
import { killAll, start, stop, until } from "./harness/process.mjs";
import { aside } from "./harness/stand.mjs";
import { activate } from "./harness/systemd.mjs";

let database, ada;
before(async () => {
  database = await createDatabase();
  ada = await people.cookie(people.ada);
});
after(async () => {
  killAll();
  await database.drop();
});

const healthz = requestBytes([["REQUEST_METHOD", "GET"], ["DOCUMENT_URI", "/api/video-call/healthz"]]);
const alive = async (pool) => /^Status: 200/.test(await send(pool.socket, healthz).catch(() => ""));
const nameOf = (pid) => {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
};
const allChildrenOf = (pid) => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
/** The workers among the children; a child gets its process name soon after it starts. */
const childrenOf = (pid) => allChildrenOf(pid).filter((child) => nameOf(child) !== "vc-janitor");

test("it starts as many workers as requested, all of them its children", async () => {
  const pool = await startPool(settings(database), { workers: 3 });
  await until("three workers", () => childrenOf(pool.pid).length === 3);
  assert.ok(await alive(pool));
  assert.equal((await pool.stop()).code, 0);
});

test("its soft limit of descriptors is raised to the hard one", async () => {
  const pool = await startPool(settings(database), { workers: 1, wrapper: ["prlimit", "--nofile=256:2000"] });
  for (const pid of [pool.pid, ...childrenOf(pool.pid)]) assert.match(readFileSync(`/proc/${pid}/limits`, "utf8"), /^Max open files +2000 +2000 /m);
  await pool.stop();
});

test("without descriptors a worker pauses between attempts to accept, and then serves again", async () => {
  const pool = await startPool(settings(database, { VIDEO_CALL_REQUESTS: "200" }), { workers: 1, wrapper: ["prlimit", "--nofile=80:80"] });
  const disconnect = await peers(pool.socket, 150);
  try {
    const refusals = () => pool.log.filter(({ event }) => event === "accept").length;
    await until("accept has failed", () => refusals() > 0);
    await sleep(1000);
    assert.ok(refusals() < 15, `${refusals()} lines in the log`);
  } finally {
    disconnect();
  }
  await until("it serves", () => alive(pool));
  await pool.stop();
});

test("the socket has mode 0660 and is removed when the pool stops", async () => {
  const socket = join(privateFolder(), "mode.sock");
  const self = start(program, ["--listen", `unix:${socket}`], { env: settings(database) });
  await until("the socket", () => existsSync(socket));
  assert.equal(statSync(socket).mode & 0o777, 0o660);
  await ready(self);
  assert.equal((await stop(self)).code, 0);
  assert.equal(existsSync(socket), false);
});

test("a socket in use is not replaced, a stale one is", async () => {
  const pool = await startPool(settings(database));
  const second = await run(["--listen", `unix:${pool.socket}`], settings(database));
  assert.equal(second.code, 1);
  assert.match(second.stderr, /another process is listening on/);
  assert.ok(await alive(pool));
  pool.signal("SIGKILL");
  await pool.ended;
  assert.ok(existsSync(pool.socket));
  const third = start(program, ["--listen", `unix:${pool.socket}`], { env: settings(database) });
  await ready(third);
  assert.ok(await alive(pool));
  await stop(third);
});

test("a file that isn't a socket is not replaced", async () => {
  const path = join(privateFolder(), "file");
  writeFileSync(path, "precious");
  const { code, stderr } = await run(["--listen", `unix:${path}`], settings(database));
  assert.equal(code, 1);
  assert.match(stderr, /won't replace/);
  assert.equal(readFileSync(path, "utf8"), "precious");
});

test("it can listen on TCP, only at a numeric address, for an nginx on another host", async () => {
  for (const [host, text] of [["127.0.0.1", "127.0.0.1"], ["::1", "[::1]"]]) {
    const port = await freePort();
    const self = start(program, ["--listen", `tcp:${text}:${port}`, "--workers", "1"], { env: settings(database) });
    await ready(self);
    assert.ok(await alive({ socket: { host, port } }));
    const second = await run(["--listen", `tcp:${text}:${port}`], settings(database));
    assert.equal(second.code, 1);
    assert.match(second.stderr, /Address already in use/);
    assert.equal((await stop(self)).code, 0);
  }
  for (const wrong of ["localhost:9000", "127.0.0.1", "127.0.0.1:http", ":9000", "[::1]"]) {
    const { code, stderr } = await run(["--listen", `tcp:${wrong}`], settings(database));
    assert.equal(code, 1, wrong);
    assert.match(stderr, /address and port must be numeric/);
  }
});

/** Holds the row lock that Ada's start needs, so that her request stays in flight. */
async function withHeldRow(run_) {
  const client = await database.connect();
  await client.query("TRUNCATE video_calls CASCADE");
  await client.query("INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id) SELECT id, instructor_id, mentee_id FROM mentorships WHERE id = $1", [people.adaAndBen]);
  await client.query("BEGIN");
  await client.query("SELECT * FROM video_calls FOR UPDATE");
  try {
    return await run_(() => client.query("COMMIT"));
  } finally {
    await client.query("COMMIT");
    await client.end();
  }
}

test("on SIGTERM it finishes the requests in flight and exits with 0", async () => {
  const pool = await startPool(settings(database), { workers: 1 });
  const nginx = await startNginx(pool.socket);
  await withHeldRow(async (release) => {
    const answer = post(nginx, "start", ada, { mentorshipId: people.adaAndBen });
    await sleep(300);
    pool.signal("SIGTERM");
    await sleep(300);
    assert.equal(pool.self.child.exitCode, null);
    await release();
    assert.equal((await answer).status, 200);
  });
  assert.deepEqual(await pool.ended, { code: 0, signal: null });
  await nginx.stop();
});

test("on a second SIGTERM it exits immediately", async () => {
  const pool = await startPool(settings(database), { workers: 1 });
  const nginx = await startNginx(pool.socket);
  await withHeldRow(async () => {
    const answer = post(nginx, "start", ada, { mentorshipId: people.adaAndBen });
    await sleep(300);
    pool.signal("SIGTERM");
    await sleep(200);
    const began = Date.now();
    pool.signal("SIGTERM");
    const { code } = await pool.ended;
    assert.notEqual(code, 0);
    assert.ok(Date.now() - began < 1500);
    assert.equal((await answer).status, 502);
  });
  await nginx.stop();
});

/** Sends requests without a pause; returns a function that stops and counts responses by status. */
function load(nginx, route = "history") {
  const statuses = {};
  let running = true;
  const client = async () => {
    while (running) {
      const { status } = await get(nginx, route, ada).catch((error) => ({ status: error.message }));
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  const clients = Promise.all(Array.from({ length: 4 }, client));
  return async () => {
    running = false;
    await clients;
    return statuses;
  };
}

test("SIGHUP loads new settings and replaces every worker without a failed request", async () => {
  const file = join(privateFolder(), "video-call.env");
  const write = (more) => writeFileSync(file, Object.entries({ ...settings(database), ...more }).map(([key, value]) => `${key}="${value}"\n`).join(""));
  write({});
  const pool = await startPool({}, { workers: 3, args: ["--env-file", file] });
  const nginx = await startNginx(pool.socket);
  const finish = load(nginx);
  for (const lifetime of [600, 700, 800]) {
    const before = childrenOf(pool.pid);
    write({ VIDEO_CALL_TOKEN_LIFETIME_SEC: lifetime });
    pool.signal("SIGHUP");
    await until("the workers are replaced", () => {
      const now = childrenOf(pool.pid);
      return now.length === 3 && now.every((pid) => !before.includes(pid));
    });
    const { json } = await post(nginx, "token", ada, { mentorshipId: people.adaAndBen });
    assert.equal(json.expiresIn, lifetime);
  }
  const statuses = await finish();
  assert.deepEqual(Object.keys(statuses), ["200"], JSON.stringify(statuses));
  assert.ok(statuses[200] > 50);
  await nginx.stop();
  assert.equal((await pool.stop()).code, 0);
});

test("on SIGHUP, wrong settings are reported and the old ones kept", async () => {
  const file = join(privateFolder(), "video-call.env");
  const lines = Object.entries(settings(database)).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(file, lines.join(""));
  const pool = await startPool({}, { args: ["--env-file", file] });
  const before = childrenOf(pool.pid);
  writeFileSync(file, [...lines, "AGORA_APP_CERTIFICATE=hunter2\n"].join(""));
  pool.signal("SIGHUP");
  await until("the complaint", () => pool.logText.includes("keeping the old settings: AGORA_APP_CERTIFICATE: must be 32 hex digits"));
  assert.ok(!pool.logText.includes("hunter2"));
  assert.deepEqual(childrenOf(pool.pid), before);
  assert.ok(await alive(pool));
  await pool.stop();
});

test("a killed worker is replaced, and the log says how it died", async () => {
  const pool = await startPool(settings(database), { workers: 2 });
  const [victim] = childrenOf(pool.pid);
  process.kill(victim, "SIGKILL");
  await until("a replacement", () => {
    const now = childrenOf(pool.pid);
    return now.length === 2 && !now.includes(victim);
  });
  await until("the cause", () => pool.logText.includes(`worker ${victim}: killed by SIGKILL`));
  assert.ok(await alive(pool));
  await pool.stop();
});

test("if all workers are killed, they're replaced, and the socket accepts connections meanwhile", async () => {
  const pool = await startPool(settings(database), { workers: 3 });
  const victims = childrenOf(pool.pid);
  for (const pid of victims) process.kill(pid, "SIGKILL");
  assert.ok(await alive(pool), "a request waits in the socket until there's a worker");
  await until("three new workers", () => childrenOf(pool.pid).filter((pid) => !victims.includes(pid)).length === 3);
  await pool.stop();
});

test("parent and workers survive when nobody reads the log any more", async () => {
  const pool = await startPool(settings(database), { workers: 2 });
  pool.self.child.stderr.destroy();
  const [victim] = childrenOf(pool.pid);
  process.kill(victim, "SIGKILL");
  await until("a replacement", () => {
    const now = childrenOf(pool.pid);
    return now.length === 2 && !now.includes(victim);
  });
  for (let round = 0; round < 5; round++) assert.ok(await alive(pool));
  assert.equal((await pool.stop()).code, 0);
});

test("workers exit when their parent is killed", async () => {
  const pool = await startPool(settings(database), { workers: 2 });
  const workers = childrenOf(pool.pid);
  pool.signal("SIGKILL");
  await pool.ended;
  await until("all workers have exited", () => workers.every((pid) => !existsSync(`/proc/${pid}`) || readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ")));
});

test("a worker whose loop is stuck is killed and replaced", async () => {
  const pool = await startPool(settings(database, { VIDEO_CALL_REQUEST_TIMEOUT_MS: "500", VIDEO_CALL_DATABASE_TIMEOUT_MS: "300" }), { workers: 1 });
  const [victim] = childrenOf(pool.pid);
  process.kill(victim, "SIGSTOP");
  await until("the kill is logged", () => pool.logText.includes(`worker ${victim}: its loop has been stuck for over`));
  await until("a replacement", () => childrenOf(pool.pid).some((pid) => pid !== victim));
  assert.equal(pool.log.filter(({ event }) => event === "worker_stuck").length, 1);
  assert.ok(await until("the pool serves again", () => alive(pool)));
  await pool.stop();
});

test("a socket passed by systemd is used, and its file left in place", async () => {
  const path = join(privateFolder(), "activated.sock");
  const self = start("/usr/bin/perl", ["-e", activate, path, program, "--workers", "2"], { env: settings(database) });
  await ready(self);
  assert.ok((await Promise.all(Array.from({ length: 20 }, () => alive({ socket: path })))).every(Boolean));
  assert.equal((await stop(self)).code, 0);
  assert.ok(existsSync(path), "the socket file is systemd's");
});

const listenForStates = `use Socket; $| = 1; alarm 30;
socket(my $s, AF_UNIX, SOCK_DGRAM, 0); bind($s, pack_sockaddr_un(shift));
while (defined recv($s, my $state, 1024, 0)) { print "$state\n"; exit if $state =~ /^STOPPING/ }`;

test("systemd is told when it is ready and when it stops", async () => {
  const path = join(privateFolder(), "notify.sock");
  const listener = start("/usr/bin/perl", ["-e", listenForStates, path]);
  await until("bound", () => existsSync(path));
  const pool = await startPool(settings(database, { NOTIFY_SOCKET: path }));
  await until("READY", () => listener.stdout.includes("READY=1"));
  await until("STATUS", () => listener.stdout.includes("STATUS=2 of 2 workers serving, 2 with a database"));
  await pool.stop();
  await listener.ended;
  const states = listener.stdout.trim().split("\n").filter((state) => !state.startsWith("STATUS="));
  assert.deepEqual(states, ["READY=1", "STOPPING=1"]);
});

test("the parent's loop pings systemd's watchdog twice as often as required", async () => {
  const path = join(privateFolder(), "notify.sock");
  const listener = start("/usr/bin/perl", ["-e", listenForStates, path]);
  await until("bound", () => existsSync(path));
  const pool = await startPool(settings(database, { NOTIFY_SOCKET: path, WATCHDOG_USEC: "1000000" }));
  const fed = () => listener.stdout.split("\n").filter((state) => state === "WATCHDOG=1").length;
  await until("four watchdog pings", () => fed() >= 4, 2500);
  pool.signal("SIGSTOP");
  await sleep(100);
  const before = fed();
  await sleep(1200);
  assert.equal(fed(), before);
  pool.signal("SIGCONT");
  await until("another watchdog ping", () => fed() > before);
  await pool.stop();
  await listener.ended;
});

test("peers that stay silent or send nonsense hold up neither other requests nor the shutdown", async () => {
  const pool = await startPool(settings(database), { workers: 2 });
  const silent = net.connect(pool.socket);
  const nonsense = net.connect(pool.socket, () => nonsense.write("GET / HTTP/1.1\r\n\r\n"));
  for (const socket of [silent, nonsense]) socket.on("error", () => {});
  await sleep(100);
  const began = Date.now();
  assert.ok(await alive(pool));
  assert.ok(Date.now() - began < 2900);
  const { code } = await pool.stop();
  assert.equal(code, 0);
  silent.destroy();
  nonsense.destroy();
});

test("without a database, requests get 503 with Retry-After immediately", async () => {
  for (const url of [undefined, "postgresql:///x?host=/nowhere&user=video_call"]) {
    const pool = await startPool(settings(database, { DATABASE_URL: url }));
    const nginx = await startNginx(pool.socket);
    for (let round = 0; round < 5; round++) {
      const began = Date.now();
      const { status, json, headers } = await post(nginx, "token", ada, { mentorshipId: people.adaAndBen });
      assert.deepEqual([status, json.code, headers["retry-after"]], [503, "database_unavailable", "1"]);
      assert.ok(Date.now() - began < 500);
    }
    assert.equal((await get(nginx, "healthz")).status, 200);
    assert.equal((await get(nginx, "readyz")).status, 503);
    await nginx.stop();
    await pool.stop();
  }
});

test("connections that the database cuts are re-established quickly", async () => {
  const pool = await startPool(settings(database), { workers: 2 });
  const nginx = await startNginx(pool.socket);
  for (let round = 0; round < 5; round++) {
    await database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'video_call' AND datname = current_database()");
    const answers = await Promise.all(Array.from({ length: 4 }, () => get(nginx, "history", ada)));
    // A request at the very moment of the cut may be told to try again.
    assert.ok(answers.every(({ status }) => status === 200 || status === 503));
    await until("200 again", async () => (await get(nginx, "history", ada)).status === 200, 2000);
  }
  await nginx.stop();
  await pool.stop();
});

test("if the database hangs, requests wait for one timeout, then get 503 immediately until it recovers", async () => {
  const frozen = new Set();
  let isFrozen = false;
  const proxy = net.createServer((client) => {
    const server = net.connect(join(database.host, ".s.PGSQL.5432"));
    for (const [from, to] of [[client, server], [server, client]]) {
      from.on("data", (data) => (isFrozen ? frozen.add(from) : to.write(data)));
      from.on("error", () => {});
      from.on("close", () => to.destroy());
    }
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const url = `postgresql://video_call@127.0.0.1:${proxy.address().port}/${database.name}`;
  const pool = await startPool(settings(database, { DATABASE_URL: url, VIDEO_CALL_DATABASE_TIMEOUT_MS: "500" }), { workers: 1 });
  const nginx = await startNginx(pool.socket);
  assert.equal((await get(nginx, "history", ada)).status, 200);
  isFrozen = true;
  const first = await get(nginx, "history", ada);
  assert.equal(first.status, 503);
  for (let round = 0; round < 10; round++) {
    const began = Date.now();
    assert.equal((await get(nginx, "history", ada)).status, 503);
    assert.ok(Date.now() - began < 300, `${Date.now() - began} ms`);
  }
  isFrozen = false;
  await until("200 again", async () => (await get(nginx, "history", ada)).status === 200, 6000);
  await nginx.stop();
  await pool.stop();
  proxy.close();
});

test("--check reports ok for a good deployment", async () => {
  const more = { NEXTAUTH_URL: "https://portal.example", AGORA_NOTIFICATION_SECRET: "a secret" };
  const { code, stdout } = await run(["--check"], settings(database, more));
  assert.equal(code, 0, stdout);
  assert.ok(stdout.split("\n").filter(Boolean).every((line) => line.endsWith(" ok")), stdout);
});

test("--check warns about weak secrets and a missing NEXTAUTH_URL, and still exits with 0", async () => {
  const check = async (more) => {
    const { code, stdout } = await run(["--check"], settings(database, more));
    assert.equal(code, 0, stdout);
    return stdout;
  };
  for (const [name, weak] of [
    ["NEXTAUTH_SECRET", "x"],
    ["NEXTAUTH_SECRET", "ab".repeat(30)],
    ["NEXTAUTH_SECRET_PREVIOUS", "changeme"],
    ["VIDEO_CALL_ASSERTION_SECRET", "a".repeat(40)],
    ["AGORA_NOTIFICATION_SECRET", "x"],
  ])
    assert.match(await check({ [name]: weak }), new RegExp(`^${name} +warning: (is short enough to|has few different characters and may) be guessed`, "m"));
  assert.match(await check({ NEXTAUTH_URL: undefined }), /^NEXTAUTH_URL +warning: is not set: http:\/\/localhost:3000 is assumed/m);
  assert.match(await check({}), /^NEXTAUTH_URL +warning: is not https/m);
  const assertions = { NEXTAUTH_URL: undefined, NEXTAUTH_SECRET: undefined, VIDEO_CALL_ASSERTION_SECRET: "Zm9yIHRlc3RzIG9ubHksIGFzIGxvbmcgYXMgaXQgbXVzdA" };
  assert.match(await check(assertions), /^NEXTAUTH_URL +ok$/m);
});

const asRoot = { skip: process.getuid() !== 0 && "only root can check access for other users" };

test("--check tests whether the service can read the certificate, not whether root can", asRoot, async () => {
  const certificate = join(privateFolder(), "ca.crt");
  writeFileSync(certificate, "");
  const check = (path) => run(["--check"], settings(database, { DATABASE_URL: `${database.url}&sslrootcert=${path}` }));
  chmodSync(certificate, 0o644);
  const readable = await check(certificate);
  assert.match(readable.stdout, /^sslrootcert +ok$/m);
  assert.equal(readable.code, 0);
  chmodSync(certificate, 0o600);
  const secret = await check(certificate);
  assert.match(secret.stdout, /^sslrootcert +.*ca\.crt can't be read by the service/m);
  assert.equal(secret.code, 1);
  assert.match((await check("/nowhere/ca.crt")).stdout, /^sslrootcert +.* does not exist for the service/m);
});

test("a socket that nginx's user can't open is reported by --check and at the start", asRoot, async () => {
  const pool = await startPool(settings(database), { workers: 1 });
  const check = () => run(["--check"], settings(database, { VIDEO_CALL_LISTEN: `unix:${pool.socket}` }));
  try {
    // The pool made it root:root with mode 0660; the harness opened it to all only afterwards.
    assert.equal(pool.log.find(({ event }) => event === "socket").level, "warning");
    assert.match((await check()).stdout, /^socket +ok$/m);
    chmodSync(pool.socket, 0o660);
    const closed = await check();
    assert.match(closed.stdout, /^socket +.*\(uid 0, gid 0, mode 0660\): nginx's user www-data can't connect/m);
    assert.equal(closed.code, 1);
    execFileSync("chgrp", ["www-data", pool.socket]);
    assert.match((await check()).stdout, /^socket +ok$/m);
  } finally {
    await pool.stop();
  }
});

test("--check names what is missing and what to do, and exits with 1", async () => {
  const other = await createDatabase();
  const check = async (more) => {
    const { code, stdout } = await run(["--check"], settings(other, more));
    assert.equal(code, 1, stdout);
    return stdout;
  };
  assert.match(await check({ AGORA_APP_CERTIFICATE: undefined }), /AGORA_APP_CERTIFICATE +is not set/);
  assert.match(await check({ DATABASE_URL: undefined }), /DATABASE_URL +is not set/);
  const notices = async (statement, line) => {
    await other.sql(statement);
    assert.match(await check(), line, statement);
  };
  await notices("DROP INDEX video_calls_one_active", /public\.video_calls +the unique index video_calls_one_active does not exist.*apply sql\/add_video_calls_table\.sql/);
  await notices("ALTER TABLE video_calls DROP COLUMN last_sign_at", /public\.video_calls\.last_sign_at +the column does not exist: apply sql\/add_video_calls_table\.sql/);
  await notices("ALTER TABLE mentees DROP COLUMN discord_username", /public\.mentees\.discord_username +the column does not exist: is this the portal's database/);
  await notices("REVOKE USAGE ON SCHEMA video_call FROM video_call", /schema video_call +can't be used by this role/);
  await notices("DROP SCHEMA video_call CASCADE", /schema video_call +does not exist: apply sql\/add_video_calls_table\.sql, then sql\/video_call_functions\.sql/);
  await other.drop();
});

test("--check names roles with too many privileges", async () => {
  const other = await createDatabase();
  const exposes = async (statement, line, more) => {
    await other.sql(statement);
    const { code, stdout } = await run(["--check"], settings(other, more));
    assert.equal(code, 1, statement);
    assert.match(stdout, line, statement);
  };
  for (const role of ["anon", "authenticated"])
    await other.sql(`DO $$ BEGIN CREATE ROLE ${role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await exposes("GRANT SELECT (participants) ON video_calls TO anon", /video_calls +anon may use it: REVOKE ALL/);
  await exposes("GRANT INSERT ON video_calls TO PUBLIC", /video_calls +PUBLIC may use it/);
  await exposes("ALTER TABLE video_calls DISABLE ROW LEVEL SECURITY", /video_calls +row-level security is off/);
  await exposes("CREATE POLICY open ON video_calls TO anon USING (true)", /video_calls +the policy open lets others in: DROP POLICY open/);
  await exposes("GRANT EXECUTE ON FUNCTION video_call.version TO PUBLIC", /video_call\.version\(\) +PUBLIC may execute it/);
  await exposes("GRANT SELECT ON mentees TO video_call", /role video_call +it has direct access to (public\.)?mentees/);
  await exposes("SELECT 1", /role postgres +it is a superuser/, { DATABASE_URL: other.url.replace("user=video_call", "user=postgres") });
  await other.drop();
});

test("readyz and the log say what to apply if the schema is missing or too old", async () => {
  const other = await createDatabase();
  await other.sql("CREATE OR REPLACE FUNCTION video_call.version(OUT version integer) LANGUAGE sql AS 'SELECT 0'");
  const beside = await aside(other, {});
  try {
    const { status, json } = await get(beside, "readyz");
    assert.deepEqual([status, json.code], [503, "not_ready"]);
    const line = await beside.pool.line(({ event }) => event === "schema");
    assert.match(line.message, /schema video_call: is version 0, and this program needs \d+ or later: apply sql/);
    await other.sql("DROP SCHEMA video_call CASCADE");
    const refused = await post(beside, "start", await people.cookie(people.ada), { mentorshipId: people.adaAndBen });
    assert.deepEqual([refused.status, refused.json.code], [503, "not_ready"]);
  } finally {
    await beside.close();
    await other.drop();
  }
});

test("the program accepts a later schema", async () => {
  const other = await createDatabase();
  await other.sql("CREATE OR REPLACE FUNCTION video_call.version(OUT version integer) LANGUAGE plpgsql AS 'BEGIN version := 1000; END'");
  const { code, stdout } = await run(["--check"], settings(other));
  assert.equal(code, 0, stdout);
  await other.drop();
});

test("a wrong setting prevents the start, with one line that names it but not its value", async () => {
  const wrong = {
    AGORA_APP_CERTIFICATE: "hunter2",
    NEXT_PUBLIC_AGORA_APP_ID: "hunter2",
    NEXTAUTH_URL: "hunter2",
    DATABASE_URL: "hunter2",
    VIDEO_CALL_ASSERTION_PUBLIC_KEY: "hunter2",
    VIDEO_CALL_ASSERTION_SECRET: "hunter2",
    VIDEO_CALL_WORKERS: "hunter2",
    VIDEO_CALL_STUDENT_START: "hunter2",
    VIDEO_CALL_LOG_LEVEL: "hunter2",
    VIDEO_CALL_TOKEN_LIFETIME_SEC: "86401",
    VIDEO_CALL_LISTEN: "hunter2",
  };
  for (const [name, value] of Object.entries(wrong)) {
    const { code, stderr } = await run([], settings(database, { [name]: value }));
    assert.equal(code, 1, name);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    assert.ok(stderr.includes(`${name}: `), stderr);
    assert.ok(!stderr.includes("hunter2") && !stderr.includes("86401:"), stderr);
  }
});

test("settings that exclude or contradict each other prevent the start", async () => {
  for (const [more, said] of [
    [{ VIDEO_CALL_ASSERTION_SECRET: "x".repeat(32), VIDEO_CALL_ASSERTION_PUBLIC_KEY: Buffer.alloc(32, 7).toString("base64") }, /exclude each other/],
    [{ NEXTAUTH_SECRET: undefined }, /callers can.t be identified/],
    [{ VIDEO_CALL_DATABASE_TIMEOUT_MS: "5000" }, /must be less than VIDEO_CALL_REQUEST_TIMEOUT_MS/],
    [{ VIDEO_CALL_REQUEST_TIMEOUT_MS: "10000" }, /must be less than VIDEO_CALL_SHUTDOWN_TIMEOUT_MS/],
  ]) {
    const { code, stderr } = await run([], settings(database, more));
    assert.equal(code, 1);
    assert.match(stderr, said);
  }
});

test("--settings lists every setting without this deployment's values", async () => {
  const { code, stdout } = await run(["--settings"], settings(database));
  assert.equal(code, 0);
  const names = [...readFileSync(join(source, "lib/settings.c"), "utf8").matchAll(/\.name = "(\w+)"/g)].map(([, name]) => name);
  assert.ok(names.length > 15);
  for (const name of names) assert.ok(stdout.includes(name), name);
  assert.ok(!stdout.includes(people.sessionSecret) && !stdout.includes(portalUrl));
});

test("--version and --help print their text, wrong usage exits with 2", async () => {
  assert.match((await run(["--version"])).stdout, /^video-call \d+\.\d+\.\d+\n$/);
  assert.match((await run(["--help"])).stdout, /^Usage: video-call-fcgi/);
  for (const args of [["--nonsense"], ["surplus"], ["--workers"]]) assert.equal((await run(args)).code, 2);
});
