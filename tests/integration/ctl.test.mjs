import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { get, post, request } from "./harness/client.mjs";
import { createDatabase } from "./harness/database.mjs";
import * as people from "./harness/people.mjs";
import { build, postgresSocket, privateFolder, source } from "./harness/places.mjs";
import { agora, settings } from "./harness/pool.mjs";
import { start } from "./harness/process.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const mine = { mentorshipId: people.adaAndBen };
const program = join(build, "ctl/video-callctl");
const migration = ["add_video_calls_table.sql", "video_call_functions.sql"].map((name) => join(source, "sql", name));

/** Runs it to its end; more: settings beside those of the stand, input: its standard input. */
async function ctl(args, { more = {}, database = here.database, input } = {}) {
  const self = start(program, args, { env: { PATH: process.env.PATH, ...settings(database, more) }, stdio: ["pipe", "pipe", "pipe"] });
  self.child.stdin.end(input);
  const { code } = await self.ended;
  return { code, stdout: self.stdout, stderr: self.stderr, json: args.includes("--json") && self.stdout ? JSON.parse(self.stdout) : undefined };
}
const smokeArguments = () => ["smoke", `http://127.0.0.1:${here.nginx.port}/`, "--instructor", people.ada, "--mentee", people.ben, "--mentorship", people.adaAndBen, "--stranger", people.carl];

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("wrong usage ends with 2 and does nothing", async () => {
  for (const args of [[], ["fly"], ["token"], ["token", "a"], ["calls", "extra"], ["end", "no-id"], ["--lifetime", "soon", "session", "1"], ["token", "a", "b", "--role", "king"], ["smoke", "http://x"], ["--fly"]])
    assert.equal((await ctl(args)).code, 2, args.join(" "));
});

test("--help names every subcommand, and so does the completion", async () => {
  const { code, stdout } = await ctl(["--help"]);
  assert.equal(code, 0);
  const names = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  assert.equal(names.length, 9);
  const complete = (line) =>
    execFileSync("bash", ["-c", `. ${join(source, "ctl/video-callctl.bash")}; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _video_callctl; printf '%s\\n' "\${COMPREPLY[@]}"`]).toString().trim().split("\n");
  assert.deepEqual(complete("video-callctl ''"), names);
  assert.deepEqual(complete("video-callctl --json s"), ["session", "smoke", "stats"]);
  assert.deepEqual(complete("video-callctl token --role a"), ["audience"]);
  const options = [...stdout.matchAll(/--[a-z-]+/g)].map(([option]) => option);
  assert.deepEqual([...complete("video-callctl -")].sort(), [...new Set(options)].sort());
});

test("check says ok, or what to do, for people and for scripts", async () => {
  const good = await ctl(["check", "--json"]);
  assert.equal(good.code, 0, good.stdout);
  assert.equal(good.json.faults, 0);
  assert.ok(good.json.checks.some(({ subject, verdict }) => subject === "clocks" && verdict === "ok"));
  const bad = await ctl(["check"], { more: { AGORA_APP_CERTIFICATE: undefined } });
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /AGORA_APP_CERTIFICATE +is not set: no token can be issued/);
});

test("check tells of a database that cannot be reached, in the server's own words", async () => {
  const { code, json } = await ctl(["check", "--json"], { more: { DATABASE_URL: `postgresql:///nowhere?host=${postgresSocket}&user=video_call` } });
  assert.equal(code, 1);
  assert.match(json.checks.find(({ subject }) => subject === "database").whatToDo, /database "nowhere" does not exist/);
});

test("check advises a certificate where the database is elsewhere and reached without", async () => {
  const verdict = async (url) => (await ctl(["check", "--json"], { more: { DATABASE_URL: url } })).json.checks.find(({ subject }) => subject === "database encryption")?.verdict;
  assert.equal(await verdict(here.database.url), "ok");
});

