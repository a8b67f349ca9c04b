/**
 * One visit to a call, from the page before joining to the last track closed. Doesn't depend on
 * React. Create it with `new`, then call `begin` at most once, and `dispose` once: from then on it
 * holds no resources and changes nothing, and pending steps notice and clean up. Before `join` it
 * changes nothing in the ledger and sends no media.
 */
import { CallChannel, loadAgora, type RemoteSide } from "./channel";
import * as api from "./client";
import { deviceAtRest } from "./devices";
import { OwnDevices } from "./own-devices";
import { forgetStay, interruptedStay, noteStay, type Stay } from "./preferences";
import { initialView, isInCall, type CallView, type Problem } from "./view";

const presenceMs = 5_000;

/** A visit to the call of `mentorshipId`; its state is in `view`. */
export class CallSession {
  #view: CallView = initialView;
  #listeners = new Set<() => void>();
  #disposal = new AbortController();
  #channel: CallChannel | null = null;
  #heartbeats: api.Heartbeats | null = null;
  #presenceWatch = new AbortController();
  #hasAsked = false;
  /** Which devices the user wants on, even if the browser blocks them. */
  #stay: Stay = { isCameraOn: true, isMicrophoneOn: true };
  #devices = new OwnDevices((change) => this.#show(change));
  #onPageHide = () => {
    this.#noteStay();
    if (this.#view.callId) api.leaveOnPageHide(this.#view.callId);
  };

  /** Doesn't open any device or send any request yet. */
  constructor(readonly mentorshipId: string) {
    this.#view = { ...initialView, speaker: { ...initialView.speaker, chosenId: this.#devices.speakerId } };
  }

  /** For useSyncExternalStore: calls `listener` after each change, until the returned function is called. */
  subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  /** The current state; a new object after each change. */
  view = () => this.#view;

  /**
   * What to `begin` the next session with: the devices that are on if the user has asked to join,
   * otherwise null.
   */
  get sequel(): Stay | null {
    return this.#hasAsked ? this.#stay : null;
  }

