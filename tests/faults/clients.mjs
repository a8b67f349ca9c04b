// Pairs of people who have one call after another through nginx, and the comparison of what
// they were told with the ledger.
import { setTimeout as sleep } from "node:timers/promises";
import { Asker, Record } from "./asker.mjs";
import { Mentorship } from "./mentorship.mjs";

export { Record };

/** Two people who share a mentorship. */
export class Pair {
  constructor(number, nginx, record) {
    this.mentorship = new Mentorship(number);
    this.asker = new Asker(nginx, record);
    this.record = record;
  }

  enrol(cluster) {
    return this.mentorship.enrol(cluster);
  }

  #ask(role, route, body) {
    return this.asker.ask(this.mentorship, role, route, body);
  }

  async #whole() {
    const mine = { mentorshipId: this.mentorship.id };
    await this.#ask("instructor", "token", mine);
    const started = await this.#ask("instructor", "start", mine);
    if (!started) return;
    const { callId, startTime } = started.json;
    this.record.starts.set(callId, startTime);
    await this.#ask("mentee", "start", mine);
    await this.#ask("mentee", "token", mine);
    for (let beat = 0; beat < 3; beat++) {
      await this.#ask("instructor", "heartbeat", { callId });
      await this.#ask("mentee", "heartbeat", { callId });
      await sleep(20);
    }
    await this.#ask("mentee", "leave", { callId });
    await this.#ask("mentee", "start", mine);
    await this.#ask("mentee", "mentorships");
    const ended = await this.#ask(Math.random() < 0.5 ? "instructor" : "mentee", "end", { callId });
    if (ended) this.record.ends.set(callId, { endTime: ended.json.endTime, durationSeconds: ended.json.durationSeconds });
  }

  async live() {
    while (!this.asker.isTold && this.record.surprises.length < 20) await this.#whole();
  }

  begin() {
    this.life = this.live();
  }

  async stop() {
    this.asker.isTold = true;
    await this.life;
  }
}

/** Where the ledger disagrees with what was acknowledged; an empty list if nowhere. */
export async function compare(cluster, record) {
  const faults = [...record.surprises];
  const rows = new Map((await cluster.sql("SELECT * FROM video_calls")).map((row) => [row.id, row]));
  for (const [id, startTime] of record.starts) {
    if (!rows.has(id)) faults.push(`call ${id} was acknowledged but isn't in the ledger`);
    else if (rows.get(id).start_time.toISOString() !== startTime) faults.push(`call ${id} has another start time than acknowledged`);
  }
  for (const [id, { endTime, durationSeconds }] of record.ends) {
    const row = rows.get(id);
    if (row?.status !== "ended" || row.end_time.toISOString() !== endTime || row.duration_seconds !== durationSeconds)
      faults.push(`call ${id} was acknowledged as ended after ${durationSeconds} s, but is ${row?.status} after ${row?.duration_seconds} s`);
  }
  const overlapping = await cluster.sql(
    `SELECT a.id FROM video_calls a JOIN video_calls b ON a.mentorship_id = b.mentorship_id AND a.id < b.id
      WHERE tstzrange(a.start_time, a.end_time) && tstzrange(b.start_time, b.end_time)`,
  );
  for (const { id } of overlapping) faults.push(`call ${id} was active at the same time as another call of its mentorship`);
  return faults;
}

/** Prints what the clients saw and what is wrong, and exits with 1 if anything is. */
export function conclude(record, wrong, say, circumstances) {
  say(`${record.starts.size} calls started, ${record.ends.size} ended, ${record.requests} requests; ${circumstances}`);
  for (const [code, count] of record.errors) say(`responses with ${code}: ${count}`);
  say(`longest wait for a response: ${record.slowestMs} ms; longest outage a client saw: ${record.longestOutageMs} ms`);
  if (record.starts.size === 0 || record.ends.size === 0) wrong.push("no call was both started and ended");
  for (const fault of wrong.slice(0, 30)) console.log(`WRONG: ${fault}`);
  console.log(wrong.length === 0 ? "the ledger agrees with everything that was acknowledged" : `${wrong.length} things are wrong`);
  process.exit(wrong.length === 0 ? 0 : 1);
}