test("check notices a clock that is off", { skip: process.env.ASAN_OPTIONS && "the sanitizer must be the first library" }, async () => {
  const library = execFileSync("sh", ["-c", "ls /usr/lib/*/faketime/libfaketime.so.1"]).toString().trim();
  const { code, stdout } = await ctl(["check"], { more: { LD_PRELOAD: library, FAKETIME: "-1h", FAKETIME_DONT_FAKE_MONOTONIC: "1" } });
  assert.equal(code, 1);
  assert.match(stdout, /clocks +the database clock is 3[56]\d{2}\.\d s ahead of this host's: synchronise both with NTP/);
});

test("migrate makes the ledger, and may be repeated", async () => {
  const database = await createDatabase("portal");
  const url = `postgresql:///${database.name}?host=${postgresSocket}&user=postgres`;
  try {
    for (let times = 0; times < 2; times++) {
      const { code, json, stderr } = await ctl(["migrate", ...migration, "--json"], { more: { ADMIN_DATABASE_URL: url } });
      assert.equal(code, 0, stderr);
      assert.deepEqual(json.applied, migration);
    }
    assert.equal((await ctl(["check"], { database })).code, 0);
  } finally {
    await database.drop();
  }
});

test("a migration that fails changes nothing and says why", async () => {
  const database = await createDatabase("portal");
  const file = join(privateFolder(), "broken.sql");
  writeFileSync(file, "BEGIN; CREATE TABLE half_done (); SELECT nonsense; COMMIT;");
  const url = `postgresql:///${database.name}?host=${postgresSocket}&user=postgres`;
  try {
    const { code, stderr } = await ctl(["migrate", file], { more: { ADMIN_DATABASE_URL: url } });
    assert.equal(code, 1);
    assert.match(stderr, /nothing changed: column "nonsense" does not exist/);
    assert.deepEqual(await database.sql("SELECT FROM pg_class WHERE relname = 'half_done'"), []);
    assert.equal((await ctl(["migrate"], { database })).code, 1);
    assert.equal((await ctl(["migrate", "/nowhere.sql"])).code, 1);
  } finally {
    await database.drop();
  }
});

test("migrate needs the connection alone, and says what it cannot know", async () => {
  const database = await createDatabase("portal");
  const url = `postgresql:///${database.name}?host=${postgresSocket}&user=postgres`;
  try {
    const more = { ADMIN_DATABASE_URL: url, DATABASE_URL: undefined, NEXTAUTH_SECRET: undefined };
    const { code, stderr } = await ctl(["migrate", ...migration], { more });
    assert.equal(code, 0, stderr);
    const file = join(privateFolder(), "cut.sql");
    writeFileSync(file, "SELECT pg_terminate_backend(pg_backend_pid())");
    const cut = await ctl(["migrate", file], { more });
    assert.match(cut.stderr, /may or may not have been applied|terminating connection/);
    assert.ok(!/nothing changed/.test(cut.stderr) || /terminating connection/.test(cut.stderr), cut.stderr);
    const empty = join(privateFolder(), "empty.sql");
    writeFileSync(empty, "");
    assert.match((await ctl(["migrate", empty], { more })).stderr, /cannot read .*: it is empty/);
  } finally {
    await database.drop();
  }
});

test("a token for trying out is one of Agora's, and inspect shows all that is in it", async () => {
  const made = await ctl(["token", people.adaAndBen, people.ben, "--role", "audience", "--lifetime", "600", "--json"]);
  assert.equal(made.code, 0, made.stderr);
  const { code, json } = await ctl(["inspect", made.json.token, "--json"]);
  assert.equal(code, 0);
  assert.equal(json.appId, agora.appId);
  assert.equal(json.signatureHolds, true);
  assert.equal(json.expired, false);
  assert.equal(Date.parse(json.expiresAt) - Date.parse(json.issuedAt), 600e3);
  const [service] = json.services;
  assert.equal(service.name, "RTC");
  assert.equal(service.channelName, people.adaAndBen);
  assert.equal(service.userId, people.ben);
  assert.deepEqual(service.privileges.map(({ name }) => name), ["join channel"]);
});

test("a token that Agora would not take is not issued", async () => {
  for (const args of [["a", "b", "--lifetime", "86401"], ["a".repeat(64), "b"], ["a", "0"], ["ä", "b"]]) {
    const { code, stdout } = await ctl(["token", ...args]);
    assert.equal(code, 1, args.join(" "));
    assert.equal(stdout, "");
  }
  assert.equal((await ctl(["token", "a", "b"], { more: { AGORA_APP_CERTIFICATE: undefined } })).code, 1);
});

test("inspect takes the token of an answer from standard input, and knows a foreign one", async () => {
  const { token } = (await post(here.nginx, "token", ada, mine)).json;
  const good = await ctl(["inspect", "-"], { input: `${token}\n` });
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /^signature +holds$/m);
  assert.match(good.stdout, /^publish video +until .*Z, for another 2[34] h/m);
  const foreign = await ctl(["inspect", token], { more: { AGORA_APP_CERTIFICATE: "0".repeat(32) } });
  assert.equal(foreign.code, 1);
  assert.match(foreign.stdout, /^signature +does not hold/m);
  const unchecked = await ctl(["inspect", token, "--json"], { more: { AGORA_APP_CERTIFICATE: undefined } });
  assert.equal(unchecked.code, 0);
  assert.equal(unchecked.json.signatureHolds, null);
  assert.equal((await ctl(["inspect", "006nonsense"])).code, 1);
});