  get #isDisposed() {
    return this.#disposal.signal.aborted;
  }

  #show(change: Partial<CallView>) {
    if (this.#isDisposed) return;
    this.#view = { ...this.#view, ...change };
    this.#listeners.forEach((listener) => listener());
  }

  #noteStay() {
    if (isInCall(this.#view)) noteStay(this.mentorshipId, this.#stay);
  }

  #fail(error: unknown) {
    if (this.#isDisposed) return;
    const { code = "unknown" } = (error ?? {}) as { code?: string };
    const isAnswer = error instanceof api.VideoCallError;
    const problem: Problem = { code, message: isAnswer ? error.message : "We couldn't connect you to the call.", requestId: isAnswer ? error.requestId : undefined };
    const { callId } = this.#view;
    void this.#release();
    // After UID_CONFLICT the user is in the call in another window: don't report that they left.
    if (callId && code !== "UID_CONFLICT") void api.leaveCall(callId).catch(() => undefined);
    this.#show({ phase: "failed", problem });
  }

  /**
   * Looks up the mentorship and opens the devices, so that the user sees their own picture, then
   * waits for `join`. Joins immediately if the page was reloaded during the call, or if `resume`
   * says which devices to turn on. Never rejects: errors are in the view.
   */
  async begin(resume: Stay | null): Promise<void> {
    const stay = resume ?? interruptedStay(this.mentorshipId);
    this.#stay = stay ?? this.#stay;
    try {
      if (!stay) {
        await this.#lookUp();
        if (this.#isDisposed) return;
        this.#show({ phase: "ready", hasSeenMirror: true, problem: null });
        this.#watchPresence();
      }
      this.#devices.open(() => this.#stay).catch((error) => this.#fail(error));
      if (!stay) return;
      void this.#lookForOther();
      await this.join();
    } catch (error) {
      this.#fail(error);
    }
  }

  // The list has the other participant's name. If the mentorship isn't listed, it isn't the
  // caller's or doesn't exist: asking for its history tells which, and changes nothing.
  async #lookUp() {
    const { mentorships } = await this.#ask(api.listMentorships);
    const mine = this.#learn(mentorships);
    if (!mine) await this.#ask(() => api.listCalls({ mentorshipId: this.mentorshipId, limit: 1 }));
    if (mine && mine.status !== "active") throw new api.VideoCallError(403, "mentorship_not_active", "This mentorship isn't active.");
  }

  #learn(mentorships: api.Mentorship[]): api.Mentorship | undefined {
    const mine = mentorships.find(({ id }) => id === this.mentorshipId);
    if (!mine) return undefined;
    const { instructorPresent = false, menteePresent = false } = mine.activeCall ?? {};
    const [isSelfThere, isOtherThere] = mine.role === "instructor" ? [instructorPresent, menteePresent] : [menteePresent, instructorPresent];
    this.#show({ role: mine.role, otherName: mine.counterpart.name, canOtherJoin: mine.counterpart.canJoin, presence: { isSelfThere, isOtherThere } });
    return mine;
  }

  #watchPresence() {
    const { signal } = this.#presenceWatch;
    const lookIfSeen = () => document.visibilityState === "visible" && void this.#lookForOther();
    const timer = setInterval(lookIfSeen, presenceMs);
    document.addEventListener("visibilitychange", lookIfSeen, { signal });
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  async #lookForOther() {
    const answer = await api.listMentorships().catch(() => null); // the page works without it
    if (answer) this.#learn(answer.mentorships);
  }

  #ask<Answer>(question: () => Promise<Answer>): Promise<Answer> {
    return api.askPatiently(question, this.#disposal.signal, (reason) =>
      this.#show({ phase: reason.code === "call_not_started" ? "not-started" : "unreachable", problem: reason }),
    );
  }

  /**
   * Joins the call and publishes the devices that are on; does nothing the second time. Never
   * rejects: errors are in the view.
   */
  async join(): Promise<void> {
    if (this.#hasAsked) return;
    this.#hasAsked = true;
    this.#show({ phase: "joining" });
    try {
      const token = await this.#ask(() => api.getToken(this.mentorshipId));
      this.#show({ role: token.role === "host" ? "instructor" : "mentee" });
      const call = await this.#ask(() => api.startCall(this.mentorshipId));
      this.#presenceWatch.abort();
      if (this.#isDisposed) return api.leaveOnPageHide(call.callId);
      this.#show({ phase: "joining", problem: null, callId: call.callId, startTime: call.startTime });
      window.addEventListener("pagehide", this.#onPageHide);
      await this.#enter(token);
      if (this.#isDisposed) return;
      this.#show({ phase: "in-call" });
      this.#noteStay();
      this.#heartbeats = api.startHeartbeats(call.callId, (answer) => void this.#onBeat(answer), (error) => this.#onBeatFailed(error));
      this.#send();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #enter(token: api.TokenAnswer) {
    const agora = await loadAgora();
    if (this.#isDisposed) return;
    const channel = new CallChannel(agora, {
      onRemote: (remote, hasQuit) => this.#onRemote(remote, hasQuit),
      onQuality: (quality) => this.#show({ quality }),
      onConnection: (isConnected) => this.#onConnection(isConnected),
      onLost: (reason) => this.#fail({ code: reason }),
      onTokenExpiring: () => void this.#renew(),
      onTokenExpired: () => void this.#rejoin(),
    }, this.#devices.speakerId);
    this.#channel = channel;
    await channel.join(token);
  }

  // Not awaited: the browser may still be asking for permission, while the other participant may
  // already be there.
  #send() {
    if (this.#channel) void this.#devices.sendInto(this.#channel);
  }

  #onRemote(remote: RemoteSide | null, hasQuit: boolean) {
    const previousVideo = this.#view.remote?.videoTrack ?? null;
    this.#show({ remote, departure: remote ? null : hasQuit ? "left" : "lost", ...(remote ? {} : { quality: { ...this.#view.quality, other: null } }) });
    if (!remote || remote.videoTrack !== previousVideo) this.#heartbeats?.now();
  }

  #onConnection(isConnected: boolean) {
    if (!isConnected) this.#show({ phase: "reconnecting" });
    else if (this.#view.phase === "reconnecting") this.#show({ phase: "in-call" });
  }

  #getTokenPatiently() {
    return api.askPatiently(() => api.getToken(this.mentorshipId), this.#disposal.signal, () => undefined);
  }

  async #renew() {
    try {
      const { token } = await this.#getTokenPatiently();
      await this.#channel?.renew(token);
    } catch {
      // The call continues until the token expires; rejoining then shows what's wrong.
    }
  }

  async #rejoin() {
    this.#show({ phase: "reconnecting" });
    try {
      await this.#channel?.join(await this.#getTokenPatiently());
      this.#send();
      if (this.#channel) this.#show({ phase: "in-call" });
    } catch (error) {
      if (this.#channel) this.#fail(error);
    }
  }

  async #onBeat({ status, participants }: api.HeartbeatAnswer) {
    this.#show({ participants, serviceTrouble: null });
    this.#noteStay();
    const { callId } = this.#view;
    if (status === "active" || !callId) return;
    void this.#release();
    const by = status === "failed" ? "nobody" : "other";
    this.#show({ phase: "ended", ending: { by, durationSeconds: null } });
    const figures = await api.endCall(callId).catch(() => null); // already ended: only reads its duration
    if (figures) this.#show({ ending: { by, durationSeconds: figures.durationSeconds } });
  }

  // Media needs neither the backend nor the portal's session, so don't cut off the conversation.
  #onBeatFailed(error: api.VideoCallError) {
    const { status, requestId } = error;
    if (status === 403 || status === 404) this.#fail(error);
    else this.#show({ serviceTrouble: { kind: status === 401 ? "signed-out" : "away", requestId } });
  }

  /**
   * Turns the microphone on or off, also for the other participant. Never rejects: errors are in
   * the view.
   */
  setMicrophone(isOn: boolean): Promise<void> {
    this.#stay = { ...this.#stay, isMicrophoneOn: isOn };
    this.#noteStay();
    return this.#devices.microphone.turn(isOn);
  }
  /**
   * Turns the camera and its light on or off, also for the other participant. Never rejects:
   * errors are in the view.
   */
  setCamera(isOn: boolean): Promise<void> {
    this.#stay = { ...this.#stay, isCameraOn: isOn };
    this.#noteStay();
    return this.#devices.camera.turn(isOn);
  }
  /** Changes to another microphone and remembers it. Never rejects: errors are in the view. */
  chooseMicrophone = (deviceId: string): Promise<void> => this.#devices.microphone.choose(deviceId);
  /** Changes to another camera and remembers it. Never rejects: errors are in the view. */
  chooseCamera = (deviceId: string): Promise<void> => this.#devices.camera.choose(deviceId);

  /** Switches from the front camera to the rear one, or back. Never rejects: errors are in the view. */
  flipCamera = (): Promise<void> => this.#devices.flipCamera();
  /** Changes to another speaker and remembers it. Never rejects: if the browser can't, the view says so. */
  chooseSpeaker = (deviceId: string): Promise<void> => this.#devices.chooseSpeaker(deviceId);

  /** Plays the sound that the browser blocked. Call it from a click. */
  playSound(): void {
    this.#show({ isSoundBlocked: false });
    this.#channel?.playSound();
  }

  /**
   * Leaves the call, which continues while the other participant is in it. Does nothing if the user
   * isn't in the call. Never rejects: if the backend can't be told, `problem` in the view says so.
   */
  leave(): Promise<void> {
    return this.#depart(async (callId) => {
      await api.leaveCall(callId);
      this.#show({ phase: "left" });
    });
  }

  /**
   * Ends the call for both participants; otherwise like `leave`. If the backend can't be told, the
   * user has only left.
   */
  endForEveryone(): Promise<void> {
    return this.#depart(async (callId) => {
      const { durationSeconds } = await api.endCall(callId);
      this.#show({ phase: "ended", ending: { by: "you", durationSeconds } });
    });
  }

  async #depart(tell: (callId: string) => Promise<void>) {
    const { callId } = this.#view;
    if (!callId || !isInCall(this.#view)) return;
    void this.#release();
    this.#show({ phase: "leaving" });
    try {
      await tell(callId);
    } catch (error) {
      const requestId = error instanceof api.VideoCallError ? error.requestId : undefined;
      this.#show({ phase: "left", problem: { code: "leave_failed", message: "We couldn't tell the service, but it'll notice within a few minutes.", requestId } });
    }
  }

  async #release() {
    const channel = this.#channel;
    this.#channel = null;
    this.#heartbeats?.stop();
    this.#presenceWatch.abort();
    forgetStay(this.mentorshipId);
    window.removeEventListener("pagehide", this.#onPageHide);
    this.#devices.close();
    this.#show({ camera: deviceAtRest, microphone: deviceAtRest, remote: null });
    await channel?.close();
  }

  /** Ends the visit in any phase; if the user is in the call, they leave it. */
  dispose(): void {
    const { callId, phase } = this.#view;
    if (callId && (phase === "joining" || isInCall(this.#view))) api.leaveOnPageHide(callId);
    this.#disposal.abort();
    this.#listeners.clear();
    void this.#release();
  }
}
