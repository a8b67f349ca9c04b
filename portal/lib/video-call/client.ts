/**
 * A typed client of the API that openapi.yaml describes, for the browser, on the portal's own
 * origin. The session cookie says who the caller is. Times are RFC 3339 strings in UTC. Every
 * request rejects with a VideoCallError, after 15 seconds at the latest.
 */

/** "ended": by a participant or by Agora. "failed": closed because both stopped sending heartbeats. */
export type CallStatus = "active" | "ended" | "failed";
export type Role = "instructor" | "mentee";

/** What the SDK's `join` needs. */
export interface TokenAnswer {
  token: string;
  channelName: string;
  appId: string;
  /** A string on purpose: the SDK treats a number as another user. */
  userId: string;
  /** The instructor is the host, the mentee the audience, whether or not they may publish. */
  role: "host" | "audience";
  /** In seconds. */
  expiresIn: number;
  expiresAt: string;
}

/** The call that was joined. */
export interface StartAnswer {
  callId: string;
  startTime: string;
  mentorshipId: string;
  /** False only for the request that opened the call. */
  resumed: boolean;
}

/** When the call ended, now or earlier. */
export interface EndAnswer {
  success: true;
  callId: string;
  endTime: string;
  durationSeconds: number;
}

/** A participant who has joined the call at least once. */
export interface Participant {
  role: Role;
  /** Null if the portal has no name. */
  name: string | null;
  /** When they first joined. */
  joinedAt: string;
  /** Null while they're in the call. */
  leftAt: string | null;
}

/** The call after the caller has left it. */
export interface LeaveAnswer {
  success: true;
  status: CallStatus;
}

/** The call as it is now. */
export interface HeartbeatAnswer {
  /** Unless it's "active", leave the call. */
  status: CallStatus;
  participants: Participant[];
}

/** A call in the history. */
export interface Call {
  id: string;
  mentorshipId: string;
  startTime: string;
  /** Null while the call is active, as is the duration. */
  endTime: string | null;
  durationSeconds: number | null;
  status: CallStatus;
  participants: Participant[];
}

/** A page of calls. */
export interface HistoryAnswer {
  calls: Call[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** A mentorship as one of its participants sees it. */
export interface Mentorship {
  id: string;
  /** As the portal has it: "active", "ended" or "cancelled". */
  status: string;
  /** The caller's. */
  role: Role;
  /**
   * The other participant. `name` is null if the portal has none; `canJoin` is false if the portal
   * has no Discord account for them.
   */
  counterpart: { name: string | null; canJoin: boolean };
  /** Null if no call is active. */
  activeCall: {
    callId: string;
    startTime: string;
    instructorPresent: boolean;
    menteePresent: boolean;
  } | null;
}

/** The caller's mentorships, at most 500. */
export interface MentorshipsAnswer {
  mentorships: Mentorship[];
}

/**
 * What every request here rejects with. `code` is stable, for programs; `message` is a sentence
 * for the user. Without a response, `status` is 0, `code` is "unreachable" and `requestId` is
 * undefined. If the response isn't the backend's, `code` is "unknown".
 */
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

  /** Whether the same request may soon succeed. */
  get isTemporary(): boolean {
    return this.code !== "agora_not_configured" && [0, 429, 502, 503, 504].includes(this.status);
  }
}

const prefix = "/api/video-call/";
const timeoutMs = 15_000;
const heartbeatMs = 15_000;
const notStartedMs = 3_000;
const awayMs = { first: 2_000, most: 15_000 };

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

/** Gets a token for the mentorship's Agora channel; changes nothing. */
export const getToken = (mentorshipId: string) => ask<TokenAnswer>("token", { mentorshipId });

/**
 * Joins the mentorship's call, or opens one. If only instructors may open calls, it rejects with
 * `call_not_started` for a mentee. When repeated, it returns the same call.
 */
export const startCall = (mentorshipId: string) => ask<StartAnswer>("start", { mentorshipId });

/** Ends the call for both participants. If it has already ended, returns when that was. */
export const endCall = (callId: string) => ask<EndAnswer>("end", { callId });

/** Marks the caller as gone. The call continues while the other participant is in it, and ends otherwise. */
export const leaveCall = (callId: string) => ask<LeaveAnswer>("leave", { callId });

/** Tells the backend that this page is still in the call; returns the call and its participants. */
export const beat = (callId: string) => ask<HeartbeatAnswer>("heartbeat", { callId });

/** The caller's mentorships, whatever their status, those with the newest call first; changes nothing. */
export const listMentorships = () => ask<MentorshipsAnswer>("mentorships");

/**
 * A page of past and active calls, newest first; changes nothing. `mentorshipId` limits it to one
 * mentorship, `limit` (1 to 100) to that many calls, 50 if undefined; `cursor` is the `nextCursor`
 * of the previous page. Rejects for an invalid cursor and for a mentorship that isn't the caller's.
 */
export function listCalls({ mentorshipId, cursor, limit }: { mentorshipId?: string; cursor?: string; limit?: number } = {}) {
  const query = new URLSearchParams();
  if (mentorshipId) query.set("mentorshipId", mentorshipId);
  if (cursor) query.set("cursor", cursor);
  if (limit) query.set("limit", String(limit));
  return ask<HistoryAnswer>(`history?${query}`);
}

/**
 * Resolves after `ms` milliseconds. Rejects with the code `aborted`, and clears its timer, when
 * `signal` aborts; it doesn't notice a signal that has aborted before the call.
 */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new VideoCallError(0, "aborted", "The wait was cancelled."));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Repeats a request until it succeeds: at a steady pace while the instructor hasn't opened the
 * call, with growing delays while the backend is unavailable. Calls `onWait` with the reason
 * before each wait. Rejects with an error that waiting can't fix, and with the code `aborted` when
 * `signal` aborts during a wait. A request in flight isn't cancelled: it still decides the result.
 */
