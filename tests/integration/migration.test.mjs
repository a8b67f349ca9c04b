// The migration, on every kind of database it can be applied to.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createDatabase } from "./harness/database.mjs";
import { get, post } from "./harness/client.mjs";
import * as people from "./harness/people.mjs";
import { run, settings } from "./harness/pool.mjs";
import { source } from "./harness/places.mjs";
import { aside } from "./harness/stand.mjs";

const files = ["add_video_calls_table.sql", "video_call_functions.sql"].map((name) => readFileSync(join(source, "sql", name), "utf8"));
const databases = [];
after(async () => {
  for (const database of databases) await database.drop();
});

async function portal() {
  const database = await createDatabase("portal");
  databases.push(database);
  return {
    ...database,
    migrate: async () => {
      for (const file of files) await database.sql(file);
    },
  };
}

async function assertServes(database) {
  const { code, stdout } = await run(["--check"], settings(database));
  assert.equal(code, 0, stdout);
  const nginx = await aside(database, {});
  try {
    const ada = await people.cookie(people.ada);
    const started = await post(nginx, "start", ada, { mentorshipId: people.adaAndBen });
    assert.equal(started.status, 200, started.text);
    const ended = await post(nginx, "end", ada, { callId: started.json.callId });
    assert.equal(ended.status, 200, ended.text);
    return started.json;
  } finally {
    await nginx.close();
  }
}

test("it works on a database with only the portal's tables", async () => {
  const database = await portal();
  await database.migrate();
  await assertServes(database);
});

test("applied again after some calls, it changes nothing", async () => {
  const database = await portal();
  await database.migrate();
  await assertServes(database);
  const before = await database.ledger();
  await database.migrate();
  assert.equal(await database.ledger(), before);
  await assertServes(database);
});

test("it replaces an older list_mentorships that returned one column less", async () => {
  const database = await portal();
  await database.migrate();
  await database.sql(`
    DROP FUNCTION video_call.list_mentorships;
    CREATE FUNCTION video_call.list_mentorships(p_caller text, p_after_heartbeat_sec integer, p_without_heartbeat_sec integer, p_limit integer, p_label text DEFAULT 'video-call')
    RETURNS TABLE (mentorship_id uuid, status text, role text, counterpart_name text, call_id uuid, start_time text, instructor_present boolean, mentee_present boolean)
    LANGUAGE plpgsql AS 'BEGIN END'`);
  await database.migrate();
  const nginx = await aside(database, {});
  try {
    const { status, json } = await get(nginx, "mentorships", await people.cookie(people.ben));
    assert.equal(status, 200);
    assert.ok(json.mentorships.length > 0 && json.mentorships.every(({ counterpart }) => counterpart.canJoin));
  } finally {
    await nginx.close();
  }
});

/** The table as it is in production today. */
const production = `
  CREATE FUNCTION public.uuid_generate_v4() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()';
  CREATE TABLE public.video_calls (
    id uuid PRIMARY KEY DEFAULT uuid_generate_v4(),
    mentorship_id uuid NOT NULL REFERENCES public.mentorships(id) ON DELETE CASCADE,
    instructor_id uuid NOT NULL,
    mentee_id uuid NOT NULL,
    start_time timestamptz NOT NULL DEFAULT now(),
    end_time timestamptz,
    duration_seconds integer,
    status text NOT NULL DEFAULT 'active',
    participants jsonb DEFAULT '[]'::jsonb,
    recording_url text,
    recording_started boolean DEFAULT false,
    recording_sid text,
    created_at timestamptz DEFAULT now(),
    updated_at timestamptz DEFAULT now()
  );
  CREATE FUNCTION public.touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END';
  CREATE TRIGGER touch BEFORE UPDATE ON public.video_calls FOR EACH ROW EXECUTE FUNCTION public.touch();
  CREATE INDEX idx_video_calls_status ON public.video_calls (status);
  INSERT INTO public.video_calls (id, mentorship_id, instructor_id, mentee_id, start_time, end_time, duration_seconds, status, participants, recording_url)
  SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, m.id, m.instructor_id, m.mentee_id,
         timestamptz '2026-01-01T10:00:00Z' + n * interval '1 h',
         CASE n WHEN 1 THEN timestamptz '2026-01-01T11:30:00Z' END, CASE n WHEN 1 THEN 1800 END,
         CASE n WHEN 1 THEN 'ended' ELSE 'active' END,
         '{"instructor": {"discordId": "${people.ada}", "joinedAt": "2026-01-01T10:00:00.000Z"}}', 'https://recordings.example/' || n
    FROM public.mentorships m, generate_series(1, 4) AS n WHERE m.id = '${people.adaAndBen}'`;

