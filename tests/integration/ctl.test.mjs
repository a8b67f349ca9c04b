// video-callctl, next to a running pool. What it does as the database's administrator is in
// ctl_sql.test.mjs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import http from "node:http";
import { join } from "node:path";
import { beforeEach, test } from "node:test";
import { get, post, request } from "./harness/client.mjs";
import { outcome, program, run } from "./harness/ctl.mjs";
import * as people from "./harness/people.mjs";
import { postgresSocket, source } from "./harness/places.mjs";
import { agora, settings } from "./harness/pool.mjs";
import { start } from "./harness/process.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const ben = await people.cookie(people.ben);
const mine = { mentorshipId: people.adaAndBen };
const smokeArguments = () => ["smoke", `http://127.0.0.1:${here.nginx.port}/`, "--instructor", people.ada, "--mentee", people.ben, "--mentorship", people.adaAndBen, "--stranger", people.carl];

/** Runs video-callctl with the stand's settings, changed by `more` and `database`. */
const ctl = (args, { more = {}, database = here.database, input } = {}) => run(args, settings(database, more), input);

/** Runs use(url) while a local server handles every request with `answer`. */
async function withServer(answer, use) {
  const server = http.createServer(answer);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await use(`http://127.0.0.1:${server.address().port}`);
  } finally {
    server.close();
  }
}

beforeEach(() => here.sql("TRUNCATE video_calls CASCADE"));

test("wrong usage exits with 2 and says what is wrong", async () => {
  const cases = [
    [[], /a subcommand is missing/],
    [["fly"], /there is no subcommand 'fly'$/m],
    [["cals"], /there is no subcommand 'cals'; did you mean 'calls'\?/],
    [["help", "inspct"], /did you mean 'inspect'\?/],
    [["--fly"], /unrecognized option '--fly'/],
    [["token"], /token wants MENTORSHIP DISCORD_ID/],
    [["calls", "extra"], /calls does not take 'extra'/],
    [["calls", "--role", "host"], /calls has no option --role/],
    [["calls", "--limit", "x"], /calls: --limit wants a whole number from 1 to 1000, not 'x'/],
    [["calls", "--limit", "0"], /not '0'/],
    [["calls", "--limit", "1e2"], /not '1e2'/],
    [["calls", "--limit", ""], /not ''/],
    [["session", people.ada, "--lifetime", "9223372036854775807"], /session: --lifetime wants a whole number from 1 to 86400/],
    [["token", people.adaAndBen, people.ben, "--lifetime", "99999999999999999999"], /token: --lifetime wants/],
    [["token", people.adaAndBen, people.ben, "--role", "king"], /token: --role wants host or audience, not 'king'/],
    [["token", "nonsense", people.ben], /token: MENTORSHIP wants an ID such as .*, not 'nonsense'/],
    [["token", people.adaAndBen, "Ben"], /token: DISCORD_ID wants a Discord ID, 1 to 20 digits, not 'Ben'/],
    [["token", people.adaAndBen, "1".repeat(21)], /token: DISCORD_ID wants/],
    [["session", "not-an-id"], /session: DISCORD_ID wants/],
    [["end", "no-id"], /end: CALL wants an ID/],
    [["smoke", "portal.example"], /smoke: URL wants an address such as https:/],
    [["smoke", "http://127.0.0.1:1", "--mentee", people.ben], /--instructor, --mentee and --mentorship go together/],
    [["smoke", "http://127.0.0.1:1", "--stranger", "carl"], /smoke: --stranger wants a Discord ID/],
    [["stats", "127.0.0.1"], /stats: URL wants an address/],
  ];
  for (const [args, said] of cases) {
    const { code, stdout, stderr } = await ctl(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, said);
    assert.equal(stdout, "");
  }
});

test("arguments are never echoed raw to the terminal", async () => {
  const { stderr } = await ctl(["end", "\u001b[2J"]);
  assert.match(stderr, /not '\\x1B\[2J'/);
});

