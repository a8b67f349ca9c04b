/**
 * The video-call API, typed: what openapi.yaml describes, asked from the browser on the
 * portal's own origin. The session cookie says who is asking.
 */

export type CallStatus = "active" | "ended" | "failed";
export type Role = "instructor" | "mentee";

export interface TokenAnswer {
  token: string;
  channelName: string;
  appId: string;
  userId: string;
  role: "host" | "audience";
  expiresIn: number;
  expiresAt: string;
}

export interface StartAnswer {
  callId: string;
  startTime: string;
  mentorshipId: string;
  resumed: boolean;
}

export interface EndAnswer {
  success: true;
  callId: string;
  endTime: string;
  durationSeconds: number;
}

export interface Participant {
  role: Role;
  name: string | null;
  joinedAt: string;
  /** null while the participant is there. */
  leftAt: string | null;
}

export interface HeartbeatAnswer {
  status: CallStatus;
  participants: Participant[];
}

export interface Call {
  id: string;
  mentorshipId: string;
  startTime: string;
  endTime: string | null;
  durationSeconds: number | null;
  status: CallStatus;
  participants: Participant[];
}

export interface HistoryAnswer {
  calls: Call[];
  nextCursor: string | null;
}

export interface Mentorship {
  id: string;
  status: string;
  role: Role;
  counterpart: { name: string | null };
  activeCall: {
    callId: string;
    startTime: string;
    instructorPresent: boolean;
    menteePresent: boolean;
  } | null;
}

/** A failed answer: `code` is stable and for programs, `message` a sentence for a person. */
export class VideoCallError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly requestId?: string,
  ) {
    super(message);
    this.name = "VideoCallError";
  }

  /** Whether the same request may succeed in a moment. */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const prefix = "/api/video-call/";
const timeoutMs = 15_000;

async function ask<Answer>(route: string, body?: object): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(prefix + route, {
      method: body ? "POST" : "GET",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body ? JSON.stringify(body) : undefined,
      cache: "no-store",
      signal: AbortSignal.timeout(timeoutMs),
    });
  } catch {
    throw new VideoCallError(0, "unreachable", "The video-call service cannot be reached.");
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer as Answer;
  const { code, error, requestId } = (answer ?? {}) as { code?: string; error?: string; requestId?: string };
  throw new VideoCallError(response.status, code ?? "unknown", error ?? "Something went wrong.", requestId);
}

/** A token to join the mentorship's channel with. Rejects with VideoCallError, as all here do. */
export const getToken = (mentorshipId: string) => ask<TokenAnswer>("token", { mentorshipId });

/** Enters the call: the instructor opens or resumes it, the mentee joins it or gets `call_not_started`. */
export const startCall = (mentorshipId: string) => ask<StartAnswer>("start", { mentorshipId });

/** Ends the call for both. */
export const endCall = (callId: string) => ask<EndAnswer>("end", { callId });

/** Leaves the call; it goes on while the other one is there. */
export const leaveCall = (callId: string) => ask<{ success: true; status: CallStatus }>("leave", { callId });

/** Says that this page is alive, and learns who else is there. Every 15 seconds. */
export const beat = (callId: string) => ask<HeartbeatAnswer>("heartbeat", { callId });

/** The caller's mentorships, those with the newest call first. */
export const listMentorships = () => ask<{ mentorships: Mentorship[] }>("mentorships");

/** A page of past and present calls, newest first. */
export function listCalls({ mentorshipId, cursor, limit }: { mentorshipId?: string; cursor?: string; limit?: number } = {}) {
  const query = new URLSearchParams();
  if (mentorshipId) query.set("mentorshipId", mentorshipId);
  if (cursor) query.set("cursor", cursor);
  if (limit) query.set("limit", String(limit));
  return ask<HistoryAnswer>(`history${query.size > 0 ? `?${query}` : ""}`);
}

/** Says that this page leaves while it is being closed, when nothing can be awaited any more. */
export function leaveOnPageHide(callId: string): void {
  navigator.sendBeacon(prefix + "leave", new Blob([JSON.stringify({ callId })], { type: "application/json" }));
}