test("calls lists who is in a call, and end ends it as the ledger has it", async () => {
  const { callId } = (await post(here.nginx, "start", ada, mine)).json;
  await post(here.nginx, "start", ben, mine);
  await post(here.nginx, "leave", ben, { callId });
  const { json } = await ctl(["calls", "--json"]);
  assert.equal(json.calls.length, 1);
  assert.equal(json.calls[0].callId, callId);
  assert.equal(json.calls[0].stale, false);
  assert.equal(json.calls[0].participants[0].leftAt, null);
  assert.ok(json.calls[0].participants[1].leftAt);
  const text = (await ctl(["calls"])).stdout;
  assert.match(text, /1 active call$/m);
  assert.match(text, /mentee: .*, left /);
  const ended = await ctl(["end", callId, "--json"]);
  assert.equal(ended.code, 0, ended.stderr);
  const answer = (await post(here.nginx, "end", ada, { callId })).json;
  assert.equal(answer.endTime, ended.json.endTime);
  assert.equal(answer.durationSeconds, ended.json.durationSeconds);
  assert.equal(ended.json.wasActive, true);
  assert.deepEqual((await ctl(["end", callId, "--json"])).json, { ...ended.json, wasActive: false }, "again changes nothing");
  assert.match((await ctl(["end", callId])).stdout, /was over already/);
  assert.equal((await ctl(["end", "99999999-9999-4999-8999-999999999999"])).code, 1);
  assert.match((await ctl(["calls"])).stdout, /^0 active calls$/m);
});

test("a session is one that the portal's library would have made", async () => {
  const { code, stdout } = await ctl(["session", people.ada]);
  assert.equal(code, 0);
  assert.equal((await get(here.nginx, "history", stdout.trim())).status, 200);
  const { json } = await ctl(["session", people.ada, "--json", "--lifetime", "60"], { more: { NEXTAUTH_URL: "https://portal.example" } });
  assert.equal(json.name, "__Secure-next-auth.session-token");
  assert.equal(json.expiresIn, 60);
  assert.equal((await ctl(["session", "not-an-id"])).code, 1);
});

test("smoke walks a whole call through nginx and leaves it ended", async () => {
  const { code, json, stderr } = await ctl([...smokeArguments(), "--json"]);
  assert.equal(code, 0, JSON.stringify(json) + stderr);
  assert.equal(json.steps.length, 14);
  const [row] = await here.sql("SELECT id, status FROM video_calls");
  assert.deepEqual(row, { id: json.callId, status: "ended" });
  assert.match((await ctl(smokeArguments())).stdout, /the deployment works$/m);
});

test("smoke never touches a call that real people are in", async () => {
  const { callId } = (await post(here.nginx, "start", ada, mine)).json;
  const { code, stdout } = await ctl(smokeArguments());
  assert.equal(code, 1);
  assert.match(stdout, /BROKEN .*somebody is in a call/);
  assert.equal((await here.sql("SELECT status FROM video_calls WHERE id = $1", [callId]))[0].status, "active");
});

