// Two people who share a mentorship. Every response to them must name it or them, so if one
// request gets another's response, it's noticed.
import * as people from "../integration/harness/people.mjs";

const enrolSql = `
  WITH i AS (INSERT INTO instructors (name, discord_id) VALUES ($1, $2) RETURNING id),
       e AS (INSERT INTO mentees (discord_username, discord_id) VALUES ($3, $4) RETURNING id)
  INSERT INTO mentorships (id, instructor_id, mentee_id) SELECT $5, i.id, e.id FROM i, e`;

/** callId -> mentorshipId, from the first response that named the call. */
const callsOf = new Map();

export class Mentorship {
  /** number: up to 999, unique in a ledger. */
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

  /** Whether a 200 to this role's request is about this mentorship and no other. */
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
        // The response names nobody; nginx checks that it carries the request's own id.
        return true;
      default:
        throw new Error(`what must a response to ${route} name?`);
    }
  }
}
