// Hundreds of people who send requests all the time, so that every fault happens with hundreds
// of requests in flight.
import { setTimeout as sleep } from "node:timers/promises";
import { Asker } from "./asker.mjs";
import { Mentorship } from "./mentorship.mjs";

/** Lower numbers belong to the pairs. */
const firstNumber = 100;
const mentorshipCount = 100;

/** The mix of requests, out of 20. */
const questions = [...Array(6).fill("token"), ...Array(7).fill("heartbeat"), ...Array(3).fill("history"), ...Array(2).fill("mentorships"), ...Array(2).fill("foreign")];

export class Crowd {
  mentorships = Array.from({ length: mentorshipCount }, (_, at) => new Mentorship(firstNumber + at));

  /** count: how many send requests concurrently. */
  constructor(count, nginx, record) {
    this.record = record;
    this.askers = Array.from({ length: count }, () => new Asker(nginx, record, 300));
  }

  async enrol(cluster) {
    for (const mentorship of this.mentorships) await mentorship.enrol(cluster);
  }

  async #open(asker, mentorship) {
    const started = await asker.ask(mentorship, "instructor", "start", { mentorshipId: mentorship.id });
    if (!started) return;
    mentorship.callId = started.json.callId;
    this.record.starts.set(mentorship.callId, started.json.startTime);
    await asker.ask(mentorship, "mentee", "start", { mentorshipId: mentorship.id });
  }

  async #question(asker, mentorship, role) {
    const question = questions[Math.floor(Math.random() * questions.length)];
    if (question === "token") await asker.ask(mentorship, role, "token", { mentorshipId: mentorship.id });
    else if (question === "heartbeat") await asker.ask(mentorship, role, "heartbeat", { callId: mentorship.callId });
    else if (question === "history") await asker.ask(mentorship, role, "history");
    else if (question === "mentorships") await asker.ask(mentorship, role, "mentorships");
    else await this.#foreign(asker, mentorship, role);
  }

  /** Requests a token for other people's mentorship, which must be refused. */
  async #foreign(asker, mentorship, role) {
    const other = this.mentorships.find(({ id }) => id !== mentorship.id);
    const answer = await asker.ask(mentorship, role, "token", { mentorshipId: other.id }, ["not_a_participant"]);
    if (answer?.status === 200) this.record.surprises.push(`a token for other people's mentorship: ${answer.text}`);
  }

  async #live(asker, at) {
    const mentorship = this.mentorships[at % mentorshipCount];
    const role = Math.floor(at / mentorshipCount) % 2 ? "mentee" : "instructor";
    while (!asker.isTold && this.record.surprises.length < 20) await this.#question(asker, mentorship, role);
  }

  /** Starts a call for each mentorship, which lasts until the end. */
  open() {
    return Promise.all(this.mentorships.map((mentorship, at) => this.#open(this.askers[at], mentorship)));
  }

  /** Resolves when everyone has started. */
  async begin() {
    await this.open();
    this.lives = this.askers.map((asker, at) => this.#live(asker, at));
    await sleep(500);
  }

  async stop() {
    for (const asker of this.askers) asker.isTold = true;
    await Promise.all(this.lives);
  }
}