test("smoke leaves a call alone that real people begin under its feet", async () => {
  let callId;
  // On the way to nginx: after smoke has looked, and before it starts, Ada starts herself.
  const between = http.createServer(async (incoming, outgoing) => {
    const parts = [];
    for await (const part of incoming) parts.push(part);
    if (incoming.url.endsWith("/token")) callId ??= (await post(here.nginx, "start", ada, mine)).json.callId;
    const { cookie, "content-type": type } = incoming.headers;
    const answer = await request(here.nginx, incoming.method, incoming.url, { headers: { ...(cookie && { cookie }), ...(type && { "content-type": type }) }, body: parts.length ? Buffer.concat(parts) : undefined });
    outgoing.writeHead(answer.status, { "Content-Type": "application/json" }).end(answer.text);
  });
  await new Promise((resolve) => between.listen(0, "127.0.0.1", resolve));
  try {
    const { code, stdout } = await ctl(["smoke", `http://127.0.0.1:${between.address().port}`, ...smokeArguments().slice(2)]);
    assert.equal(code, 1);
    assert.match(stdout, /BROKEN .*somebody has just begun a call/);
    assert.ok(!stdout.includes("cleaning up"));
    assert.equal((await here.sql("SELECT status FROM video_calls WHERE id = $1", [callId]))[0].status, "active");
  } finally {
    between.close();
  }
});

test("smoke says where a deployment breaks, and ends what it began", async () => {
  const other = await ctl(smokeArguments(), { more: { AGORA_APP_CERTIFICATE: "0".repeat(32) } });
  assert.equal(other.code, 1);
  assert.match(other.stdout, /BROKEN .*host's token: the token: the signature does not hold under this certificate/);
  const secret = await ctl(smokeArguments(), { more: { NEXTAUTH_SECRET: "not the deployment's secret" } });
  assert.match(secret.stdout, /BROKEN .*401 instead of 200, unauthenticated: .*\(request [0-9a-f]{32}\)/);
  await here.sql("REVOKE EXECUTE ON FUNCTION video_call.heartbeat FROM video_call");
  const broken = await ctl(smokeArguments());
  await here.sql("GRANT EXECUTE ON FUNCTION video_call.heartbeat TO video_call");
  assert.equal(broken.code, 1);
  assert.match(broken.stdout, /BROKEN .*heartbeat: 503 instead of 200, not_ready/);
  assert.match(broken.stdout, /^ok .*cleaning up/m);
  assert.deepEqual(await here.sql("SELECT FROM video_calls WHERE status = 'active'"), []);
  assert.equal((await ctl(["smoke", "http://127.0.0.1:1", ...smokeArguments().slice(2)])).code, 3);
});

test("stats sums up what the pool did", async () => {
  const nginx = await aside(here.database, {});
  const { url } = nginx.local;
  try {
    for (let at = 0; at < 5; at++) await post(nginx, "token", ada, mine);
    await post(nginx, "token", undefined, mine);
    const { code, json } = await ctl(["stats", url, "--json"]);
    assert.equal(code, 0);
    assert.equal(json.workers, 1);
    assert.equal(json.workersWanted, 1);
    assert.equal(json.workersWithDatabase, 1);
    const token = json.routes.find(({ route }) => route === "token");
    assert.deepEqual([token.requests, token.refused, token.failed], [6, 1, 0]);
    assert.ok(token.p50Ms > 0 && token.p99Ms >= token.p50Ms);
    const { stdout } = await ctl(["stats", url]);
    assert.match(stdout, /^tokens +5 for hosts, 0 for the audience$/m);
    assert.match(stdout, /^token +6 +1 +0 /m);
    assert.equal((await ctl(["stats", "http://127.0.0.1:1"])).code, 3);
  } finally {
    await nginx.close();
  }
});

test("without a database the subcommands that need one say so and end with 3", async () => {
  for (const args of [["calls"], ["end", people.adaAndBen], ["migrate", ...migration]]) {
    const { code, stderr } = await ctl(args, { more: { DATABASE_URL: "postgresql://127.0.0.1:1/x" } });
    assert.equal(code, 3, args[0]);
    assert.match(stderr, /cannot be reached/);
    assert.ok(!stderr.includes("\n{"), "no log lines among it");
  }
});

test("no subcommand shows a secret", async () => {
  for (const args of [["check"], ["calls"], ["stats", here.nginx.local.url], smokeArguments(), ["--help"]]) {
    const { stdout, stderr } = await ctl(args);
    for (const secret of [agora.certificate, people.sessionSecret]) assert.ok(!(stdout + stderr).includes(secret), args[0]);
  }
  assert.ok(!readFileSync(join(source, "ctl/video-callctl.bash"), "utf8").includes("secret"));
});
