/**
 * For development only: the part of Agora's SDK that the pages use, over WebRTC between browsers
 * on this machine. A newcomer sends an offer to everyone in the channel, with a sender for audio
 * and one for video. Publishing only replaces a sender's track and tells the others, so nothing is
 * ever renegotiated.
 *
 * Tests simulate Agora's cloud with an event "dev-media" on window, with the detail {name, values},
 * which the client passes on as an event of the SDK. Three names are the stand-in's own: "quality",
 * with the user's own and the other participant's, from 0 to 6; "lost", when the other
 * participant's connection breaks; and "level", see track.ts.
 */
import { openMedia, Track, whenBlocked, type Kind } from "./track";


type Handler = (...values: never[]) => void;

interface Message {
  type: "members" | "joined" | "left" | "replaced" | "offer" | "answer" | "candidate" | "media" | "alive";
  from: string;
  to: string;
  members?: string[];
  description?: RTCSessionDescriptionInit;
  candidate?: RTCIceCandidateInit;
  published?: Kind[];
}

class Remote {
  hasAudio = false;
  hasVideo = false;
  audioTrack: Track | undefined;
  videoTrack: Track | undefined;
  readonly connection = new RTCPeerConnection();
  readonly candidates: RTCIceCandidateInit[] = [];

  constructor(readonly uid: string) {}

  sender(kind: Kind) {
    return this.connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.sender;
  }

  received(kind: Kind) {
    return this.connection.getTransceivers().find(({ receiver }) => receiver.track.kind === kind)?.receiver.track;
  }
}

type Grade = 0 | 1 | 2 | 3 | 4 | 5 | 6;
const quality = (grade: Grade) => ({ uplinkNetworkQuality: grade, downlinkNetworkQuality: grade });
const qualityEveryMs = 2_000;

class Client {
  #handlers = new Map<string, Set<Handler>>();
  #remotes = new Map<string, Remote>();
  #local = new Map<Kind, Track>();
  #events: EventSource | null = null;
  #grades: { own: Grade; other: Grade } = { own: 1, other: 1 };
  #qualityTimer: ReturnType<typeof setInterval> | undefined;
  #cloud = (event: Event) => {
    const { name, values } = (event as CustomEvent<{ name: string; values: unknown[] }>).detail;
    if (name === "lost") return [...this.#remotes.keys()].forEach((uid) => this.#part(uid, "ServerTimeOut"));
    if (name !== "quality") return this.#emit(name, ...values);
    const [own, other] = values as Grade[];
    this.#grades = { own: own ?? 0, other: other ?? 0 };
    this.#emitQuality();
  };
  #emitQuality = () => this.#emit("network-quality", quality(this.#grades.own));
  #inbox = Promise.resolve();
  #url = "";
  #uid = "";

  on(name: string, handler: Handler) {
    const handlers = this.#handlers.get(name) ?? new Set();
    handlers.add(handler);
    this.#handlers.set(name, handlers);
  }

  removeAllListeners() {
    this.#handlers.clear();
  }

