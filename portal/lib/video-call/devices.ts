/**
 * One of this person's own devices in a call, camera or microphone: its track while it is on,
 * and what stands in its way. Knows no React and no client.
 */

/** What of the SDK's local tracks is used here; a camera's and a microphone's both fit. */
interface LocalTrack {
  on(event: "track-ended", listener: () => void): void;
  getMediaStreamTrack(): MediaStreamTrack;
  setDevice(deviceId: string): Promise<void>;
  close(): void;
}

/** null where nothing is in the way, or the device was never asked for. */
export type DeviceProblem =
  | "denied" // the person, or the browser for them, said no
  | "missing"
  | "busy" // another program holds it
  | "unpublished" // it works, but the video service did not take it
  | null;

export interface DeviceView<Track> {
  /** null while it is off. */
  track: Track | null;
  /** The browser is opening it, which may wait for the person's permission. */
  isStarting: boolean;
  problem: DeviceProblem;
  chosenId: string | null;
  choices: { id: string; label: string }[];
}

export const deviceAtRest = { track: null, isStarting: false, problem: null, chosenId: null, choices: [] };

export interface DeviceWays<Track> {
  /** Opens the device of that id, or the browser's own choice. */
  open(deviceId: string | null): Promise<Track>;
  list(): Promise<MediaDeviceInfo[]>;
  publish(track: Track): Promise<unknown>;
  unpublish(track: Track): Promise<unknown>;
  /** Hears of every change. */
  show(view: DeviceView<Track>): void;
}

function problemOf(error: unknown): DeviceProblem {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  if (code === "PERMISSION_DENIED" || name === "NotAllowedError") return "denied";
  if (code === "DEVICE_NOT_FOUND" || name === "NotFoundError") return "missing";
  return "busy";
}

export class LocalDevice<Track extends LocalTrack> {
  #view: DeviceView<Track> = deviceAtRest;
  #isClosed = false;
  #last: Promise<void> = Promise.resolve();

  constructor(readonly ways: DeviceWays<Track>) {}

  /** The open track, null while the device is off. */
  get track(): Track | null {
    return this.#view.track;
  }

  #show(change: Partial<DeviceView<Track>>) {
    if (this.#isClosed) return;
    this.#view = { ...this.#view, ...change };
    this.ways.show(this.#view);
  }

  // One after the other: two hasty clicks would else open a device twice, and lose one track
  // that nothing closes any more.
  #queue(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => (this.#isClosed ? undefined : step()));
    return this.#last;
  }

  /** Turns the device, and its light, on or off; the other side is told. Never rejects: what goes wrong is shown. */
  turn(isOn: boolean): Promise<void> {
    return this.#queue(() => (isOn ? this.#on() : this.#off()));
  }

  async #on() {
    if (this.#view.track) return;
    this.#show({ isStarting: true, problem: null });
    let track: Track;
    try {
      track = await this.ways.open(this.#view.chosenId);
    } catch (error) {
      return this.#show({ isStarting: false, problem: problemOf(error) });
    }
    if (this.#isClosed) return track.close();
    track.on("track-ended", () => void this.#replace(track));
    const chosenId = track.getMediaStreamTrack().getSettings().deviceId ?? null;
    this.#show({ track, isStarting: false, chosenId });
    void this.refresh();
    await this.ways.publish(track).catch(() => this.#drop(track, "unpublished"));
  }

  async #off() {
    const { track } = this.#view;
    if (!track) return this.#show({ problem: null });
    this.#drop(track, null);
    await this.ways.unpublish(track).catch(() => undefined);
  }

  #drop(track: Track, problem: DeviceProblem) {
    track.close();
    this.#show({ track: null, problem });
  }

  /** One that was pulled out gives way to whatever else there is. */
  #replace(ended: Track): Promise<void> {
    return this.#queue(async () => {
      if (this.#view.track !== ended) return;
      await this.#off();
      this.#show({ chosenId: null });
      await this.#on();
    });
  }

  /** Changes to another device, now if it is on, else when it is turned on. Never rejects. */
  choose(deviceId: string): Promise<void> {
    return this.#queue(async () => {
      try {
        await this.#view.track?.setDevice(deviceId);
        this.#show({ chosenId: deviceId, problem: null });
      } catch (error) {
        this.#show({ problem: problemOf(error) });
      }
    });
  }

  /** Looks again at which devices there are. Never rejects. */
  async refresh(): Promise<void> {
    const found = await this.ways.list().catch(() => []);
    const choices = found.filter(({ deviceId }) => deviceId !== "").map(({ deviceId: id, label }) => ({ id, label }));
    const isBack = this.#view.problem === "missing" && choices.length > 0;
    this.#show({ choices, ...(isBack ? { problem: null } : {}) });
  }

  /** Lets go of it for good; whatever was under way cleans up after itself. */
  close(): void {
    this.#isClosed = true;
    this.#view.track?.close();
  }
}
