/** The state of a visit to a call at one moment: what the session tells the components. */
import type { ICameraVideoTrack, IMicrophoneAudioTrack } from "agora-rtc-sdk-ng";
import type { Qualities, RemoteSide } from "./channel";
import type { Participant, Role } from "./client";
import { deviceAtRest, type Choice, type DeviceView } from "./devices";

/** How far the visit has got. */
export type Phase =
  | "loading" // looking up the mentorship
  | "ready" // before joining: no media is sent
  | "joining"
  | "unreachable" // the backend is unavailable; retrying automatically
  | "not-started" // the mentee has asked to join and waits for the instructor
  | "in-call"
  | "reconnecting"
  | "leaving"
  | "left" // the user left; the call may continue
  | "ended" // see ending
  | "failed"; // see problem

/** What went wrong. `requestId` finds the request in the backend's log; undefined if no request failed. */
export interface Problem {
  code: string;
  message: string;
  requestId?: string;
}

/**
 * How a call ended. `by` is "nobody" if both participants lost connection; `durationSeconds` is
 * null while unknown.
 */
export interface Ending {
  by: "you" | "other" | "nobody";
  durationSeconds: number | null;
}

/** Who is already in the call, according to the ledger. */
export interface Presence {
  isOtherThere: boolean;
  /** The user is in the call in another window, or in one that crashed a moment ago. */
  isSelfThere: boolean;
}

/** The speaker as the page shows it. */
export interface SpeakerView {
  /** Null for the browser's default. */
  chosenId: string | null;
  /** Empty if the browser doesn't list any. */
  choices: Choice[];
  /** The user chose a speaker, and the browser couldn't change to it. */
  isUnsupported: boolean;
}

/** Everything that the components show of a visit. */
export interface CallView {
  phase: Phase;
  /** Whether the page before joining has been shown; if so, it stays while joining. */
  hasSeenMirror: boolean;
  /** Null unless something went wrong, or the mentee has to wait for the instructor. */
  problem: Problem | null;
  /** The user's; null until it's known. */
  role: Role | null;
  /**
   * The other participant's name, even before they join; null if the portal has none, or until
   * it's known.
   */
  otherName: string | null;
  presence: Presence;
  /** False if the portal has no Discord account for the other participant. */
  canOtherJoin: boolean;
  /** Null before the call is joined. */
  callId: string | null;
  /** An RFC 3339 time; null before the call is joined. */
  startTime: string | null;
  /** Empty before the first heartbeat's response. */
  participants: Participant[];
  camera: DeviceView<ICameraVideoTrack>;
  microphone: DeviceView<IMicrophoneAudioTrack>;
  speaker: SpeakerView;
  /** Null unless the other participant is connected. */
  remote: RemoteSide | null;
  /** Why the other participant is gone; null if they're here, or haven't been yet. */
  departure: "left" | "lost" | null;
  quality: Qualities;
  /** The browser plays no sound until the user clicks. */
  isSoundBlocked: boolean;
  /** Why heartbeats fail while the call itself continues: no session, or no backend. Null if they don't. */
  serviceTrouble: { kind: "signed-out" | "away"; requestId: string | undefined } | null;
  /** Null unless the phase is "ended". */
  ending: Ending | null;
}

/** The state before anything is known. */
export const initialView: CallView = {
  phase: "loading",
  hasSeenMirror: false,
  problem: null,
  role: null,
  otherName: null,
  presence: { isOtherThere: false, isSelfThere: false },
  canOtherJoin: true,
  callId: null,
  startTime: null,
  participants: [],
  camera: deviceAtRest,
  microphone: deviceAtRest,
  speaker: { chosenId: null, choices: [], isUnsupported: false },
  remote: null,
  departure: null,
  quality: { own: null, other: null },
  isSoundBlocked: false,
  serviceTrouble: null,
  ending: null,
};

/** Whether the user is in the call, connected or reconnecting. */
export const isInCall = ({ phase }: CallView): boolean => phase === "in-call" || phase === "reconnecting";