test("--help and help describe every subcommand, and completion knows them and their options", async () => {
  const { code, stdout } = await ctl(["--help"]);
  assert.equal(code, 0);
  assert.match(stdout, /Exit status: 0 .*; 1 .*; 2 /);
  const names = [...stdout.matchAll(/^ {2}([a-z][a-z-]*) /gm)].map(([, name]) => name);
  assert.equal(names.length, 11);
  const complete = (line) =>
    execFileSync("bash", ["-c", `. ${join(source, "ctl/video-callctl.bash")}; COMP_WORDS=(${line}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _video_callctl; printf '%s\\n' "\${COMPREPLY[@]}"`]).toString().trim().split("\n");
  assert.deepEqual(complete("video-callctl ''"), names);
  assert.deepEqual(complete("video-callctl --json s"), ["session", "smoke", "smoke-accounts", "stats"]);
  assert.deepEqual(complete("video-callctl help mig"), ["migrate"]);
  assert.deepEqual(complete("video-callctl token --role a"), ["audience"]);
  for (const name of names) {
    const help = await ctl(["help", name]);
    assert.equal(help.code, 0);
    assert.ok(help.stdout.startsWith(`Usage: video-callctl ${name}`), help.stdout);
    assert.equal((await ctl([name, "--help"])).stdout, help.stdout);
    const options = [...help.stdout.matchAll(/^ {2}(--[a-z-]+)/gm)].map(([, option]) => option);
    assert.deepEqual(complete(`video-callctl ${name} --`).filter((option) => option).sort(), [...options, "--help"].sort(), name);
  }
});

test("a subcommand needs only the settings it uses", async () => {
  const token = (await post(here.nginx, "token", ada, mine)).json.token;
  const wrong = { NEXTAUTH_URL: "nonsense", VIDEO_CALL_WORKERS: "many", VIDEO_CALL_ASSERTION_SECRET: "short" };
  assert.equal((await run(["inspect", token])).code, 0);
  assert.equal((await run(["inspect", token], { ...wrong, DATABASE_URL: "nonsense" })).code, 0);
  assert.equal((await run(["calls"], { ...wrong, DATABASE_URL: here.database.url, AGORA_APP_CERTIFICATE: "nonsense" })).code, 0);
  assert.equal((await run(["session", people.ada], { NEXTAUTH_SECRET: people.sessionSecret, DATABASE_URL: "nonsense" })).code, 0);
  assert.match((await run(["session", people.ada])).stderr, /session: NEXTAUTH_SECRET is not set/);
  assert.match((await run(["token", people.adaAndBen, people.ada])).stderr, /NEXT_PUBLIC_AGORA_APP_ID or AGORA_APP_CERTIFICATE is not set/);
  assert.match((await run(["calls"])).stderr, /DATABASE_URL is not set/);
  const own = await run(["calls"], { DATABASE_URL: "nonsense" });
  assert.equal(own.code, 1);
  assert.match(own.stderr, /DATABASE_URL/);
  assert.match((await run(["check"], { ...wrong, NEXTAUTH_URL: undefined })).stderr, /VIDEO_CALL_/, "check looks at all of them");
});

test("a settings file that the user can't read is reported", { skip: process.getuid() !== 0 && "needs root" }, async () => {
  const file = (await ctl(["help", "calls"])).stdout.match(/by default\s+(\/\S+)/)[1];
  const folder = join(file, "../..");
  const script = `mkdir -p ${folder}; mount -t tmpfs none ${folder}; mkdir ${join(file, "..")}; echo DATABASE_URL=x >${file}; chmod 600 ${file}; exec setpriv --reuid=65534 --clear-groups ${program} calls`;
  const { stderr } = await outcome(start("unshare", ["--mount", "sh", "-c", script], { env: { PATH: process.env.PATH } }));
  assert.match(stderr, /cannot read \S+video-call.env \(Permission denied\): only the environment counts/);
});

test("check says ok or what to do, for people and for scripts", async () => {
  const good = await ctl(["check", "--json"]);
  assert.equal(good.code, 0, good.stdout);
  assert.equal(good.json.faults, 0);
  assert.ok(good.json.checks.some(({ subject, verdict }) => subject === "clocks" && verdict === "ok"));
  const bad = await ctl(["check"], { more: { AGORA_APP_CERTIFICATE: undefined } });
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /AGORA_APP_CERTIFICATE +is not set: no token can be issued/);
});

test("check reports an unreachable database in the server's own words", async () => {
  const { code, json } = await ctl(["check", "--json"], { more: { DATABASE_URL: `postgresql:///nowhere?host=${postgresSocket}&user=video_call` } });
  assert.equal(code, 1);
  assert.match(json.checks.find(({ subject }) => subject === "database").whatToDo, /database "nowhere" does not exist/);
});

test("check accepts an unencrypted connection to a database on this host", async () => {
  const verdict = async (url) => (await ctl(["check", "--json"], { more: { DATABASE_URL: url } })).json.checks.find(({ subject }) => subject === "database encryption")?.verdict;
  assert.equal(await verdict(here.database.url), "ok");
});

