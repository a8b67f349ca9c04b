// People who hold calls through nginx, one after another, and keep what was acknowledged.
import { setTimeout as sleep } from "node:timers/promises";
import { get, post } from "../integration/harness/client.mjs";
import * as people from "../integration/harness/people.mjs";

/** What a client may see besides 200 while things go wrong. */
const documented = new Set(["database_unavailable", "backend_unavailable", "backend_timeout"]);

export class Record {
  starts = new Map(); // callId -> startTime
  ends = new Map(); // callId -> {endTime, durationSeconds}
  requests = 0;
  errors = new Map();
  surprises = [];
  slowestMs = 0;
  longestOutageMs = 0;
  /** Whether nginx may close a kept connection under a request, as it does when it reloads; browsers ask again. */
  mayReset = false;

  error(code) {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }
}

/** Two people with a mentorship of their own. */
export class Pair {
  constructor(number, nginx, record) {
    const digits = String(number).padStart(3, "0");
    this.instructorId = `3000000000000${digits}`;
    this.menteeId = `4000000000000${digits}`;
    this.mentorshipId = `77777777-7777-4777-8777-777777777${digits}`;
    this.nginx = nginx;
    this.record = record;
    this.number = number;
  }

  async enrol(cluster) {
    await cluster.sql(
      `WITH i AS (INSERT INTO instructors (name, discord_id) VALUES ('I', $1) RETURNING id),
            e AS (INSERT INTO mentees (discord_username, discord_id) VALUES ('m', $2) RETURNING id)
       INSERT INTO mentorships (id, instructor_id, mentee_id) SELECT $3, i.id, e.id FROM i, e`,
      [this.instructorId, this.menteeId, this.mentorshipId],
    );
    this.instructor = await people.cookie(this.instructorId, { maxAge: 86400 });
    this.mentee = await people.cookie(this.menteeId, { maxAge: 86400 });
  }

  /** Asks until the answer is one that settles the matter; undefined when told to stop. */
  async ask(route, cookie, body, settled = [200]) {
    let since = 0;
    while (!this.isTold) {
      const asked = Date.now();
      let answer;
      this.record.requests++;
      try {
        answer = await (body ? post(this.nginx, route, cookie, body) : get(this.nginx, route, cookie));
      } catch (error) {
        if (error.code === "ECONNRESET" && this.record.mayReset) {
          this.record.error("connection reset");
          continue;
        }
        this.record.surprises.push(`${route}: ${error.message}`);
        return undefined;
      }
      this.record.slowestMs = Math.max(this.record.slowestMs, Date.now() - asked);
      if (settled.includes(answer.status)) {
        if (since) this.record.longestOutageMs = Math.max(this.record.longestOutageMs, Date.now() - since);
        return answer;
      }
      since ||= asked;
      this.record.error(`${answer.status} ${answer.json?.code}`);
      if (!documented.has(answer.json?.code)) this.record.surprises.push(`${route}: ${answer.status} ${answer.text}`);
      await sleep(100);
    }
    return undefined;
  }

  async #whole() {
    const mine = { mentorshipId: this.mentorshipId };
    await this.ask("token", this.instructor, mine);
    const started = await this.ask("start", this.instructor, mine);
    if (!started) return;
    const { callId, startTime } = started.json;
    this.record.starts.set(callId, startTime);
    await this.ask("start", this.mentee, mine);
    await this.ask("token", this.mentee, mine);
    for (let beat = 0; beat < 3; beat++) {
      await this.ask("heartbeat", this.instructor, { callId });
      await this.ask("heartbeat", this.mentee, { callId });
      await sleep(20);
    }
    await this.ask("leave", this.mentee, { callId });
    await this.ask("start", this.mentee, mine);
    await this.ask("mentorships", this.mentee);
    const ended = await this.ask("end", Math.random() < 0.5 ? this.instructor : this.mentee, { callId });
    if (ended) this.record.ends.set(callId, { endTime: ended.json.endTime, durationSeconds: ended.json.durationSeconds });
  }

  async live() {
    while (!this.isTold && this.record.surprises.length < 20) await this.#whole();
  }

  begin() {
    this.life = this.live();
  }

  async stop() {
    this.isTold = true;
    await this.life;
  }
}

/** What in the ledger does not agree with what was acknowledged; an empty list is the aim. */
export async function compare(cluster, record) {
  const faults = [...record.surprises];
  const rows = new Map((await cluster.sql("SELECT * FROM video_calls")).map((row) => [row.id, row]));
  for (const [id, startTime] of record.starts) {
    if (!rows.has(id)) faults.push(`call ${id} was acknowledged and is not in the ledger`);
    else if (rows.get(id).start_time.toISOString() !== startTime) faults.push(`call ${id} began at another time`);
  }
  for (const [id, { endTime, durationSeconds }] of record.ends) {
    const row = rows.get(id);
    if (row?.status !== "ended" || row.end_time.toISOString() !== endTime || row.duration_seconds !== durationSeconds)
      faults.push(`call ${id} was acknowledged as ended after ${durationSeconds} s, and is ${row?.status} after ${row?.duration_seconds} s`);
  }
  const overlapping = await cluster.sql(
    `SELECT a.id FROM video_calls a JOIN video_calls b ON a.mentorship_id = b.mentorship_id AND a.id < b.id
      WHERE tstzrange(a.start_time, a.end_time) && tstzrange(b.start_time, b.end_time)`,
  );
  for (const { id } of overlapping) faults.push(`call ${id} was active beside another of its mentorship`);
  return faults;
}

/** Says what the clients saw and what is wrong, and ends the process: 1 where anything is. */
export function conclude(record, wrong, say, circumstances) {
  say(`${record.starts.size} calls started, ${record.ends.size} ended, ${record.requests} requests; ${circumstances}`);
  for (const [code, count] of record.errors) say(`answered ${code}: ${count}`);
  say(`longest wait for one answer: ${record.slowestMs} ms; longest outage a client saw: ${record.longestOutageMs} ms`);
  if (record.starts.size === 0 || record.ends.size === 0) wrong.push("no whole call was held");
  for (const fault of wrong.slice(0, 30)) console.log(`WRONG: ${fault}`);
  console.log(wrong.length === 0 ? "the ledger agrees with everything that was acknowledged" : `${wrong.length} things are wrong`);
  process.exit(wrong.length === 0 ? 0 : 1);
}
