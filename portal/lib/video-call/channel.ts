/**
 * The Agora channel of a call, from joining to leaving: sends this person's tracks and follows
 * the other side. Knows no React and nothing of the ledger.
 */
import type {
  ConnectionState,
  IAgoraRTC,
  IAgoraRTCClient,
  IAgoraRTCRemoteUser,
  ILocalTrack,
  IRemoteAudioTrack,
  IRemoteVideoTrack,
  NetworkQuality,
} from "agora-rtc-sdk-ng";
import type { TokenAnswer } from "./client";

/** The other person, while connected. */
export interface RemoteSide {
  videoTrack: IRemoteVideoTrack | null;
  audioTrack: IRemoteAudioTrack | null;
  /** Neither is true while it isn't known yet: somebody who has just come is still starting. */
  isCameraOff: boolean;
  isMuted: boolean;
}

/** null where nothing is known yet. */
export type Quality = "good" | "weak" | "bad" | null;

export interface Qualities {
  own: Quality;
  other: Quality;
}

export interface ChannelEvents {
  /** null once the other side has gone; `hasQuit` is false where their connection broke. */
  onRemote(remote: RemoteSide | null, hasQuit: boolean): void;
  onQuality(qualities: Qualities): void;
  onConnection(isConnected: boolean): void;
  /** The channel is lost for good, with the SDK's reason. */
  onLost(reason: string | undefined): void;
  onTokenExpiring(): void;
  onTokenExpired(): void;
}

type Media = "audio" | "video";

const settleMs = 4_000;
const subscribeTries = 5;
const subscribeAgainMs = 1_000;

// The SDK touches window when it's loaded, so never on the server.
/** Agora's SDK, loaded once. */
export const loadAgora = async (): Promise<IAgoraRTC> => (await import("agora-rtc-sdk-ng")).default;

function qualityOf({ uplinkNetworkQuality, downlinkNetworkQuality }: NetworkQuality): Quality {
  const worst = Math.max(uplinkNetworkQuality, downlinkNetworkQuality);
  if (worst === 0) return null;
  return worst <= 2 ? "good" : worst <= 4 ? "weak" : "bad";
}

export class CallChannel {
  #client: IAgoraRTCClient;
  #events: ChannelEvents;
  #isJoined = false;
  #isClosed = false;
  #published = new Set<ILocalTrack>();
  #user: IAgoraRTCRemoteUser | null = null;
  /** What of the other side is known to be published or not. */
  #known = new Set<Media>();
  #settling: ReturnType<typeof setTimeout> | undefined;
  #speakerId: string | null;

  /** Joins nothing yet. `speakerId` plays the other side, null for the browser's default. */
  constructor(agora: IAgoraRTC, events: ChannelEvents, speakerId: string | null) {
    this.#events = events;
    this.#speakerId = speakerId;
    this.#client = agora.createClient({ mode: "rtc", codec: "vp8" });
    this.#listen();
  }