  #emit(name: string, ...values: unknown[]) {
    this.#handlers.get(name)?.forEach((handler) => (handler as (...all: unknown[]) => void)(...values));
  }

  async join(appId: string, channel: string, token: string, uid: string) {
    if (!/^[0-9a-f]{32}$/i.test(appId) || !token.startsWith("007")) throw Object.assign(new Error("invalid token"), { code: "CAN_NOT_GET_GATEWAY_SERVER" });
    await this.leave(); // rejoining with a new token isn't a UID conflict
    this.#uid = uid;
    window.addEventListener("dev-media", this.#cloud);
    this.#qualityTimer = setInterval(this.#emitQuality, qualityEveryMs);
    this.#url = `/api/dev-media/${encodeURIComponent(channel)}`;
    this.#events = new EventSource(`${this.#url}?uid=${encodeURIComponent(uid)}`);
    // One message at a time: media can be subscribed to only after the offer has been answered.
    this.#events.onmessage = ({ data }) => (this.#inbox = this.#inbox.then(() => this.#take(JSON.parse(data as string) as Message)).catch(console.error));
    this.#events.onerror = () => this.#emit("connection-state-change", "RECONNECTING", "CONNECTED");
    await new Promise<void>((resolve) => {
      this.#events?.addEventListener("open", () => {
        resolve();
        this.#emit("connection-state-change", "CONNECTED", "RECONNECTING");
      });
    });
    return uid;
  }

  #send(message: Partial<Message>) {
    return fetch(this.#url, { method: "POST", body: JSON.stringify({ ...message, from: this.#uid }), keepalive: true }).catch(() => undefined);
  }

  #meet(uid: string): Remote {
    this.#part(uid);
    const remote = new Remote(uid);
    this.#remotes.set(uid, remote);
    remote.connection.onicecandidate = ({ candidate }) => candidate && void this.#send({ type: "candidate", to: uid, candidate: candidate.toJSON() });
    this.#emit("user-joined", remote);
    return remote;
  }

  #part(uid: string, reason = "Quit") {
    const remote = this.#remotes.get(uid);
    if (!remote) return;
    this.#remotes.delete(uid);
    remote.audioTrack?.stop();
    remote.videoTrack?.stop();
    remote.connection.close();
    this.#emit("user-left", remote, reason);
  }

  async #take(message: Message) {
    if (message.type === "members") for (const uid of message.members ?? []) await this.#offer(uid);
    if (message.type === "left") this.#part(message.from);
    if (message.type === "replaced") await this.#giveWay();
    if (message.type === "offer") await this.#answer(message);
    const remote = this.#remotes.get(message.from);
    if (!remote) return;
    if (message.type === "answer" && message.description) await this.#settle(remote, message.description);
    if (message.type === "candidate" && message.candidate) {
      if (remote.connection.remoteDescription) await remote.connection.addIceCandidate(message.candidate).catch(() => undefined);
      else remote.candidates.push(message.candidate);
    }
    if (message.type === "media") this.#published(remote, message.published ?? []);
  }

  /** The same person has joined from elsewhere: Agora allows each user ID only once. */
  async #giveWay() {
    await this.leave();
    this.#emit("connection-state-change", "DISCONNECTED", "CONNECTED", "UID_CONFLICT");
  }

  async #offer(uid: string) {
    const remote = this.#meet(uid);
    for (const kind of ["audio", "video"] as const) remote.connection.addTransceiver(kind, { direction: "sendrecv" });
    await remote.connection.setLocalDescription();
    await this.#send({ type: "offer", to: uid, description: remote.connection.localDescription?.toJSON() as RTCSessionDescriptionInit });
  }

  async #answer({ from, description }: Message) {
    if (!description) return;
    const remote = this.#meet(from);
    await remote.connection.setRemoteDescription(description);
    remote.connection.getTransceivers().forEach((one) => (one.direction = "sendrecv"));
    await remote.connection.setLocalDescription();
    await this.#send({ type: "answer", to: from, description: remote.connection.localDescription?.toJSON() as RTCSessionDescriptionInit });
    await this.#ready(remote);
  }

  async #settle(remote: Remote, description: RTCSessionDescriptionInit) {
    await remote.connection.setRemoteDescription(description);
    await this.#ready(remote);
  }

  async #ready(remote: Remote) {
    for (const candidate of remote.candidates.splice(0)) await remote.connection.addIceCandidate(candidate).catch(() => undefined);
    for (const [kind, track] of this.#local) await remote.sender(kind)?.replaceTrack(track.getMediaStreamTrack());
    await this.#tell(remote);
  }

  #tell(remote: Remote) {
    return this.#send({ type: "media", to: remote.uid, published: [...this.#local.keys()] });
  }

  #published(remote: Remote, kinds: Kind[]) {
    for (const kind of ["audio", "video"] as const) {
      const [has, track] = kind === "audio" ? (["hasAudio", "audioTrack"] as const) : (["hasVideo", "videoTrack"] as const);
      const isPublished = kinds.includes(kind);
      if (remote[has] === isPublished) continue;
      remote[has] = isPublished;
      if (!isPublished) remote[track]?.stop();
      if (!isPublished) remote[track] = undefined;
      this.#emit(isPublished ? "user-published" : "user-unpublished", remote, kind);
    }
  }

  async subscribe(remote: Remote, kind: Kind) {
    const media = remote.received(kind);
    if (!media) throw new Error("nothing is published");
    const track = new Track(kind, media, "remote");
    remote[kind === "audio" ? "audioTrack" : "videoTrack"] = track;
    return track;
  }

  async #replace(kind: Kind, track: Track | null) {
    if (track) this.#local.set(kind, track);
    else this.#local.delete(kind);
    if (track) track.onReplaced = () => this.#replace(kind, track);
    for (const remote of this.#remotes.values()) {
      await remote.sender(kind)?.replaceTrack(track?.getMediaStreamTrack() ?? null);
      await this.#tell(remote);
    }
  }

  async publish(tracks: Track | Track[]) {
    for (const track of [tracks].flat()) await this.#replace(track.kind, track);
  }

  async unpublish(tracks: Track | Track[]) {
    for (const track of [tracks].flat()) await this.#replace(track.kind, null);
  }

  getRemoteNetworkQuality() {
    return Object.fromEntries([...this.#remotes.keys()].map((uid) => [uid, quality(this.#grades.other)]));
  }

  async renewToken(token: string) {
    document.documentElement.dataset.renewedToken = token;
  }

  async leave() {
    window.removeEventListener("dev-media", this.#cloud);
    clearInterval(this.#qualityTimer);
    this.#events?.close();
    this.#events = null;
    for (const uid of [...this.#remotes.keys()]) this.#part(uid);
    this.#local.clear();
  }
}

const list = async (kind: MediaDeviceKind) => (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === kind);

const AgoraRTC = {
  createClient: () => new Client(),
  createMicrophoneAudioTrack: async ({ microphoneId }: { microphoneId?: string } = {}) => new Track("audio", await openMedia("audio", microphoneId), "local"),
  createCameraVideoTrack: async ({ cameraId }: { cameraId?: string } = {}) => new Track("video", await openMedia("video", cameraId), "local"),
  getMicrophones: () => list("audioinput"),
  getCameras: () => list("videoinput"),
  getPlaybackDevices: () => list("audiooutput"),
  setLogLevel: () => undefined,
  onCameraChanged: undefined as (() => void) | undefined,
  onMicrophoneChanged: undefined as (() => void) | undefined,
  onPlaybackDeviceChanged: undefined as (() => void) | undefined,
  onAutoplayFailed: undefined as (() => void) | undefined,
};

navigator.mediaDevices.addEventListener("devicechange", () => {
  AgoraRTC.onCameraChanged?.();
  AgoraRTC.onMicrophoneChanged?.();
  AgoraRTC.onPlaybackDeviceChanged?.();
});

whenBlocked(() => AgoraRTC.onAutoplayFailed?.());

export default AgoraRTC;
