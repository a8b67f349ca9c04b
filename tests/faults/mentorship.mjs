// Two people with a mentorship of their own, whose every answer must name it or them: then no
// request can have got another's without being noticed.
import * as people from "../integration/harness/people.mjs";

const enrolSql = `
  WITH i AS (INSERT INTO instructors (name, discord_id) VALUES ($1, $2) RETURNING id),
       e AS (INSERT INTO mentees (discord_username, discord_id) VALUES ($3, $4) RETURNING id)
  INSERT INTO mentorships (id, instructor_id, mentee_id) SELECT $5, i.id, e.id FROM i, e`;

/** callId -> mentorshipId, as the first answer that named the call had it. */
const callsOf = new Map();

export class Mentorship {
  /** number: up to 999, one for each in a ledger. */
  constructor(number) {
    const digits = String(number).padStart(3, "0");
    this.id = `77777777-7777-4777-8777-777777777${digits}`;
    this.discordIds = { instructor: `3000000000000${digits}`, mentee: `4000000000000${digits}` };
    this.names = { instructor: `Instructor ${digits}`, mentee: `mentee-${digits}` };
  }

  async enrol(cluster) {
    const { names, discordIds } = this;
    await cluster.sql(enrolSql, [names.instructor, discordIds.instructor, names.mentee, discordIds.mentee, this.id]);
    const cookie = (role) => people.cookie(discordIds[role], { maxAge: 86400 });
    this.cookies = { instructor: await cookie("instructor"), mentee: await cookie("mentee") };
  }

  #isMine(callId) {
    if (!callsOf.has(callId)) callsOf.set(callId, this.id);
    return callsOf.get(callId) === this.id;
  }

  /** Whether a 200 to this role, for what was asked, is about this mentorship and nobody else's. */
  isAnswered(route, role, asked, json) {
    const other = this.names[role === "mentee" ? "instructor" : "mentee"];
    switch (route) {
      case "token":
        return json.channelName === this.id && json.userId === this.discordIds[role];
      case "start":
        return json.mentorshipId === this.id && this.#isMine(json.callId);
      case "end":
        return json.callId === asked.callId;
      case "heartbeat":
        return json.participants.length > 0 && json.participants.every((one) => one.name === this.names[one.role]);
      case "history":
        return json.calls.every((call) => call.mentorshipId === this.id && this.#isMine(call.id));
      case "mentorships":
        return json.mentorships.length === 1 && json.mentorships[0].id === this.id && json.mentorships[0].counterpart.name === other;
      case "leave":
        // It names nobody; that the request's own id came back is nginx's to check.
        return true;
      default:
        throw new Error(`what must an answer to ${route} name?`);
    }
  }
}
