/**
 * One stay in a call, from the token to the last track closed; knows no React. It is made
 * with `new`, begun once with `begin`, and ended once with `dispose`, after which it owns
 * nothing and changes nothing: what was under way finds itself disposed and cleans up.
 */
import type {
  ConnectionState,
  IAgoraRTC,
  IAgoraRTCClient,
  IAgoraRTCRemoteUser,
  ICameraVideoTrack,
  IMicrophoneAudioTrack,
  IRemoteVideoTrack,
} from "agora-rtc-sdk-ng";
import * as api from "./client";
import { deviceAtRest, LocalDevice, type DeviceView } from "./devices";

export type Phase =
  | "loading" // asking for a token
  | "unreachable" // the service is away; asking again by itself
  | "not-started" // a mentee waits for the instructor
  | "joining"
  | "in-call"
  | "reconnecting"
  | "leaving"
  | "left" // this side left; the call may go on
  | "ended" // see ending
  | "failed"; // see problem

export interface RemoteSide {
  /** null while the other one's camera is off. */
  videoTrack: IRemoteVideoTrack | null;
  hasAudio: boolean;
}

/** How a call came to its end; `by` is "nobody" where it broke off. */
export interface Ending {
  by: "you" | "other" | "nobody";
  durationSeconds: number | null;
}

export interface CallView {
  phase: Phase;
  problem: { code: string; message: string } | null;
  role: api.Role | null;
  /** The other one's name, known before they come; null where the portal has none. */
  otherName: string | null;
  callId: string | null;
  startTime: string | null;
  participants: api.Participant[];
  camera: DeviceView<ICameraVideoTrack>;
  microphone: DeviceView<IMicrophoneAudioTrack>;
  remote: RemoteSide | null;
  /** The browser plays no sound before the person has clicked. */
  isSoundBlocked: boolean;
  /** What is amiss with the service while the call itself goes on. */
  serviceTrouble: "signed-out" | "away" | null;
  ending: Ending | null;
}

export const initialView: CallView = {
  phase: "loading",
  problem: null,
  role: null,
  otherName: null,
  callId: null,
  startTime: null,
  participants: [],
  camera: deviceAtRest,
  microphone: deviceAtRest,
  remote: null,
  isSoundBlocked: false,
  serviceTrouble: null,
  ending: null,
};

// The SDK touches window when it is loaded, so never on the server.
const loadAgora = async (): Promise<IAgoraRTC> => (await import("agora-rtc-sdk-ng")).default;

const isUnderWay = (phase: Phase) => phase === "joining" || phase === "in-call" || phase === "reconnecting";

