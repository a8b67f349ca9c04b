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

/** One side of a call that has come at least once. */
export interface Participant {
  role: Role;
  name: string | null;
  joinedAt: string;
  /** null while the participant is there. */
  leftAt: string | null;
}

export interface LeaveAnswer {
  success: true;
  status: CallStatus;
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
  /** `canJoin` is false where the portal has no Discord account for the person. */
  counterpart: { name: string | null; canJoin: boolean };
  activeCall: {
    callId: string;
    startTime: string;
    instructorPresent: boolean;
    menteePresent: boolean;
  } | null;
}

export interface MentorshipsAnswer {
  mentorships: Mentorship[];
}

/**
 * What every request here rejects with. `code` is stable and for programs, `message` a
 * sentence for the user; without a response `status` is 0 and `code` is "unreachable".
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

  /** Whether the same request may soon succeed by itself. */
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

/** Gets a token for the mentorship's channel; changes nothing. */
export const getToken = (mentorshipId: string) => ask<TokenAnswer>("token", { mentorshipId });

/**
 * Joins the active call, or opens one. Where only instructors may open calls, a mentee gets
 * `call_not_started`. Repeated, it returns the same call.
 */
export const startCall = (mentorshipId: string) => ask<StartAnswer>("start", { mentorshipId });

/** Ends the call for both; for a call that has ended it returns the same figures again. */
export const endCall = (callId: string) => ask<EndAnswer>("end", { callId });

/** Marks the caller as gone; the call goes on while the other participant is there, and ends otherwise. */
export const leaveCall = (callId: string) => ask<LeaveAnswer>("leave", { callId });

/** Tells the service that this page is alive; returns who is there. */
export const beat = (callId: string) => ask<HeartbeatAnswer>("heartbeat", { callId });

/** The caller's mentorships, those with the newest call first; changes nothing. */
export const listMentorships = () => ask<MentorshipsAnswer>("mentorships");

/**
 * A page of past and present calls, newest first; changes nothing. `cursor` is the
 * `nextCursor` of the page before. Rejects for an invalid cursor and for a mentorship that
 * isn't the caller's.
 */
export function listCalls({ mentorshipId, cursor, limit }: { mentorshipId?: string; cursor?: string; limit?: number } = {}) {
  const query = new URLSearchParams();
  if (mentorshipId) query.set("mentorshipId", mentorshipId);
  if (cursor) query.set("cursor", cursor);
  if (limit) query.set("limit", String(limit));
  return ask<HistoryAnswer>(`history?${query}`);
}

/** Waits that long; rejects with `aborted`, and leaves no timer, as soon as `signal` aborts. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new VideoCallError(0, "aborted", "Nobody waits for this any more."));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Repeats a request until it succeeds: steadily while the instructor hasn't started the call,
 * with increasing delay while the service is away. `onWait` gets the reason for each wait.
 * Rejects with errors that waiting doesn't fix, and with `aborted` once `signal` aborts; a
 * request in flight still completes.
 */
export async function askPatiently<Answer>(question: () => Promise<Answer>, signal: AbortSignal, onWait: (reason: VideoCallError) => void): Promise<Answer> {
  for (let awayFor = awayMs.first; ; ) {
    try {
      return await question();
    } catch (error) {
      const isEarly = error instanceof VideoCallError && error.code === "call_not_started";
      if (signal.aborted || !(error instanceof VideoCallError) || !(isEarly || error.isTemporary)) throw error;
      onWait(error);
      await wait(isEarly ? notStartedMs : awayFor, signal);
      awayFor = isEarly ? awayMs.first : Math.min(2 * awayFor, awayMs.most);
    }
  }
}

export interface Heartbeats {
  /** Sends another heartbeat now, because something has just happened. */
  now(): void;
  /** Nothing is sent, and no callback called, after this. */
  stop(): void;
}

/**
 * Sends heartbeats now, every 15 seconds, and whenever the page becomes visible, until stopped.
 * Never throws: `onError` gets each failure.
 */
export function startHeartbeats(callId: string, onAnswer: (answer: HeartbeatAnswer) => void, onError: (error: VideoCallError) => void): Heartbeats {
  let isStopped = false;
  const now = () =>
    void beat(callId).then(
      (answer) => isStopped || onAnswer(answer),
      (error: VideoCallError) => isStopped || onError(error),
    );
  // Browsers slow down timers in the background, and stop them while the computer sleeps.
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
 * Marks the caller as gone while the page is closing, when nothing can be awaited. Never
 * throws; if it gets lost, the missing heartbeats say the same later.
 */
export function leaveOnPageHide(callId: string): void {
  // The backend takes a request that rides on a cookie only as JSON, which a Blob can say.
  navigator.sendBeacon(prefix + "leave", new Blob([JSON.stringify({ callId })], { type: "application/json" }));
}
