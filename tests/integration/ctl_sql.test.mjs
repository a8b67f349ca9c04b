// video-callctl as the database's administrator: migrate and smoke-accounts.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";
import { after, test } from "node:test";
import { program, run } from "./harness/ctl.mjs";
import { createDatabase } from "./harness/database.mjs";
import * as people from "./harness/people.mjs";
import { postgresSocket, privateFolder, source } from "./harness/places.mjs";
import { settings } from "./harness/pool.mjs";
import { killAll, start, until } from "./harness/process.mjs";
import { aside } from "./harness/stand.mjs";

after(killAll);

const migration = ["add_video_calls_table.sql", "video_call_functions.sql"].map((name) => join(source, "sql", name));
const adminUrl = (database) => `postgresql:///${database.name}?host=${postgresSocket}&user=postgres`;

function sqlFile(text) {
  const file = join(privateFolder(), "file.sql");
  writeFileSync(file, text);
  return file;
}

/** Runs use(database, environment) on a new database with the portal's tables and no ledger. */
async function withPortal(use) {
  const database = await createDatabase("portal");
  try {
    await use(database, { ADMIN_DATABASE_URL: adminUrl(database) });
  } finally {
    await database.drop();
  }
}

test("migrate creates the ledger with only ADMIN_DATABASE_URL, and can be repeated", async () => {
  await withPortal(async (database, admin) => {
    for (let times = 0; times < 2; times++) {
      const { code, json, stderr } = await run(["migrate", ...migration, "--json"], admin);
      assert.equal(code, 0, stderr);
      assert.deepEqual(json, { applied: migration, failed: null });
    }
    assert.equal((await run(["check"], settings(database))).code, 0);
  });
});

test("a failed migration changes nothing and says why, with the server's hint", async () => {
  await withPortal(async (database, admin) => {
    const file = sqlFile("BEGIN; CREATE TABLE half_done (); SELECT nonsense; COMMIT;");
    const { code, stderr } = await run(["migrate", file], admin);
    assert.equal(code, 1);
    assert.match(stderr, /was not applied, and nothing changed: column "nonsense" does not exist/);
    assert.deepEqual(await database.sql("SELECT FROM pg_class WHERE relname = 'half_done'"), []);
    const early = await run(["migrate", migration[1], "--json"], admin);
    assert.equal(early.json.failed.outcome, "not_applied");
    assert.match(early.json.failed.message, /presence does not exist\. Apply sql\/add_video_calls_table.sql first/);
  });
});

test("migrate reads every file before it applies the first", async () => {
  await withPortal(async (database, admin) => {
    const good = sqlFile("CREATE TABLE made ()");
    for (const [bad, said] of [["/nowhere.sql", /cannot read \/nowhere.sql: No such file/], [sqlFile(""), /it is empty/], ["/tmp", /Is a directory/], [sqlFile("SELECT 1;\0 DROP TABLE x"), /it contains a NUL byte/]]) {
      const { code, stderr } = await run(["migrate", good, bad], admin);
      assert.equal(code, 1);
      assert.match(stderr, said);
      assert.deepEqual(await database.sql("SELECT FROM pg_class WHERE relname = 'made'"), []);
    }
  });
});