export class CallSession {
  #view = initialView;
  #listeners = new Set<() => void>();
  #disposal = new AbortController();
  #agora: IAgoraRTC | null = null;
  #client: IAgoraRTCClient | null = null;
  #remoteUser: IAgoraRTCRemoteUser | null = null;
  #heartbeats: api.Heartbeats | null = null;
  #onPageHide = () => {
    if (this.#view.callId) api.leaveOnPageHide(this.#view.callId);
  };
  #camera = new LocalDevice<ICameraVideoTrack>({
    open: async (cameraId) => (await loadAgora()).createCameraVideoTrack(cameraId ? { cameraId } : undefined),
    list: async () => (await loadAgora()).getCameras(true),
    publish: async (track) => this.#client?.publish(track),
    unpublish: async (track) => this.#client?.unpublish(track),
    show: (camera) => this.#show({ camera }),
  });
  #microphone = new LocalDevice<IMicrophoneAudioTrack>({
    open: async (microphoneId) => (await loadAgora()).createMicrophoneAudioTrack(microphoneId ? { microphoneId } : undefined),
    list: async () => (await loadAgora()).getMicrophones(true),
    publish: async (track) => this.#client?.publish(track),
    unpublish: async (track) => this.#client?.unpublish(track),
    show: (microphone) => this.#show({ microphone }),
  });

  constructor(readonly mentorshipId: string) {}

  /** For useSyncExternalStore: calls the listener after each change of the view until the returned function is called. */
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** The state as it is now; a new object after each change. */
  view = () => this.#view;

  get #isDisposed() {
    return this.#disposal.signal.aborted;
  }

  #show(change: Partial<CallView>) {
    if (this.#isDisposed) return;
    this.#view = { ...this.#view, ...change };
    this.#listeners.forEach((listener) => listener());
  }

  #fail(error: unknown) {
    const { code = "unknown" } = (error ?? {}) as { code?: string };
    const message = error instanceof api.VideoCallError ? error.message : "The call could not be joined.";
    const { callId } = this.#view;
    void this.#release();
    // The person's other window is in the call: this one must not say that they have left.
    if (callId && code !== "UID_CONFLICT") void api.leaveCall(callId).catch(() => undefined);
    this.#show({ phase: "failed", problem: { code, message } });
  }

  /** Enters the call and stays in it. Never rejects: what goes wrong is shown. */
  async begin(): Promise<void> {
    try {
      void this.#learnName();
      const token = await this.#ask(() => api.getToken(this.mentorshipId));
      this.#show({ role: token.role === "host" ? "instructor" : "mentee" });
      const call = await this.#ask(() => api.startCall(this.mentorshipId));
      if (this.#isDisposed) return api.leaveOnPageHide(call.callId);
      this.#show({ phase: "joining", callId: call.callId, startTime: call.startTime });
      window.addEventListener("pagehide", this.#onPageHide);
      await this.#join(token);
      if (this.#isDisposed) return;
      this.#show({ phase: "in-call" });
      this.#heartbeats = api.startHeartbeats(call.callId, (answer) => void this.#hear(answer), (error) => this.#onBeatFailed(error));
      // Not awaited: the browser may ask for permission, and the other one is there already.
      void this.#microphone.turn(true);
      void this.#camera.turn(true);
    } catch (error) {
      if (!this.#isDisposed) this.#fail(error);
    }
  }

  #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    return api.askPatiently(question, this.#disposal.signal, ({ code }) =>
      this.#show({ phase: code === "call_not_started" ? "not-started" : "unreachable" }),
    );
  }

  async #learnName() {
    const answer = await api.listMentorships().catch(() => null); // the call does without it
    const mine = answer?.mentorships.find(({ id }) => id === this.mentorshipId);
    if (mine) this.#show({ otherName: mine.counterpart.name });
  }

  async #join(token: api.TokenAnswer) {
    const agora = await loadAgora();
    if (this.#isDisposed) return;
    agora.setLogLevel(3);
    this.#agora = agora;
    agora.onCameraChanged = () => void this.#camera.refresh();
    agora.onMicrophoneChanged = () => void this.#microphone.refresh();
    agora.onAutoplayFailed = () => this.#show({ isSoundBlocked: true });
    this.#client = agora.createClient({ mode: "rtc", codec: "vp8" });
    this.#listen(this.#client);
    await this.#client.join(token.appId, token.channelName, token.token, token.userId);
  }

  #listen(client: IAgoraRTCClient) {
    client.on("user-published", (user, media) => void this.#subscribeTo(user, media));
    client.on("user-unpublished", (user) => this.#showRemote(user));
    client.on("user-joined", (user) => this.#showRemote(user));
    client.on("user-left", (user) => this.#onUserLeft(user));
    client.on("connection-state-change", (state, _before, reason) => this.#onConnection(state, reason));
    client.on("token-privilege-will-expire", () => void this.#renew());
    client.on("token-privilege-did-expire", () => void this.#rejoin());
  }

  async #subscribeTo(user: IAgoraRTCRemoteUser, media: "audio" | "video" | "datachannel") {
    if (media === "datachannel") return;
    const isPublished = () => this.#client && (media === "audio" ? user.hasAudio : user.hasVideo);
    // Nobody says again that it is published: given up at once, it would never be seen or heard.
    for (let tries = 0; tries < 5 && isPublished(); tries++) {
      const isDone = await this.#client?.subscribe(user, media).then(() => true, () => false);
      if (isDone) break;
      await api.wait(1_000, this.#disposal.signal).catch(() => undefined);
    }
    if (!this.#client) return;
    if (media === "audio") user.audioTrack?.play();
    this.#showRemote(user);
    this.#heartbeats?.now();
  }

  #showRemote(user: IAgoraRTCRemoteUser) {
    this.#remoteUser = user;
    this.#show({ remote: { videoTrack: (user.hasVideo && user.videoTrack) || null, hasAudio: user.hasAudio } });
  }

  #onUserLeft(user: IAgoraRTCRemoteUser) {
    // Somebody who has reloaded the page may be there anew before their former self goes.
    if (user !== this.#remoteUser) return;
    this.#remoteUser = null;
    this.#show({ remote: null });
    this.#heartbeats?.now();
  }

  #onConnection(state: ConnectionState, reason?: string) {
    if (state === "RECONNECTING") this.#show({ phase: "reconnecting" });
    if (state === "CONNECTED" && this.#view.phase === "reconnecting") this.#show({ phase: "in-call" });
    // An expired token has an event of its own, which joins again.
    if (state === "DISCONNECTED" && reason !== "LEAVE" && reason !== "TOKEN_EXPIRE") this.#fail({ code: reason });
  }

  async #renew() {
    try {
      const { token } = await api.askPatiently(() => api.getToken(this.mentorshipId), this.#disposal.signal, () => undefined);
      await this.#client?.renewToken(token);
    } catch {
      // The call goes on until the token expires; joining again then says what is wrong.
    }
  }

  async #rejoin() {
    this.#show({ phase: "reconnecting" });
    try {
      const token = await api.askPatiently(() => api.getToken(this.mentorshipId), this.#disposal.signal, () => undefined);
      await this.#client?.join(token.appId, token.channelName, token.token, token.userId);
      const tracks = [this.#microphone.track, this.#camera.track].filter((track) => track !== null);
      if (tracks.length > 0) await this.#client?.publish(tracks);
      if (this.#client) this.#show({ phase: "in-call" });
    } catch (error) {
      if (this.#client) this.#fail(error);
    }
  }

  async #hear({ status, participants }: api.HeartbeatAnswer) {
    this.#show({ participants, serviceTrouble: null });
    const { callId } = this.#view;
    if (status === "active" || !callId) return;
    void this.#release();
    const by = status === "failed" ? "nobody" : "other";
    this.#show({ phase: "ended", ending: { by, durationSeconds: null } });
    const figures = await api.endCall(callId).catch(() => null); // what the ledger has; it is over already
    if (figures) this.#show({ ending: { by, durationSeconds: figures.durationSeconds } });
  }

  #onBeatFailed(error: api.VideoCallError) {
    // Media need neither the service nor the session: two who talk are not cut off for them.
    if (error.status === 401) this.#show({ serviceTrouble: "signed-out" });
    else if (error.isTemporary) this.#show({ serviceTrouble: "away" });
    else this.#fail(error);
  }

  /** Turns the microphone on or off; the other side is told. Never rejects. */
  setMicrophone = (isOn: boolean): Promise<void> => this.#microphone.turn(isOn);
  /** Turns the camera, and its light, on or off; the other side is told. Never rejects. */
  setCamera = (isOn: boolean): Promise<void> => this.#camera.turn(isOn);
  /** Changes to another microphone. Never rejects: what goes wrong is shown. */
  chooseMicrophone = (deviceId: string): Promise<void> => this.#microphone.choose(deviceId);
  /** Changes to another camera. Never rejects: what goes wrong is shown. */
  chooseCamera = (deviceId: string): Promise<void> => this.#camera.choose(deviceId);

  /** Plays what the browser held back; to be called from a click. */
  playSound(): void {
    this.#show({ isSoundBlocked: false });
    this.#remoteUser?.audioTrack?.play();
  }

  /** Leaves: the instructor's way ends the call for both, the mentee's does not. Never rejects. */
  async leave(): Promise<void> {
    const { callId, role } = this.#view;
    if (!callId) return;
    void this.#release();
    this.#show({ phase: "leaving" });
    try {
      if (role === "instructor") {
        const { durationSeconds } = await api.endCall(callId);
        this.#show({ phase: "ended", ending: { by: "you", durationSeconds } });
      } else {
        await api.leaveCall(callId);
        this.#show({ phase: "left" });
      }
    } catch {
      const message = "The service could not be told. It will notice by itself in a moment.";
      this.#show({ phase: "left", problem: { code: "leave_failed", message } });
    }
  }

  async #release() {
    const [agora, client] = [this.#agora, this.#client];
    this.#agora = this.#client = this.#remoteUser = null;
    this.#heartbeats?.stop();
    window.removeEventListener("pagehide", this.#onPageHide);
    if (agora) agora.onCameraChanged = agora.onMicrophoneChanged = agora.onAutoplayFailed = undefined;
    this.#microphone.close();
    this.#camera.close();
    this.#show({ camera: deviceAtRest, microphone: deviceAtRest, remote: null });
    client?.removeAllListeners();
    await client?.leave().catch(() => undefined);
  }

  /** Ends it, whatever it was doing; a call that is going on is left. */
  dispose(): void {
    const { callId, phase } = this.#view;
    if (callId && isUnderWay(phase)) api.leaveOnPageHide(callId);
    this.#disposal.abort();
    this.#listeners.clear();
    void this.#release();
  }
}