  #listen() {
    const client = this.#client;
    client.on("user-joined", (user) => this.#onJoined(user));
    client.on("user-published", (user, media) => void this.#onPublished(user, media));
    client.on("user-unpublished", (user, media) => this.#onUnpublished(user, media));
    client.on("user-left", (user, reason) => this.#onLeft(user, reason));
    client.on("network-quality", (own) => this.#onQuality(own));
    client.on("connection-state-change", (state, _before, reason) => this.#onConnection(state, reason));
    client.on("token-privilege-will-expire", () => this.#events.onTokenExpiring());
    client.on("token-privilege-did-expire", () => this.#events.onTokenExpired());
  }

  /** Joins, or joins again with a new token; what was published must be published again. Rejects as the SDK does. */
  async join({ appId, channelName, token, userId }: TokenAnswer): Promise<void> {
    this.#isJoined = false;
    this.#published.clear();
    await this.#client.join(appId, channelName, token, userId);
    this.#isJoined = true;
  }

  /** Goes on with a new token. Rejects as the SDK does. */
  renew(token: string): Promise<void> {
    return this.#client.renewToken(token);
  }

  /** Sends a track; does nothing before `join`, nor for a track that is sent already. Rejects as the SDK does. */
  async publish(track: ILocalTrack): Promise<void> {
    if (!this.#isJoined || this.#isClosed || this.#published.has(track)) return;
    this.#published.add(track);
    try {
      await this.#client.publish(track);
    } catch (error) {
      this.#published.delete(track);
      throw error;
    }
  }

  /** Stops sending a track. Rejects as the SDK does. */
  async unpublish(track: ILocalTrack): Promise<void> {
    if (this.#published.delete(track)) await this.#client.unpublish(track);
  }

  /** Plays the other side, now and later, on that speaker. Rejects with NOT_SUPPORTED where the browser can't. */
  async setSpeaker(speakerId: string): Promise<void> {
    this.#speakerId = speakerId;
    await this.#user?.audioTrack?.setPlaybackDevice(speakerId);
  }

  /** Plays what the browser blocked; call it from a click. */
  playSound(): void {
    this.#user?.audioTrack?.play();
  }

  #onJoined(user: IAgoraRTCRemoteUser) {
    clearTimeout(this.#settling);
    this.#known.clear();
    this.#settling = setTimeout(() => {
      this.#known.add("audio").add("video");
      if (this.#user === user) this.#show(user);
    }, settleMs);
    this.#show(user);
  }

  async #onPublished(user: IAgoraRTCRemoteUser, media: Media | "datachannel") {
    if (media === "datachannel") return;
    this.#known.add(media);
    this.#show(user);
    await this.#subscribe(user, media);
    if (this.#isClosed) return;
    if (media === "audio") this.#play(user);
    this.#show(user);
  }

  // Nobody says again that it's published: given up at once, it would never be seen or heard.
  async #subscribe(user: IAgoraRTCRemoteUser, media: Media) {
    const isPublished = () => !this.#isClosed && (media === "audio" ? user.hasAudio : user.hasVideo);
    for (let tries = 0; tries < subscribeTries && isPublished(); tries++) {
      const isDone = await this.#client.subscribe(user, media).then(() => true, () => false);
      if (isDone) return;
      await new Promise((resolve) => setTimeout(resolve, subscribeAgainMs));
    }
  }

  #play(user: IAgoraRTCRemoteUser) {
    // Firefox and Safari play on the system's speaker alone.
    if (this.#speakerId) void user.audioTrack?.setPlaybackDevice(this.#speakerId).catch(() => undefined);
    user.audioTrack?.play();
  }

  #onUnpublished(user: IAgoraRTCRemoteUser, media: Media | "datachannel") {
    if (media !== "datachannel") this.#known.add(media);
    this.#show(user);
  }

  #show(user: IAgoraRTCRemoteUser) {
    if (this.#isClosed) return;
    this.#user = user;
    const videoTrack = (user.hasVideo && user.videoTrack) || null;
    const audioTrack = (user.hasAudio && user.audioTrack) || null;
    const remote = { videoTrack, audioTrack, isCameraOff: this.#known.has("video") && !user.hasVideo, isMuted: this.#known.has("audio") && !user.hasAudio };
    this.#events.onRemote(remote, false);
  }

  #onLeft(user: IAgoraRTCRemoteUser, reason: string) {
    // Somebody who has reloaded the page may be there anew before their former self goes.
    if (user !== this.#user) return;
    clearTimeout(this.#settling);
    this.#user = null;
    this.#events.onRemote(null, reason === "Quit");
  }

  #onQuality(own: NetworkQuality) {
    const other = this.#user ? this.#client.getRemoteNetworkQuality()[this.#user.uid] : undefined;
    this.#events.onQuality({ own: qualityOf(own), other: other ? qualityOf(other) : null });
  }

  #onConnection(state: ConnectionState, reason?: string) {
    if (state === "RECONNECTING") this.#events.onConnection(false);
    if (state === "CONNECTED") this.#events.onConnection(true);
    // An expired token has an event of its own, which joins again.
    if (state === "DISCONNECTED" && reason !== "LEAVE" && reason !== "TOKEN_EXPIRE") this.#events.onLost(reason);
  }

  /** Leaves; no event follows. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isJoined = false;
    clearTimeout(this.#settling);
    this.#client.removeAllListeners();
    await this.#client.leave().catch(() => undefined);
  }
}
