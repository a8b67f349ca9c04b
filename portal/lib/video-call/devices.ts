/**
 * One of this person's own devices, a camera or a microphone: whether it's on, its track, and
 * what stands in its way. Knows no React and no Agora client.
 */

/** What is used here of the SDK's local tracks; a camera's and a microphone's both fit. */
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
  | "unpublished" // it works, but Agora did not accept it
  | null;

export interface Choice {
  id: string;
  label: string;
}

export interface DeviceView<Track> {
  /** Whether the other side gets it once the call is joined. */
  isOn: boolean;
  /** A camera's is null while it's off. A microphone's stays open, so that speaking into it is noticed. */
  track: Track | null;
  /** The browser is opening it, which may wait for the person's permission. */
  isStarting: boolean;
  problem: DeviceProblem;
  chosenId: string | null;
  choices: Choice[];
  /** The camera looks away from the person: its picture must not be mirrored. */
  isRear: boolean;
}

export const deviceAtRest = { isOn: false, track: null, isStarting: false, problem: null, chosenId: null, choices: [], isRear: false };

export interface DeviceMeans<Track> {
  /** Whether the track stays open, unpublished, while the device is off. */
  keepsOpen: boolean;
  /** Opens the device of that id, or the browser's default. */
  open(deviceId: string | null): Promise<Track>;
  list(): Promise<MediaDeviceInfo[]>;
  /** Sends the track to the other side; does nothing before the call is joined. */
  publish(track: Track): Promise<unknown>;
  unpublish(track: Track): Promise<unknown>;
  /** Hears of each device that the person chose. */
  remember(deviceId: string): void;
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
  #view: DeviceView<Track>;
  #isClosed = false;
  #last: Promise<void> = Promise.resolve();

  /** `chosenId` is the device to begin with, null for the browser's default; nothing is opened yet. */
  constructor(
    readonly means: DeviceMeans<Track>,
    chosenId: string | null,
  ) {
    this.#view = { ...deviceAtRest, chosenId };
  }

  /** The device as it is now; a new object after each change. */
  get view(): DeviceView<Track> {
    return this.#view;
  }

  #show(change: Partial<DeviceView<Track>>) {
    if (this.#isClosed) return;
    this.#view = { ...this.#view, ...change };
    this.means.show(this.#view);
  }

  // One after the other: two hasty clicks would else open a device twice, and lose one track
  // that nothing closes any more.
  #queue(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => (this.#isClosed ? undefined : step()));
    return this.#last;
  }

  /** Turns the device on or off, for the other side too. Never rejects: what goes wrong is in the view. */
  turn(isOn: boolean): Promise<void> {
    return this.#queue(() => (isOn ? this.#on() : this.#off()));
  }

  async #on() {
    if (this.#view.isOn) return;
    const track = this.#view.track ?? (await this.#open());
    if (!track) return;
    this.#show({ isOn: true, problem: null });
    await this.#publish(track);
  }

  async #open(): Promise<Track | null> {
    this.#show({ isStarting: true, problem: null });
    let track: Track;
    try {
      track = await this.#openChosen();
    } catch (error) {
      this.#show({ isStarting: false, problem: problemOf(error) });
      return null;
    }
    if (this.#isClosed) {
      track.close();
      return null;
    }
    track.on("track-ended", () => void this.#replace(track));
    this.#show({ track, isStarting: false, ...this.#settingsOf(track) });
    void this.refresh();
    return track;
  }

  // The remembered device may be another computer's, or at home.
  async #openChosen(): Promise<Track> {
    const { chosenId } = this.#view;
    try {
      return await this.means.open(chosenId);
    } catch (error) {
      if (chosenId === null || problemOf(error) === "denied") throw error;
      return this.means.open(null);
    }
  }

  #settingsOf(track: Track) {
    const { deviceId, facingMode } = track.getMediaStreamTrack().getSettings();
    return { chosenId: deviceId ?? null, isRear: facingMode === "environment" };
  }

  async #publish(track: Track) {
    await this.means.publish(track).catch(() => this.#drop("unpublished"));
  }

  /** Sends the other side what is on, once the call is joined. Never rejects. */
  announce(): Promise<void> {
    return this.#queue(async () => {
      const { isOn, track } = this.#view;
      if (isOn && track) await this.#publish(track);
    });
  }

  async #off() {
    const { isOn, track } = this.#view;
    if (!isOn || !track) return this.#show({ problem: null });
    if (this.means.keepsOpen) this.#show({ isOn: false });
    else this.#drop(null);
    await this.means.unpublish(track).catch(() => undefined);
  }

  #drop(problem: DeviceProblem) {
    this.#view.track?.close();
    this.#show({ isOn: false, track: null, problem });
  }

  /** One that was unplugged gives way to whatever else there is. */
  #replace(ended: Track): Promise<void> {
    return this.#queue(async () => {
      const { track, isOn } = this.#view;
      if (track !== ended) return;
      this.#drop(null);
      await this.means.unpublish(ended).catch(() => undefined);
      this.#show({ chosenId: null });
      if (isOn) await this.#on();
    });
  }

  /** Changes to another device, now if it's open, else when it's turned on. Never rejects. */
  choose(deviceId: string): Promise<void> {
    return this.#change(async (track) => {
      await track?.setDevice(deviceId);
      this.#show({ chosenId: deviceId, problem: null, ...(track ? this.#settingsOf(track) : {}) });
      this.means.remember(deviceId);
    });
  }

  /** As `choose`, by a change of its own of the open track; does nothing while the device is closed. Never rejects. */
  change(step: (track: Track) => Promise<void>): Promise<void> {
    return this.#change(async (track) => {
      if (!track) return;
      await step(track);
      this.#show({ problem: null, ...this.#settingsOf(track) });
    });
  }

  #change(step: (track: Track | null) => Promise<void>): Promise<void> {
    return this.#queue(() => step(this.#view.track).catch((error: unknown) => this.#show({ problem: problemOf(error) })));
  }

  /** Looks again at which devices there are. Never rejects. */
  async refresh(): Promise<void> {
    const choices = await listChoices(this.means.list);
    const isBack = this.#view.problem === "missing" && choices.length > 0;
    this.#show({ choices, ...(isBack ? { problem: null } : {}) });
  }

  /** Lets go of it for good; whatever was under way cleans up after itself. */
  close(): void {
    this.#isClosed = true;
    this.#view.track?.close();
  }
}

/** The devices that the browser names; none where it names none yet, or refuses. Never rejects. */
export async function listChoices(list: () => Promise<MediaDeviceInfo[]>): Promise<Choice[]> {
  const found = await list().catch(() => []);
  return found.filter(({ deviceId }) => deviceId !== "").map(({ deviceId: id, label }) => ({ id, label }));
}

/**
 * Calls `onAllowed` each time the person allows the device in the browser's settings, until
 * `signal` says stop. Never rejects: a browser that doesn't tell is not asked again.
 */
export async function whenAllowed(name: "camera" | "microphone", signal: AbortSignal, onAllowed: () => void): Promise<void> {
  try {
    const permission = await navigator.permissions.query({ name: name as PermissionName });
    if (!signal.aborted) permission.addEventListener("change", () => permission.state === "granted" && onAllowed(), { signal });
  } catch {
    // Some browsers know no permission of that name.
  }
}
