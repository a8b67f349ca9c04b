// What the programs say about a connection string, without ever revealing what is in it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { createDatabase } from "./harness/database.mjs";
import { build, postgresSocket, privateFolder } from "./harness/places.mjs";
import { run, settings, startPool } from "./harness/pool.mjs";
import { killAll, start } from "./harness/process.mjs";

const DELIMITERS = [..."@/%?#:,[] &='\\"];
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at));

let database;
before(async () => (database = await createDatabase()));
after(async () => {
  await database.drop();
  killAll();
});

const urlOf = (password) => `postgresql://someone:${password}@127.0.0.1:1/portal`;
const assertKept = (text, url) => assert.doesNotMatch(text, /quokka|wombat|127\.7\.7\.7/, url);

async function ctl(args, more) {
  const self = start(join(build, "ctl/video-callctl"), args, { env: { PATH: process.env.PATH, ...settings(database, more) } });
  const { code } = await self.ended;
  return { code, text: self.stdout + self.stderr };
}

test("check prints no part of a password, whatever characters it contains", async () => {
  const passwords = [...PRINTABLE.map((sign) => `quokka${sign}wombat`), ...DELIMITERS.flatMap((sign) => [`${sign}quokka`, `quokka${sign}`, `12${sign}quokka`]), "quokka@127.7.7.7/wombat", "@127.7.7.7:1/"];
  for (const password of passwords) {
    const { code, text } = await ctl(["check"], { DATABASE_URL: urlOf(password) });
    assert.notEqual(code, 0);
    assert.match(text, /DATABASE_URL/);
    assertKept(text, password);
  }
});

test("migrate prints no part of the administrator's password", async () => {
  for (const sign of DELIMITERS) {
    const { code, text } = await ctl(["migrate"], { ADMIN_DATABASE_URL: urlOf(`quokka${sign}wombat`) });
    assert.notEqual(code, 0);
    assertKept(text, sign);
  }
});

test("the pool refuses to start with a password that isn't percent-encoded, and says so", async () => {
  for (const sign of ["@", "/", "%"])
    for (const args of [[], ["--check"]]) {
      const { code, stdout, stderr } = await run(args, settings(database, { DATABASE_URL: urlOf(`quokka${sign}wombat`) }));
      assert.equal(code, 1);
      assert.match(stderr, /DATABASE_URL: .*percent-encoded/);
      assertKept(stdout + stderr, sign);
    }
});

test("the pool's log contains no part of a password that libpq accepts", async () => {
  for (const sign of ["#", "?", ":"]) {
    const pool = await startPool(settings(database, { DATABASE_URL: urlOf(`quokka${sign}wombat`) }), { workers: 1 });
    const { message } = await pool.line(({ event }) => event === "database_down");
    assert.match(message, /127\.0\.0\.1/);
    await pool.stop();
    assertKept(pool.logText, sign);
  }
});

test("an invalid connection string gets an example of a valid one, and a missing service is reported as such", async () => {
  const said = async (url) => (await run([], settings(database, { DATABASE_URL: url }))).stderr;
  assert.match(await said("quokka"), /DATABASE_URL: is not a valid PostgreSQL connection string \(postgresql:\/\/user:password@host\/database\)/);
  assert.match(await said("service=quokka"), /DATABASE_URL: names a service that libpq can't read from a service file/);
});

test("a service file and the environment locate the database, as for libpq", async () => {
  const file = join(privateFolder(), "pg_service.conf");
  writeFileSync(file, `[portal]\nhost=localhost,${postgresSocket}\nport=1,5432\nuser=video_call\ndbname=${database.name}\n`);
  for (const more of [
    { DATABASE_URL: "service=portal", PGSERVICEFILE: file },
    { DATABASE_URL: "postgresql:///?user=video_call", PGSERVICEFILE: file, PGSERVICE: "portal" },
    { DATABASE_URL: `user=video_call dbname=${database.name}`, PGHOST: `localhost,${postgresSocket}`, PGPORT: "1,5432" },
  ]) {
    const { code, text } = await ctl(["check"], more);
    assert.equal(code, 0, text);
  }
});
