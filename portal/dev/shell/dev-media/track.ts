/**
 * For development only: one track of the stand-in, local or remote. Its level is measured on the
 * SDK's scale, unless a test sets it with the event "dev-media", whose name is "level" and whose
 * values are "local" or "remote", and the level (null for the measured one).
 */

export type Kind = "audio" | "video";
type Side = "local" | "remote";

const told: Record<Side, number | null> = { local: null, remote: null };
window.addEventListener("dev-media", (event) => {
  const { name, values } = (event as CustomEvent<{ name: string; values: unknown[] }>).detail;
  if (name === "level") told[values[0] as Side] = values[1] as number | null;
});

let onBlocked: (() => void) | undefined;
/** Calls `listener` when the browser blocks playing before a click. Replaces the previous listener. */
export const whenBlocked = (listener: () => void) => (onBlocked = listener);

let context: AudioContext | null = null;

/** Like the SDK's: the mean power in decibels, scaled so that -100 dB is 0 and 0 dB is 1. */
function levelOf(analyser: AnalyserNode): number {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.max(10 * Math.log10(power) + 100, 0) / 100;
}

/** Opens a camera or microphone, or the default one. Rejects as getUserMedia does. */
export async function openMedia(kind: Kind, deviceId?: string): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ [kind]: deviceId ? { deviceId: { exact: deviceId } } : true });
  const [media] = stream.getTracks();
  if (!media) throw Object.assign(new Error("no device"), { code: "DEVICE_NOT_FOUND" });
  return media;
}

/**
 * Stands in for the camera on the other side, which a computer doesn't have; undefined if there's
 * only one camera.
 */
async function otherCamera(than: string | undefined): Promise<string | undefined> {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "videoinput");
  return cameras.find(({ deviceId }) => deviceId !== than)?.deviceId;
}

/** A camera's or microphone's media, with the part of the SDK's interface that the pages use. */
export class Track {
  #element: HTMLMediaElement | null = null;
  #analyser: AnalyserNode | null = null;
  #speakerId: string | null = null;
  #media: MediaStreamTrack;
  #listeners = new Set<() => void>();
  /**
   * Set by the client that publishes it; called when the media is another device's, which has to
   * be sent instead.
   */
  onReplaced: (() => Promise<void>) | undefined;

  constructor(
    readonly kind: Kind,
    media: MediaStreamTrack,
    readonly side: Side,
  ) {
    this.#media = media;
    this.#watch();
  }

  #watch() {
    this.#media.addEventListener("ended", () => this.#listeners.forEach((listener) => listener()));
  }

  on(_name: "track-ended", listener: () => void) {
    this.#listeners.add(listener);
  }

  getMediaStreamTrack() {
    return this.#media;
  }

  async setDevice(device: string | { facingMode: string }) {
    const deviceId = typeof device === "string" ? device : await otherCamera(this.#media.getSettings().deviceId);
    const media = await openMedia(this.kind, deviceId);
    this.#media.stop();
    this.#media = media;
    this.#watch();
    this.#analyser = null;
    if (this.#element) this.#element.srcObject = new MediaStream([media]);
    await this.onReplaced?.();
  }

  getVolumeLevel(): number {
    if (told[this.side] !== null) return told[this.side] ?? 0;
    if (!this.#analyser) {
      context ??= new AudioContext();
      this.#analyser = context.createAnalyser();
      context.createMediaStreamSource(new MediaStream([this.#media])).connect(this.#analyser);
    }
    return levelOf(this.#analyser);
  }

  async setPlaybackDevice(deviceId: string) {
    if (!("setSinkId" in HTMLMediaElement.prototype)) throw Object.assign(new Error("no choice of speakers"), { code: "NOT_SUPPORTED" });
    this.#speakerId = deviceId;
    if (this.#element) await this.#element.setSinkId(deviceId);
  }

  play(place?: HTMLElement, { mirror = false }: { mirror?: boolean; fit?: string } = {}) {
    this.stop();
    const element = document.createElement(this.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([this.#media]);
    if (element instanceof HTMLVideoElement) {
      element.playsInline = true;
      element.muted = true;
      element.style.cssText = `width:100%;height:100%;object-fit:cover;${mirror ? "transform:scaleX(-1)" : ""}`;
    }
    (place ?? document.body).append(element);
    if (this.#speakerId !== null) void element.setSinkId(this.#speakerId);
    element.play().catch((error: Error) => error.name === "NotAllowedError" && onBlocked?.());
    this.#element = element;
  }

  stop() {
    this.#element?.remove();
    this.#element = null;
  }

  close() {
    this.stop();
    this.#media.stop();
  }
}
