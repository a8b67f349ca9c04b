// A separate database for each test file, in the private cluster that tests/run started.
import pg from "pg";
import { randomBytes } from "node:crypto";
import { postgresSocket } from "./places.mjs";

export { pg };

const connect = async (database) => {
  const client = new pg.Client({ host: postgresSocket, user: "postgres", database });
  await client.connect();
  return client;
};

/** template: "video_call" has the portal's tables, its people and the ledger; "portal" has no ledger; "template1" is empty. */
export async function createDatabase(template = "video_call") {
  const name = `test_${randomBytes(6).toString("hex")}`;
  const admin = await connect("postgres");
  await admin.query(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  const client = await connect(name);
  return {
    name,
    host: postgresSocket,
    url: `postgresql:///${name}?host=${process.env.VIDEO_CALL_POOLER ?? postgresSocket}&user=video_call`,
    connect: () => connect(name),
    sql: async (text, values) => (await client.query(text, values)).rows,
    /**
     * Moves every call's start (started) and last sign of life (lastSign) that long into
     * the past; both are intervals.
     */
    age: ({ started, lastSign }) =>
      client.query(
        `WITH calls AS (UPDATE video_calls SET last_sign_at = now() - $1::interval, start_time = coalesce(now() - $2::interval, start_time))
         UPDATE video_call.presence SET last_seen_at = now() - $1::interval`,
        [lastSign, started],
      ),
    /** One side's row in video_call.presence. */
    presence: async (role) => (await client.query("SELECT * FROM video_call.presence WHERE role = $1", [role])).rows[0],
    /** The whole ledger, for comparing before and after. */
    ledger: async () =>
      JSON.stringify((await client.query("SELECT * FROM public.video_calls ORDER BY id")).rows),
    drop: async () => {
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    },
  };
}