test("check notices a wrong clock", { skip: process.env.ASAN_OPTIONS && "the sanitizer must be the first library" }, async () => {
  const library = execFileSync("sh", ["-c", "ls /usr/lib/*/faketime/libfaketime.so.1"]).toString().trim();
  const { code, stdout } = await ctl(["check"], { more: { LD_PRELOAD: library, FAKETIME: "-1h", FAKETIME_DONT_FAKE_MONOTONIC: "1" } });
  assert.equal(code, 1);
  assert.match(stdout, /clocks +the database clock is 3[56]\d{2}\.\d s ahead of this host's: synchronise both with NTP/);
});

test("token makes a valid Agora token, and inspect shows everything in it", async () => {
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

test("inspect reads a token from standard input and recognises a foreign one", async () => {
  const { token } = (await post(here.nginx, "token", ada, mine)).json;
  const good = await ctl(["inspect", "-"], { input: `${token}\n` });
  assert.equal(good.code, 0, good.stderr);
  assert.match(good.stdout, /^signature +valid$/m);
  assert.match(good.stdout, /^publish video +until .*Z, in 2[34] h/m);
  const foreign = await ctl(["inspect", token], { more: { AGORA_APP_CERTIFICATE: "0".repeat(32) } });
  assert.equal(foreign.code, 1);
  assert.match(foreign.stdout, /^signature +invalid/m);
  const unchecked = await ctl(["inspect", token, "--json"], { more: { AGORA_APP_CERTIFICATE: undefined } });
  assert.equal(unchecked.code, 0);
  assert.equal(unchecked.json.signatureHolds, null);
  assert.equal((await ctl(["inspect", "006nonsense"])).code, 1);
});

test("calls lists who is in a call, and end ends it in the ledger", async () => {
  const { callId } = (await post(here.nginx, "start", ada, mine)).json;
  await post(here.nginx, "start", ben, mine);
  await post(here.nginx, "leave", ben, { callId });
  const { json } = await ctl(["calls", "--json"]);
  assert.equal(json.calls.length, 1);
  assert.equal(json.more, false);
  assert.equal(json.calls[0].callId, callId);
  assert.equal(json.calls[0].stale, false);
  assert.equal(json.calls[0].participants[0].leftAt, null);
  assert.ok(json.calls[0].participants[1].leftAt);
  const long = (await ctl(["calls", "--long"])).stdout;
  assert.match(long, /1 active call$/m);
  assert.match(long, /mentee: Ben Mentee, left at /);
  for (const text of [callId, people.adaAndBen, json.calls[0].startTime, json.calls[0].lastSignTime]) assert.ok(long.includes(text));
  const ended = await ctl(["end", callId, "--json"]);
  assert.equal(ended.code, 0, ended.stderr);
  const answer = (await post(here.nginx, "end", ada, { callId })).json;
  assert.equal(answer.endTime, ended.json.endTime);
  assert.equal(answer.durationSeconds, ended.json.durationSeconds);
  assert.equal(ended.json.wasActive, true);
  assert.deepEqual((await ctl(["end", callId, "--json"])).json, { ...ended.json, wasActive: false }, "ending it again changes nothing");
  assert.ok((await ctl(["end", callId])).stdout.includes(`was already over: it ended at ${ended.json.endTime} after `));
  const unknown = await ctl(["end", people.ofNothing]);
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /end: no such call/);
  assert.equal((await ctl(["calls"])).stdout, "0 active calls\n");
});

test("calls prints a table with one line per call, aligned whatever the names", async () => {
  const names = { long: `${"x".repeat(40)} Instructor`, wide: "\u6797\u5c0f\u660e" };
  await here.sql("UPDATE instructors SET name = $1 WHERE discord_id = $2", [names.long, people.grace]);
  await here.sql("UPDATE instructors SET name = $1 WHERE discord_id = $2", [names.wide, people.ada]);
  try {
    const first = (await post(here.nginx, "start", ada, mine)).json.callId;
    await post(here.nginx, "start", ben, mine);
    const second = (await post(here.nginx, "start", await people.cookie(people.grace), { mentorshipId: people.graceAndBen })).json.callId;
    await here.sql("UPDATE video_calls SET start_time = now() - interval '1 minute', last_sign_at = now() - interval '5 hours' WHERE id = $1", [first]);
    await here.sql("UPDATE video_call.presence SET last_seen_at = now() - interval '5 hours' WHERE call_id = $1", [first]);
    const lines = (await ctl(["calls"])).stdout.split("\n");
    assert.equal(lines.length, 5, lines.join("\n"));
    assert.match(lines[0], /^CALL {34}AGE    STATE   INSTRUCTOR {28}MENTEE$/);
    assert.match(lines[1], new RegExp(`^${second}  \\d+ s +active  x{33}\\.\\.\\.  -$`));
    assert.match(lines[2], new RegExp(`^${first}  1 min +stale   ${names.wide} +Ben Mentee$`));
    assert.equal(lines[3], "2 active calls");
    const columns = (line) => [...line].reduce((sum, character) => sum + (character > "\u2e80" ? 2 : 1), 0);
    assert.equal(columns(lines[2].slice(0, lines[2].indexOf("Ben"))), columns(lines[0].slice(0, lines[0].indexOf("MENTEE"))));
    const one = await ctl(["calls", "--limit", "1"]);
    assert.match(one.stdout, /^1 active call listed; older ones are not$/m);
    assert.ok(!one.stdout.includes(first));
    const { json } = await ctl(["calls", "--limit", "1", "--json"]);
    assert.deepEqual([json.calls.length, json.more], [1, true]);
  } finally {
    await here.sql("UPDATE instructors SET name = 'Grace Instructor' WHERE discord_id = $1", [people.grace]);
    await here.sql("UPDATE instructors SET name = 'Ada Instructor' WHERE discord_id = $1", [people.ada]);
  }
});

test("a name can't control the terminal or start a new line", async () => {
  // Clear screen in C0 and in C1, a newline, right-to-left override, DEL, then harmless characters.
  const name = "\u001b[2J\u009b2J\n\u202eevil\u007f Zo\u00eb \ud83d\ude00";
  await here.sql("UPDATE instructors SET name = $1 WHERE discord_id = $2", [name, people.ada]);
  try {
    await post(here.nginx, "start", ada, mine);
    const shown = "\\x1B[2J\\u009B2J\\x0A\\u202Eevil\\x7F Zo\u00eb \ud83d\ude00";
    const long = (await ctl(["calls", "--long"])).stdout;
    assert.ok(long.includes(`instructor: ${shown}, joined at `), long);
    for (const args of [["calls"], ["calls", "--long"], ["calls", "--json"]]) {
      const { stdout } = await ctl(args);
      assert.doesNotMatch(stdout.replaceAll("\n", ""), /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/, args.join(" "));
    }
    assert.equal((await ctl(["calls", "--json"])).json.calls[0].participants[0].name, name, "JSON keeps the name unchanged");
  } finally {
    await here.sql("UPDATE instructors SET name = 'Ada Instructor' WHERE discord_id = $1", [people.ada]);
  }
});

test("session makes a session as the portal's library would", async () => {
  const { code, stdout } = await ctl(["session", people.ada]);
  assert.equal(code, 0);
  assert.equal((await get(here.nginx, "history", stdout.trim())).status, 200);
  const { json } = await ctl(["session", people.ada, "--json", "--lifetime", "60"], { more: { NEXTAUTH_URL: "https://portal.example" } });
  assert.equal(json.name, "__Secure-next-auth.session-token");
  assert.equal(json.expiresIn, 60);
});

test("smoke runs a whole call through nginx and ends it", async () => {
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
  assert.match(stdout, /FAILED .*somebody is in a call/);
  assert.equal((await here.sql("SELECT status FROM video_calls WHERE id = $1", [callId]))[0].status, "active");
});

test("smoke leaves a call alone that real people start while it runs", async () => {
  let callId;
  // A proxy before nginx: Ada starts a call after smoke has looked and before it starts its own.
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
    assert.match(stdout, /FAILED .*somebody has just started a call/);
    assert.ok(!stdout.includes("cleaning up"));
    assert.equal((await here.sql("SELECT status FROM video_calls WHERE id = $1", [callId]))[0].status, "active");
  } finally {
    between.close();
  }
});

test("smoke says which step fails, and ends the call it started", async () => {
  const other = await ctl(smokeArguments(), { more: { AGORA_APP_CERTIFICATE: "0".repeat(32) } });
  assert.equal(other.code, 1);
  assert.match(other.stdout, /FAILED .*host's token: the token: the signature does not hold under this certificate/);
  const secret = await ctl(smokeArguments(), { more: { NEXTAUTH_SECRET: "not the deployment's secret" } });
  assert.match(secret.stdout, /FAILED .*401 instead of 200, unauthenticated: .*\(request [0-9a-f]{32}\)/);
  await here.sql("REVOKE EXECUTE ON FUNCTION video_call.heartbeat FROM video_call");
  const broken = await ctl(smokeArguments());
  await here.sql("GRANT EXECUTE ON FUNCTION video_call.heartbeat TO video_call");
  assert.equal(broken.code, 1);
  assert.match(broken.stdout, /FAILED .*heartbeat: 503 instead of 200, not_ready/);
  assert.match(broken.stdout, /^ok .*cleaning up/m);
  assert.deepEqual(await here.sql("SELECT FROM video_calls WHERE status = 'active'"), []);
  assert.equal((await ctl(["smoke", "http://127.0.0.1:1", ...smokeArguments().slice(2)])).code, 3);
});

test("smoke warns when it sends session cookies unencrypted to another machine", async () => {
  const warned = async (url) => /smoke: warning: URL is not https: .* valid for 10 minutes$/m.test((await ctl(["smoke", url, ...smokeArguments().slice(2)])).stderr);
  for (const url of ["http://0.0.0.0:1", "http://localhost@0.0.0.0:1", "http://[::]:1/localhost"]) assert.ok(await warned(url), url);
  for (const url of ["https://0.0.0.0:1", "http://127.0.0.1:1", "http://127.9.9.9:1/", "http://[::1]:1", "http://localhost:1", "http://ada:x@localhost:1"]) assert.ok(!(await warned(url)), url);
});

test("stats and smoke report an empty or nonsensical response", async () => {
  for (const body of ["", "\u001b[2J", "{}", '{"mentorships":[{"id":null},7,null]}'])
    await withServer((_, response) => response.end(body), async (url) => {
      const stats = await ctl(["stats", url]);
      assert.deepEqual([stats.code, stats.signal], [1, null], body);
      assert.match(stats.stderr, /answered are not a pool's metrics/);
      const smoke = await ctl(["smoke", url, ...smokeArguments().slice(2), "--json"]);
      assert.deepEqual([smoke.code, smoke.signal], [1, null], body);
      assert.equal(smoke.json.ok, false);
    });
  await withServer((_, response) => response.writeHead(301, { Location: "https://portal.example/" }).end(), async (url) => {
    assert.match((await ctl(["stats", url])).stderr, /answered 301: is this the address of the server block in which nginx includes video-call-local.conf/);
  });
});

test("smoke stops if the response to start has no callId", async () => {
  const mentorships = JSON.stringify({ mentorships: [{ id: people.adaAndBen, activeCall: null }] });
  const roles = [undefined, "host", "audience"];
  const answer = (request, response) => {
    const isToken = request.url.endsWith("/token");
    if (isToken && !request.headers.cookie) response.statusCode = 401;
    response.end(request.url.endsWith("/mentorships") ? mentorships : isToken ? JSON.stringify({ role: roles.shift() }) : "");
  };
  await withServer(answer, async (url) => {
    const { code, json } = await ctl(["smoke", url, "--instructor", people.ada, "--mentee", people.ben, "--mentorship", people.adaAndBen, "--json"]);
    assert.equal(code, 1);
    const { step, ok, explanation } = json.steps.at(-1);
    assert.deepEqual([step, ok, explanation], ["the instructor starts the call", false, "callId is missing"]);
  });
});

test("stats summarises what the pool did", async () => {
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
    assert.deepEqual([json.hostTokens, json.audienceTokens, json.reloads, json.reloadsRefused, json.notifications, json.notificationsRefused, json.notificationsUnrecorded], [5, 0, 0, 0, 0, 0, 0]);
    assert.ok(json.databaseP50Ms > 0 && json.databaseP99Ms >= json.databaseP50Ms);
    const { stdout } = await ctl(["stats", url]);
    assert.match(stdout, /^tokens +5 for hosts, 0 for the audience$/m);
    assert.match(stdout, /^token +6 +1 +0 /m);
    assert.equal((await ctl(["stats", "http://127.0.0.1:1"])).code, 3);
  } finally {
    await nginx.close();
  }
});

test("without a database, the subcommands that need one say so and exit with 3", async () => {
  for (const args of [["calls"], ["end", people.adaAndBen], ["migrate", join(source, "sql/video_call_functions.sql")]]) {
    const { code, stderr } = await ctl(args, { more: { DATABASE_URL: "postgresql://127.0.0.1:1/x", ADMIN_DATABASE_URL: "postgresql://127.0.0.1:1/x" } });
    assert.equal(code, 3, args[0]);
    assert.match(stderr, /cannot reach the database of (ADMIN_)?DATABASE_URL/);
    assert.ok(!stderr.includes("\n{"), "there are no log lines in it");
  }
});

test("no subcommand shows a secret", async () => {
  for (const args of [["check"], ["calls"], ["stats", here.nginx.local.url], smokeArguments(), ["--help"]]) {
    const { stdout, stderr } = await ctl(args);
    for (const secret of [agora.certificate, people.sessionSecret]) assert.ok(!(stdout + stderr).includes(secret), args[0]);
  }
  assert.ok(!readFileSync(join(source, "ctl/video-callctl.bash"), "utf8").includes("secret"));
});
