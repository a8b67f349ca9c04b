/**
 * The Agora channel of a call, from joining to leaving: publishes the user's tracks and follows
 * the other participant. Depends neither on React nor on the ledger.
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

/** The other participant, while connected. */
export interface RemoteSide {
  /** Null unless it's published and subscribed to; the same for the audio track. */
  videoTrack: IRemoteVideoTrack | null;
  audioTrack: IRemoteAudioTrack | null;
  /** Both are false until it's known: someone who just joined may still be starting their devices. */
  isCameraOff: boolean;
  isMuted: boolean;
}

/** How good a connection is; null while unknown. */
export type Quality = "good" | "weak" | "bad" | null;

/** The user's own connection, and the other participant's. */
export interface Qualities {
  own: Quality;
  other: Quality;
}

/** What a channel reports; nothing after `close`. */
export interface ChannelEvents {
  /**
   * The other participant joined, changed or left. `remote` is null once they've left; `hasQuit`
   * is then true if they left on purpose, and false if their connection broke.
   */
  onRemote(remote: RemoteSide | null, hasQuit: boolean): void;
  onQuality(qualities: Qualities): void;
  /** False when the SDK starts to reconnect, true whenever it's connected. */
  onConnection(isConnected: boolean): void;
  /** The channel is lost and the SDK has given up; `reason` is the SDK's. */
  onLost(reason: string | undefined): void;
  /** The token expires soon: `renew` it. */
  onTokenExpiring(): void;
  /** The token has expired and the SDK has left the channel: `join` again. */
  onTokenExpired(): void;
}

type Media = "audio" | "video";

/** After this long, what a newcomer hasn't published counts as off. */
const settleMs = 4_000;
const subscribeTries = 5;
const subscribeAgainMs = 1_000;

/**
 * Agora's SDK, loaded on the first call. Only for the browser: the SDK uses `window` as soon as
 * it's loaded. Rejects if it can't be loaded.
 */
export const loadAgora = async (): Promise<IAgoraRTC> => (await import("agora-rtc-sdk-ng")).default;

function qualityOf({ uplinkNetworkQuality, downlinkNetworkQuality }: NetworkQuality): Quality {
  const worst = Math.max(uplinkNetworkQuality, downlinkNetworkQuality);
  if (worst === 0) return null;
  return worst <= 2 ? "good" : worst <= 4 ? "weak" : "bad";
}

/** One visit to one channel: `join` it, possibly again with a new token, then `close` it once. */
export class CallChannel {
  #client: IAgoraRTCClient;
  #events: ChannelEvents;
  #isJoined = false;
  #isClosed = false;
  #published = new Set<ILocalTrack>();
  #user: IAgoraRTCRemoteUser | null = null;
  /** Which of the other participant's media are known to be on or off. */
  #known = new Set<Media>();
  #settling: ReturnType<typeof setTimeout> | undefined;
  #speakerId: string | null;

  /**
   * Doesn't join yet. Plays the other participant on `speakerId`, or on the browser's default if
   * it's null.
   */
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

  /**
   * Joins, or rejoins with a new token; tracks then have to be published again. Rejects with the
   * SDK's error.
   */
  async join({ appId, channelName, token, userId }: TokenAnswer): Promise<void> {
    this.#isJoined = false;
    this.#published.clear();
    await this.#client.join(appId, channelName, token, userId);
    this.#isJoined = true;
  }

  /** Replaces the token without leaving. Rejects with the SDK's error. */
  renew(token: string): Promise<void> {
    return this.#client.renewToken(token);
  }

  /**
   * Publishes a track; does nothing before `join`, or if it's already published. Rejects with the
   * SDK's error.
   */
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

  /** Unpublishes a track; does nothing if it isn't published. Rejects with the SDK's error. */
  async unpublish(track: ILocalTrack): Promise<void> {
    if (this.#published.delete(track)) await this.#client.unpublish(track);
  }

  /**
   * Plays the other participant on that speaker, now and later. If there's sound now, rejects with
   * the SDK's error: NOT_SUPPORTED if the browser can't change the speaker.
   */
  async setSpeaker(speakerId: string): Promise<void> {
    this.#speakerId = speakerId;
    await this.#user?.audioTrack?.setPlaybackDevice(speakerId);
  }

  /** Plays the sound that the browser blocked, if there's any. Call it from a click. */
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

  // The SDK reports a publication only once: without retries, one failure would leave it unseen or unheard.
  async #subscribe(user: IAgoraRTCRemoteUser, media: Media) {
    const isPublished = () => !this.#isClosed && (media === "audio" ? user.hasAudio : user.hasVideo);
    for (let tries = 0; tries < subscribeTries && isPublished(); tries++) {
      const isDone = await this.#client.subscribe(user, media).then(() => true, () => false);
      if (isDone) return;
      await new Promise((resolve) => setTimeout(resolve, subscribeAgainMs));
    }
  }

  #play(user: IAgoraRTCRemoteUser) {
    // Fails in Firefox and Safari, which only play on the system's speaker.
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
    // After a reload, the new connection may join before the old one leaves.
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
    // An expired token has its own event, which leads to rejoining.
    if (state === "DISCONNECTED" && reason !== "LEAVE" && reason !== "TOKEN_EXPIRE") this.#events.onLost(reason);
  }

  /** Leaves the channel; no event follows. Never rejects. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#isJoined = false;
    clearTimeout(this.#settling);
    this.#client.removeAllListeners();
    await this.#client.leave().catch(() => undefined);
  }
}