export async function askPatiently<Answer>(question: () => Promise<Answer>, signal: AbortSignal, onWait: (reason: VideoCallError) => void): Promise<Answer> {
  for (let delayMs = awayMs.first; ; ) {
    try {
      return await question();
    } catch (error) {
      const isEarly = error instanceof VideoCallError && error.code === "call_not_started";
      if (signal.aborted || !(error instanceof VideoCallError) || !(isEarly || error.isTemporary)) throw error;
      onWait(error);
      await wait(isEarly ? notStartedMs : delayMs, signal);
      delayMs = isEarly ? awayMs.first : Math.min(2 * delayMs, awayMs.most);
    }
  }
}

/** The heartbeats of one call, while they're being sent. */
export interface Heartbeats {
  /** Sends an extra heartbeat, for instance because somebody has just joined. */
  now(): void;
  /** Sends no more heartbeats, and calls no more callbacks. */
  stop(): void;
}

/**
 * Sends heartbeats now, every 15 seconds, and whenever the page becomes visible, until stopped.
 * `onAnswer` gets each response, `onError` each failure. Never throws.
 */
export function startHeartbeats(callId: string, onAnswer: (answer: HeartbeatAnswer) => void, onError: (error: VideoCallError) => void): Heartbeats {
  let isStopped = false;
  const now = () =>
    void beat(callId).then(
      (answer) => isStopped || onAnswer(answer),
      (error: VideoCallError) => isStopped || onError(error),
    );
  // Browsers throttle timers in the background, and stop them while the computer sleeps.
  const onSeen = () => document.visibilityState === "visible" && now();
  document.addEventListener("visibilitychange", onSeen);
  const timer = setInterval(now, heartbeatMs);
  now();
  return {
    now,
    stop: () => {
      isStopped = true;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", onSeen);
    },
  };
}

/**
 * Marks the caller as gone while the page is closing and can't wait for a response. Never throws;
 * if the request gets lost, the backend notices later that the heartbeats have stopped.
 */
export function leaveOnPageHide(callId: string): void {
  // The backend accepts a POST with a cookie only as JSON; a Blob can set that content type.
  navigator.sendBeacon(prefix + "leave", new Blob([JSON.stringify({ callId })], { type: "application/json" }));
}