test("it works on production's current table, with several active rows for one mentorship", async () => {
  const database = await portal();
  await database.sql(production);
  const before = await database.sql("SELECT * FROM video_calls ORDER BY id");
  await database.migrate();
  await database.migrate();
  const rows = await database.sql("SELECT * FROM video_calls ORDER BY id");
  assert.deepEqual(rows.map(({ status }) => status), ["ended", "failed", "failed", "active"]);
  for (const row of rows.slice(1, 3)) {
    assert.ok(row.end_time >= row.start_time);
    assert.equal(row.duration_seconds, Math.floor((row.end_time - row.start_time) / 1000));
  }
  // Nothing else is dropped or rewritten: every earlier column keeps its value.
  for (const [at, row] of rows.entries())
    for (const column of Object.keys(before[at]).filter((name) => !["status", "end_time", "duration_seconds", "updated_at"].includes(name)))
      assert.deepEqual(row[column], before[at][column], column);
  assert.deepEqual(rows[0].end_time, before[0].end_time);
  assert.equal((await database.sql("SELECT tgname FROM pg_trigger WHERE tgname = 'touch'")).length, 1);
  // The active row is from January, so the next start finds it stale.
  const started = await assertServes(database);
  assert.equal(started.resumed, false);
  const [old] = await database.sql("SELECT status FROM video_calls WHERE id = '00000000-0000-4000-8000-000000000004'");
  assert.equal(old.status, "failed");
});

test("an older program can still write to the migrated table", async () => {
  const database = await portal();
  await database.sql(production);
  await database.migrate();
  await database.sql("UPDATE video_calls SET status = 'ended'");
  const [row] = await database.sql(
    `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, status, participants)
     SELECT id, instructor_id, mentee_id, 'active', '{}' FROM mentorships WHERE id = '${people.adaAndBen}' RETURNING last_sign_at`,
  );
  assert.ok(Math.abs(row.last_sign_at - Date.now()) < 10000, "a new row has a sign of life by default");
});

