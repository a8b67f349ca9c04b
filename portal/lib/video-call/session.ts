/**
 * One stay in a call, from the token to the last track closed; knows no React. It is made
 * with `new`, begun once with `begin`, and ended once with `dispose`, after which it owns
 * nothing and changes nothing: what was under way finds itself disposed and cleans up.
 */
import type {
  ConnectionState,
  IAgoraRTCClient,
  IAgoraRTCRemoteUser,
  ICameraVideoTrack,
  IMicrophoneAudioTrack,
  IRemoteVideoTrack,
} from "agora-rtc-sdk-ng";
import * as api from "./client";

export type Phase =
  | "loading" // asking for a token
  | "not-started" // a mentee waits for the instructor
  | "joining"
  | "in-call"
  | "reconnecting"
  | "left" // this side left; the call may go on
  | "ended" // somebody ended it
  | "failed"; // see problem

/** What stands in the way of a device; null where it works or was never asked for. */
export type DeviceProblem = "denied" | "missing" | "busy" | null;

export interface RemoteSide {
  videoTrack: IRemoteVideoTrack | null;
  hasAudio: boolean;
}

export interface CallView {
  phase: Phase;
  problem: { code: string; message: string } | null;
  role: api.Role | null;
  callId: string | null;
  startTime: string | null;
  participants: api.Participant[];
  cameraTrack: ICameraVideoTrack | null;
  isMicrophoneOn: boolean;
  isCameraOn: boolean;
  cameraProblem: DeviceProblem;
  microphoneProblem: DeviceProblem;
  remote: RemoteSide | null;
}

export const initialView: CallView = {
  phase: "loading",
  problem: null,
  role: null,
  callId: null,
  startTime: null,
  participants: [],
  cameraTrack: null,
  isMicrophoneOn: false,
  isCameraOn: false,
  cameraProblem: null,
  microphoneProblem: null,
  remote: null,
};

const heartbeatMs = 15_000;
const askAgainMs = 3_000;

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

function deviceProblem(error: unknown): DeviceProblem {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  if (code === "PERMISSION_DENIED" || name === "NotAllowedError") return "denied";
  if (code === "DEVICE_NOT_FOUND" || name === "NotFoundError") return "missing";
  return "busy";
}

export class CallSession {
  #view = initialView;
  #listeners = new Set<() => void>();
  #isDisposed = false;
  #client: IAgoraRTCClient | null = null;
  #microphone: IMicrophoneAudioTrack | null = null;
  #camera: ICameraVideoTrack | null = null;
  #timer: ReturnType<typeof setInterval> | null = null;
  #onPageHide = () => {
    if (this.#view.callId) api.leaveOnPageHide(this.#view.callId);
  };

  constructor(readonly mentorshipId: string) {}

  /** For useSyncExternalStore. */
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  view = () => this.#view;

  #show(change: Partial<CallView>) {
    if (this.#isDisposed) return;
    this.#view = { ...this.#view, ...change };
    this.#listeners.forEach((listener) => listener());
  }

