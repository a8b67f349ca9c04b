/** What a call looks like to its page at one moment: the words that session and components share. */
import type { ICameraVideoTrack, IMicrophoneAudioTrack } from "agora-rtc-sdk-ng";
import type { Qualities, RemoteSide } from "./channel";
import type { Participant, Role } from "./client";
import { deviceAtRest, type Choice, type DeviceView } from "./devices";

export type Phase =
  | "loading" // looking up whose call this is
  | "ready" // before joining: nothing is sent
  | "joining"
  | "unreachable" // the service is away; asking again automatically
  | "not-started" // asked to join; a mentee waits for the instructor
  | "in-call"
  | "reconnecting"
  | "leaving"
  | "left" // this side left; the call may go on
  | "ended" // see ending
  | "failed"; // see problem

/** What went wrong; `requestId` is how the service's log knows it, undefined where no request failed. */
export interface Problem {
  code: string;
  message: string;
  requestId?: string;
}

/** How a call came to its end; `by` is "nobody" where both sides lost connection. */
export interface Ending {
  by: "you" | "other" | "nobody";
  durationSeconds: number | null;
}

/** Who is in the call already, as the ledger knows. */
export interface Presence {
  isOtherThere: boolean;
  /** In another window, or in one that crashed a moment ago. */
  isSelfThere: boolean;
}

export interface SpeakerView {
  chosenId: string | null;
  /** Empty where the browser lets no page choose. */
  choices: Choice[];
  isUnsupported: boolean;
}

export interface CallView {
  phase: Phase;
  /** The person has seen the page before joining, and goes from there. */
  hasSeenMirror: boolean;
  problem: Problem | null;
  role: Role | null;
  /** The other person's name, known before they come; null where the portal has none. */
  otherName: string | null;
  presence: Presence;
  /** False where the portal has no Discord account for the other person. */
  canOtherJoin: boolean;
  callId: string | null;
  startTime: string | null;
  participants: Participant[];
  camera: DeviceView<ICameraVideoTrack>;
  microphone: DeviceView<IMicrophoneAudioTrack>;
  speaker: SpeakerView;
  remote: RemoteSide | null;
  /** How the other side went, while they are away after having been here. */
  departure: "left" | "lost" | null;
  quality: Qualities;
  /** The browser plays no sound before the person has clicked. */
  isSoundBlocked: boolean;
  /** What is wrong with the service while the call itself goes on. */
  serviceTrouble: { kind: "signed-out" | "away"; requestId: string | undefined } | null;
  ending: Ending | null;
}

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

/** Whether this person is in the call: its page asks before it is left. */
export const isInCall = ({ phase }: CallView): boolean => phase === "in-call" || phase === "reconnecting";