test("anon and authenticated, if they exist, can't read or write the ledger", async () => {
  const database = await portal();
  for (const role of ["anon", "authenticated"])
    await database.sql(`DO $$ BEGIN CREATE ROLE ${role} NOLOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await database.sql(`ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT ALL ON TABLES TO anon, authenticated`);
  await database.migrate();
  for (const role of ["anon", "authenticated"]) {
    for (const statement of ["SELECT * FROM public.video_calls", "INSERT INTO public.video_calls DEFAULT VALUES", "UPDATE public.video_calls SET status = 'ended'", "DELETE FROM public.video_calls"]) {
      await database.sql("BEGIN");
      await database.sql(`SET LOCAL ROLE ${role}`);
      await assert.rejects(database.sql(statement), { code: "42501" }, `${role}: ${statement}`);
      await database.sql("ROLLBACK");
    }
  }
  await assertServes(database);
});

test("the backend still sees its rows if the portal's tables have row-level security", async () => {
  const database = await portal();
  for (const table of ["instructors", "mentees", "mentorships"]) await database.sql(`ALTER TABLE public.${table} ENABLE ROW LEVEL SECURITY`);
  await database.migrate();
  await assertServes(database);
});

test("the backend's role can call the functions and access no table", async () => {
  const database = await portal();
  // An earlier version granted some privileges; the migration revokes them.
  await database.migrate();
  await database.sql("GRANT SELECT, INSERT, UPDATE ON public.video_calls TO video_call; GRANT SELECT (id, name) ON public.instructors TO video_call");
  await database.migrate();
  const tables = await database.sql("SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace IN ('public'::regnamespace, 'video_call'::regnamespace)");
  assert.ok(tables.length >= 6);
  for (const { name } of tables)
    for (const statement of [`SELECT FROM ${name}`, `INSERT INTO ${name} DEFAULT VALUES`, `DELETE FROM ${name}`, `TRUNCATE ${name}`, `LOCK TABLE ${name} IN ACCESS SHARE MODE`]) {
      await database.sql("BEGIN");
      await database.sql("SET LOCAL ROLE video_call");
      await assert.rejects(database.sql(statement), { code: "42501" }, statement);
      await database.sql("ROLLBACK");
    }
});

test("an owner who isn't a superuser can apply it", async () => {
  const database = await portal();
  await database.sql("DO $$ BEGIN CREATE ROLE portal_owner LOGIN CREATEROLE; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  await database.sql(`ALTER DATABASE ${database.name} OWNER TO portal_owner; ALTER SCHEMA public OWNER TO portal_owner`);
  for (const table of ["instructors", "mentees", "mentorships"]) await database.sql(`ALTER TABLE ${table} OWNER TO portal_owner; ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY`);
  await database.sql("SET ROLE portal_owner");
  await database.migrate();
  await database.migrate();
  await database.sql("RESET ROLE");
  await assertServes(database);
});

test("several sessions can apply it concurrently", async () => {
  const database = await portal();
  const clients = await Promise.all(Array.from({ length: 5 }, () => database.connect()));
  try {
    await Promise.all(clients.map(async (client) => {
      for (const file of files) await client.query(file);
    }));
  } finally {
    for (const client of clients) await client.end();
  }
  await assertServes(database);
});

test("rows written by the previous version are read as before", async () => {
  const database = await portal();
  await database.migrate();
  const side = (more) => ({ discordId: people.ada, joinedAt: "2026-01-01T10:00:00.000Z", leftAt: null, lastSeenAt: "2026-01-01T10:30:00.000Z", visits: [{ joinedAt: "2026-01-01T10:00:00.000Z", leftAt: null }], ...more });
  const insert = (participants) =>
    database.sql(
      `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, duration_seconds, status, participants)
       SELECT id, instructor_id, mentee_id, timestamptz '2026-01-01T10:00:00Z', timestamptz '2026-01-01T11:00:00Z', 3600, 'ended', $2 FROM mentorships WHERE id = $1`,
      [people.adaAndBen, JSON.stringify(participants)],
    );
  await insert({ instructor: side({ hasHeartbeat: true }), mentee: side({ agora: { joinedAt: "2026-01-01T10:00:00.000Z", leftAt: "2026-01-01T10:45:00.000Z", visits: [] } }) });
  await database.migrate();
  const nginx = await aside(database, {});
  try {
    const { participants } = (await get(nginx, "history", await people.cookie(people.ada))).json.calls[0];
    assert.deepEqual(participants.map(({ leftAt }) => leftAt), ["2026-01-01T10:30:00.000Z", "2026-01-01T10:45:00.000Z"]);
  } finally {
    await nginx.close();
  }
});

test("nobody can write two active calls for one mentorship", async () => {
  const database = await portal();
  await database.migrate();
  const insert = () =>
    database.sql(`INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id) SELECT id, instructor_id, mentee_id FROM mentorships WHERE id = '${people.adaAndBen}'`);
  await insert();
  await assert.rejects(insert(), { code: "23505" });
});