  #fail(error: unknown) {
    const known = error instanceof api.VideoCallError ? error : null;
    const code = known?.code ?? (error as { code?: string })?.code ?? "unknown";
    const message = known?.message ?? "The call could not be joined.";
    void this.#release();
    this.#show({ phase: "failed", problem: { code, message } });
  }

  /** Enters the call and stays in it. Never rejects: what goes wrong is shown. */
  async begin(): Promise<void> {
    try {
      const token = await api.getToken(this.mentorshipId);
      this.#show({ role: token.role === "host" ? "instructor" : "mentee" });
      const call = await this.#enter();
      if (!call || this.#isDisposed) return;
      this.#show({ phase: "joining", callId: call.callId, startTime: call.startTime });
      window.addEventListener("pagehide", this.#onPageHide);
      await this.#join(token);
      if (this.#isDisposed) return;
      this.#show({ phase: "in-call" });
      await this.#beat();
      this.#timer = setInterval(() => void this.#beat(), heartbeatMs);
      if (this.#isDisposed) void this.#release();
    } catch (error) {
      if (!this.#isDisposed) this.#fail(error);
    }
  }

  /** A mentee who comes first waits; so does everybody while the service is away for a moment. */
  async #enter(): Promise<api.StartAnswer | null> {
    for (let temporary = 0; !this.#isDisposed; ) {
      try {
        return await api.startCall(this.mentorshipId);
      } catch (error) {
        if (!(error instanceof api.VideoCallError)) throw error;
        if (error.code === "call_not_started") this.#show({ phase: "not-started" });
        else if (!error.isTemporary || ++temporary > 5) throw error;
      }
      await sleep(askAgainMs);
    }
    return null;
  }

  async #join(token: api.TokenAnswer) {
    // The SDK touches window when it is loaded, so never on the server.
    const { default: AgoraRTC } = await import("agora-rtc-sdk-ng");
    AgoraRTC.setLogLevel(3);
    const client = AgoraRTC.createClient({ mode: "rtc", codec: "vp8" });
    this.#client = client;
    client.on("user-published", (user, media) => void this.#subscribeTo(user, media));
    client.on("user-unpublished", (user) => this.#showRemote(user));
    client.on("user-joined", (user) => this.#showRemote(user));
    client.on("user-left", () => {
      this.#show({ remote: null });
      void this.#beat();
    });
    client.on("connection-state-change", (state) => this.#onConnection(state));
    client.on("token-privilege-will-expire", () => void this.#renew());
    client.on("token-privilege-did-expire", () => void this.#rejoin());
    AgoraRTC.onCameraChanged = (info) => void this.#onDevice(info.state, this.#camera, info.device.deviceId);
    AgoraRTC.onMicrophoneChanged = (info) => void this.#onDevice(info.state, this.#microphone, info.device.deviceId);
    await client.join(token.appId, token.channelName, token.token, token.userId);
    if (this.#isDisposed) return void (await this.#release());
    await Promise.all([this.setMicrophone(true), this.setCamera(true)]);
  }

  async #subscribeTo(user: IAgoraRTCRemoteUser, media: "audio" | "video" | "datachannel") {
    if (media === "datachannel" || !this.#client) return;
    await this.#client.subscribe(user, media).catch(() => undefined);
    if (media === "audio") user.audioTrack?.play();
    this.#showRemote(user);
    void this.#beat();
  }

  #showRemote(user: IAgoraRTCRemoteUser) {
    this.#show({ remote: { videoTrack: (user.hasVideo && user.videoTrack) || null, hasAudio: user.hasAudio } });
  }

  #onConnection(state: ConnectionState) {
    if (state === "RECONNECTING") this.#show({ phase: "reconnecting" });
    if (state === "CONNECTED" && this.#view.phase === "reconnecting") this.#show({ phase: "in-call" });
  }

  async #renew() {
    try {
      await this.#client?.renewToken((await api.getToken(this.mentorshipId)).token);
    } catch (error) {
      if (error instanceof api.VideoCallError && !error.isTemporary) this.#fail(error);
    }
  }

  async #rejoin() {
    this.#show({ phase: "reconnecting" });
    try {
      const token = await api.getToken(this.mentorshipId);
      await this.#client?.join(token.appId, token.channelName, token.token, token.userId);
      const tracks = [this.#microphone, this.#camera].filter((track) => track !== null);
      if (tracks.length > 0) await this.#client?.publish(tracks);
      this.#show({ phase: "in-call" });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A device that is pulled out is replaced by the next one, or shown as missing. */
  async #onDevice(state: string, track: ICameraVideoTrack | IMicrophoneAudioTrack | null, deviceId: string) {
    if (!track || this.#isDisposed) return;
    const isCamera = track === this.#camera;
    const isOurs = track.getMediaStreamTrack().getSettings().deviceId === deviceId;
    if (state !== "INACTIVE" || !isOurs) return;
    await (isCamera ? this.setCamera(false) : this.setMicrophone(false));
    await (isCamera ? this.setCamera(true) : this.setMicrophone(true));
  }

  async #beat() {
    const { callId } = this.#view;
    if (!callId || this.#isDisposed) return;
    try {
      const { status, participants } = await api.beat(callId);
      this.#show({ participants });
      if (status !== "active" && !["ended", "left"].includes(this.#view.phase)) {
        await this.#release();
        this.#show({ phase: "ended", remote: null });
      }
    } catch (error) {
      // A service that is away for a moment does not end a call: the media goes on without it.
      if (error instanceof api.VideoCallError && !error.isTemporary) this.#fail(error);
    }
  }

  /** Turns the microphone on or off; the other side is told. */
  async setMicrophone(isOn: boolean): Promise<void> {
    try {
      if (isOn && !this.#microphone) {
        const { default: AgoraRTC } = await import("agora-rtc-sdk-ng");
        const track = await AgoraRTC.createMicrophoneAudioTrack();
        if (this.#isDisposed) return track.close();
        this.#microphone = track;
        await this.#client?.publish(track);
      } else if (!isOn && this.#microphone) {
        const track = this.#microphone;
        this.#microphone = null;
        await this.#client?.unpublish(track).catch(() => undefined);
        track.close();
      }
      this.#show({ isMicrophoneOn: isOn, microphoneProblem: null });
    } catch (error) {
      this.#show({ isMicrophoneOn: false, microphoneProblem: deviceProblem(error) });
    }
  }

  /** Turns the camera, and its light, on or off; the other side is told. */
  async setCamera(isOn: boolean): Promise<void> {
    try {
      if (isOn && !this.#camera) {
        const { default: AgoraRTC } = await import("agora-rtc-sdk-ng");
        const track = await AgoraRTC.createCameraVideoTrack();
        if (this.#isDisposed) return track.close();
        this.#camera = track;
        await this.#client?.publish(track);
      } else if (!isOn && this.#camera) {
        const track = this.#camera;
        this.#camera = null;
        await this.#client?.unpublish(track).catch(() => undefined);
        track.close();
      }
      this.#show({ isCameraOn: isOn, cameraTrack: this.#camera, cameraProblem: null });
    } catch (error) {
      this.#show({ isCameraOn: false, cameraTrack: null, cameraProblem: deviceProblem(error) });
    }
  }

  /** Leaves: the instructor's way ends the call for both, the mentee's does not. */
  async leave(): Promise<void> {
    const { callId, role } = this.#view;
    await this.#release();
    if (!callId) return this.#show({ phase: "left" });
    try {
      await (role === "instructor" ? api.endCall(callId) : api.leaveCall(callId));
      this.#show({ phase: role === "instructor" ? "ended" : "left" });
    } catch (error) {
      // The heartbeats have stopped, so the ledger learns of it in any case.
      const message = error instanceof Error ? error.message : "";
      this.#show({ phase: "left", problem: { code: "leave_failed", message } });
    }
  }

  async #release() {
    const [client, microphone, camera] = [this.#client, this.#microphone, this.#camera];
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#client = this.#microphone = this.#camera = null;
    window.removeEventListener("pagehide", this.#onPageHide);
    client?.removeAllListeners();
    microphone?.close();
    camera?.close();
    this.#show({ cameraTrack: null, isCameraOn: false, isMicrophoneOn: false, remote: null });
    await client?.leave().catch(() => undefined);
  }

  /** Ends it, whatever it was doing; a call that is going on is left. */
  dispose(): void {
    const { callId, phase } = this.#view;
    if (callId && (phase === "in-call" || phase === "reconnecting")) api.leaveOnPageHide(callId);
    this.#isDisposed = true;
    this.#listeners.clear();
    void this.#release();
  }
}