test("migrate never says that nothing changed when it can't know", async () => {
  await withPortal(async (database, admin) => {
    const made = async () => (await database.sql("SELECT FROM pg_class WHERE relname = 'made'")).length;
    // The server ends the session after a COMMIT.
    const ended = await run(["migrate", sqlFile("BEGIN; CREATE TABLE made (); COMMIT; SELECT pg_terminate_backend(pg_backend_pid())")], admin);
    assert.equal(ended.code, 4);
    assert.match(ended.stderr, /the outcome is unknown: terminating connection.* Run it again: the files of a release are safe to apply again/);
    assert.equal(await made(), 1);
    // A statement after a COMMIT fails.
    const part = await run(["migrate", sqlFile("BEGIN; DROP TABLE made; COMMIT; SELECT nonsense")], admin);
    assert.equal(part.code, 1);
    assert.match(part.stderr, /was applied in part, up to its last COMMIT before this: column "nonsense"/);
    assert.equal(await made(), 0);
    // The timeout expires.
    const late = await run(["migrate", "--timeout", "1", "--json", sqlFile("SELECT pg_sleep(60)")], admin);
    assert.equal(late.code, 4);
    assert.equal(late.json.failed.outcome, "unknown");
    assert.match(late.stderr, /the outcome is unknown: the database didn't answer in time/);
    await database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()");
    // An uncommitted transaction is rolled back when the session ends.
    const open = await run(["migrate", sqlFile("BEGIN; CREATE TABLE made ();")], admin);
    assert.equal(open.code, 1);
    assert.match(open.stderr, /was not applied, and nothing changed: it begins a transaction and doesn't COMMIT it/);
    assert.equal(await made(), 0);
    // COPY neither hangs nor counts as applied.
    for (const direction of ["FROM STDIN", "TO STDOUT"]) assert.notEqual((await run(["migrate", sqlFile(`CREATE TABLE made (); COPY made ${direction}`)], admin)).code, 0);
  });
});

test("migrate says that the outcome is unknown if the connection breaks", async () => {
  await withPortal(async (database, admin) => {
    const links = [];
    const relay = net.createServer((from) => {
      const to = net.connect(join(postgresSocket, ".s.PGSQL.5432"));
      links.push(from, to);
      for (const link of [from, to]) link.on("error", () => {});
      from.pipe(to).pipe(from);
    });
    await new Promise((resolve) => relay.listen(0, "127.0.0.1", resolve));
    try {
      const url = `postgresql://postgres@127.0.0.1:${relay.address().port}/${database.name}?sslmode=disable&gssencmode=disable`;
      const cut = run(["migrate", sqlFile("SELECT pg_sleep(60)")], { ADMIN_DATABASE_URL: url });
      await until("the script is running", async () => (await database.sql("SELECT FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%'")).length > 0);
      for (const link of links) link.destroy();
      const { code, stderr } = await cut;
      assert.equal(code, 4);
      assert.match(stderr, /the outcome is unknown: the database can't be reached/);
      assert.ok(!stderr.includes("nothing changed"));
    } finally {
      relay.close();
      await database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    }
  });
});

test("migrate waits for a transaction of the portal without a deadlock", async () => {
  await withPortal(async (database, admin) => {
    assert.equal((await run(["migrate", ...migration], admin)).code, 0);
    const portal = await database.connect();
    try {
      await portal.query("BEGIN; SELECT * FROM video_calls");
      const migrated = run(["migrate", ...migration], admin);
      await until("migrate is waiting", async () => (await database.sql("SELECT FROM pg_locks WHERE NOT granted AND relation = 'video_calls'::regclass")).length > 0);
      await portal.query(`INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id) SELECT id, instructor_id, mentee_id FROM mentorships WHERE id = '${people.adaAndBen}'`);
      await portal.query("UPDATE mentorships SET status = status; COMMIT");
      const { code, stderr } = await migrated;
      assert.equal(code, 0, stderr);
    } finally {
      await portal.end();
    }
  });
});

test("migrate prompts for a missing administrator's connection string, without echo", async () => {
  await withPortal(async (database) => {
    const file = sqlFile("CREATE TABLE made ()");
    const url = adminUrl(database);
    const self = start("script", ["-qec", `${program} migrate ${file}`, "/dev/null"], { env: { PATH: process.env.PATH, SHELL: "/bin/sh" }, stdio: ["pipe", "pipe", "pipe"] });
    await until("the prompt", () => self.stdout.includes("not shown): "));
    self.child.stdin.write(`${url}\n`);
    const { code } = await self.ended;
    assert.equal(code, 0, self.stdout);
    assert.match(self.stdout, /applied /);
    assert.ok(!self.stdout.includes(url));
    assert.equal((await database.sql("SELECT FROM pg_class WHERE relname = 'made'")).length, 1);
    const nobody = await run(["migrate", file]);
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /ADMIN_DATABASE_URL is not set/);
    const visible = await run(["migrate", "postgresql://postgres:hunter2@db.example.com/postgres"]);
    assert.equal(visible.code, 2);
    assert.match(visible.stderr, /every user can see a command line/);
    assert.ok(!visible.stderr.includes("hunter2"));
    const torn = await run(["migrate", file], { ADMIN_DATABASE_URL: "postgresql://postgres:hunt@er2@db.example.com/postgres" });
    assert.match(torn.stderr, /ADMIN_DATABASE_URL .*percent-encoded/);
    assert.ok(!torn.stderr.includes("er2"));
  });
});

test("smoke-accounts creates the accounts that smoke uses, and can be repeated", async () => {
  const database = await createDatabase();
  const nginx = await aside(database, {});
  const admin = { ADMIN_DATABASE_URL: adminUrl(database) };
  const url = `http://127.0.0.1:${nginx.port}`;
  try {
    const before = await run(["smoke", url], settings(database));
    assert.equal(before.code, 1);
    assert.match(before.stdout, /FAILED .*video-callctl smoke-accounts creates it/);
    for (let times = 0; times < 2; times++) assert.equal((await run(["smoke-accounts"], admin)).code, 0);
    assert.deepEqual(await database.sql("SELECT name FROM instructors WHERE name LIKE 'Smoke test%'"), [{ name: "Smoke test (instructor)" }]);
    const { json } = await run(["smoke-accounts", "--json"], admin);
    for (const value of Object.values(json)) assert.ok((await run(["smoke-accounts"], admin)).stdout.includes(value), value);
    // The command as printed, and its short form.
    const walked = await run([...json.command.replace("URL", url).split(" ").slice(1), "--json"], settings(database));
    assert.equal(walked.code, 0, walked.stdout);
    assert.equal(walked.json.steps.length, 14);
    assert.equal((await run(["smoke", url], settings(database))).code, 0);
    // A smoke mentorship that was ended in the meantime.
    await database.sql("UPDATE mentorships SET status = 'ended' WHERE id = $1", [json.mentorship]);
    assert.equal((await run(["smoke-accounts"], admin)).code, 0);
    assert.equal((await run(["smoke", url], settings(database))).code, 0);
  } finally {
    await nginx.close();
    await database.drop();
  }
});

test("if the portal's tables require more columns, smoke-accounts names them, and its SQL can be adapted", async () => {
  await withPortal(async (database, admin) => {
    await database.sql("ALTER TABLE mentees ADD COLUMN email text NOT NULL DEFAULT ''; ALTER TABLE mentees ALTER COLUMN email DROP DEFAULT; ALTER TABLE mentees ADD COLUMN level integer NOT NULL DEFAULT 1");
    const refused = await run(["smoke-accounts"], admin);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /nothing changed: null value in column "email".*columns without a default: mentees\.email\).*smoke-accounts --sql >FILE/);
    assert.deepEqual(await database.sql("SELECT FROM instructors WHERE name LIKE 'Smoke test%'"), []);
    const { stdout } = await run(["smoke-accounts", "--sql"]);
    const adapted = stdout.replace("(id, display_name,", "(email, id, display_name,").replace("VALUES ('ca11ca11-0000-4000-8000-000000000002', 'Smoke", "VALUES ('smoke@example.invalid', 'ca11ca11-0000-4000-8000-000000000002', 'Smoke");
    const { code, stderr } = await run(["migrate", sqlFile(adapted)], admin);
    assert.equal(code, 0, stderr);
    assert.equal((await database.sql("SELECT FROM mentees WHERE email = 'smoke@example.invalid'")).length, 1);
    await database.sql("ALTER TABLE instructors ADD CHECK (name <> 'Smoke test (instructor)') NOT VALID; DELETE FROM mentorships; DELETE FROM instructors");
    assert.match((await run(["smoke-accounts"], admin)).stderr, /violates check constraint.*adapt it to the table/);
  });
});
