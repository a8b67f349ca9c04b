// Repeats a request through nginx until its outcome is final, and records errors and every
// response that should never have come.
import { setTimeout as sleep } from "node:timers/promises";
import { get, post } from "../integration/harness/client.mjs";

/** The error codes a client may get during a fault. */
const documented = new Set(["database_unavailable", "backend_unavailable", "backend_timeout"]);

export class Record {
  starts = new Map(); // callId -> startTime
  ends = new Map(); // callId -> {endTime, durationSeconds}
  requests = 0;
  answers = 0;
  errors = new Map();
  surprises = [];
  slowestMs = 0;
  longestOutageMs = 0;
  /** Whether nginx may close a kept connection during a request, as it does on a reload; browsers retry. */
  mayReset = false;

  error(code) {
    this.errors.set(code, (this.errors.get(code) ?? 0) + 1);
  }

  get errorCount() {
    return [...this.errors.values()].reduce((sum, count) => sum + count, 0);
  }
}

export class Asker {
  constructor(nginx, record, pauseMs = 100) {
    Object.assign(this, { nginx, record, pauseMs });
  }

  /** One request; undefined if there was no response. */
  async #once(route, cookie, body) {
    this.record.requests++;
    try {
      return await (body ? post(this.nginx, route, cookie, body) : get(this.nginx, route, cookie));
    } catch (error) {
      if (error.code === "ECONNRESET" && this.record.mayReset) this.record.error("connection reset");
      else this.record.surprises.push(`${route}: ${error.message}`);
      return undefined;
    }
  }

  /** As one participant of the mentorship. settled: the codes that are final, besides 200. Undefined when told to stop. */
  async ask(mentorship, role, route, body, settled = []) {
    let since = 0;
    while (!this.isTold) {
      const asked = Date.now();
      const answer = await this.#once(route, mentorship.cookies[role], body);
      if (!answer) {
        if (!this.record.mayReset) return undefined;
        continue;
      }
      this.record.answers++;
      this.record.slowestMs = Math.max(this.record.slowestMs, Date.now() - asked);
      const { status, json, text } = answer;
      if (status === 200 && !mentorship.isAnswered(route, role, body, json))
        this.record.surprises.push(`${route} of ${mentorship.names[role]} got another's response: ${text}`);
      if (status === 200 || settled.includes(json?.code)) {
        if (since) this.record.longestOutageMs = Math.max(this.record.longestOutageMs, Date.now() - since);
        return answer;
      }
      since ||= asked;
      this.record.error(`${status} ${json?.code}`);
      if (!documented.has(json?.code)) this.record.surprises.push(`${route}: ${status} ${text}`);
      await sleep(this.pauseMs * (0.5 + Math.random()));
    }
    return undefined;
  }
}
