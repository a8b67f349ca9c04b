/**
 * One of the user's own devices, a camera or a microphone: whether it's on, its track, and what's
 * wrong with it. Depends neither on React nor on Agora's client.
 */

/** The part of the SDK's local tracks that's used here; both camera and microphone tracks have it. */
interface LocalTrack {
  on(event: "track-ended", listener: () => void): void;
  getMediaStreamTrack(): MediaStreamTrack;
  setDevice(deviceId: string): Promise<void>;
  close(): void;
}

/** Why a device can't be used; null if nothing is wrong, or nobody has tried to open it yet. */
export type DeviceProblem =
  | "denied" // by the user, or by the browser's settings
  | "missing"
  | "busy" // it can't be opened, usually because another program uses it
  | "unpublished" // it works, but Agora didn't accept it
  | null;

/** A device to choose from. `label` is empty if the browser doesn't tell it. */
export interface Choice {
  id: string;
  label: string;
}

/** A device as the page shows it. */
export interface DeviceView<Track> {
  /** Whether it's published, or will be once the call is joined. */
  isOn: boolean;
  /** A camera's is null while it's off. A microphone's stays open, to notice when a muted user talks. */
  track: Track | null;
  /** The browser is opening it, possibly waiting for the user's permission. */
  isStarting: boolean;
  problem: DeviceProblem;
  /** Null for the browser's default. */
  chosenId: string | null;
  /** Empty until the browser has listed them. */
  choices: Choice[];
  /** The camera faces away from the user, so its picture must not be mirrored. */
  isRear: boolean;
}

/** A device that's off and has never been opened. */
export const deviceAtRest = { isOn: false, track: null, isStarting: false, problem: null, chosenId: null, choices: [], isRear: false };

/** What a LocalDevice is given to work with. */
export interface DeviceMeans<Track> {
  /** Whether the track stays open, unpublished, while the device is off. */
  keepsOpen: boolean;
  /** Opens the device with that ID, or the browser's default if it's null. May reject. */
  open(deviceId: string | null): Promise<Track>;
  /** Lists the devices of this kind. May reject: there are then no choices. */
  list(): Promise<MediaDeviceInfo[]>;
  /**
   * Publishes the track; does nothing before the call is joined. May reject: the device is then
   * turned off.
   */
  publish(track: Track): Promise<unknown>;
  /** Unpublishes the track. May reject, which is ignored. */
  unpublish(track: Track): Promise<unknown>;
  /** Called with each device that the user chooses. */
  remember(deviceId: string): void;
  /** Called after every change. */
  show(view: DeviceView<Track>): void;
}

function problemOf(error: unknown): DeviceProblem {
  const { code, name } = (error ?? {}) as { code?: string; name?: string };
  if (code === "PERMISSION_DENIED" || name === "NotAllowedError") return "denied";
  if (code === "DEVICE_NOT_FOUND" || name === "NotFoundError") return "missing";
  return "busy";
}

/** One camera or microphone, from the page before joining until `close`. Changes run one after another. */
export class LocalDevice<Track extends LocalTrack> {
  #view: DeviceView<Track>;
  #isClosed = false;
  #last: Promise<void> = Promise.resolve();

  /** Doesn't open it yet. `chosenId` is the device to try first, or null for the browser's default. */
  constructor(
    readonly means: DeviceMeans<Track>,
    chosenId: string | null,
  ) {
    this.#view = { ...deviceAtRest, chosenId };
  }

  /** The current state; a new object after each change. */
  get view(): DeviceView<Track> {
    return this.#view;
  }

  #show(change: Partial<DeviceView<Track>>) {
    if (this.#isClosed) return;
    this.#view = { ...this.#view, ...change };
    this.means.show(this.#view);
  }

  // One step at a time: otherwise two quick clicks could open the device twice and leak a track
  // that nothing closes.
  #queue(step: () => Promise<void>): Promise<void> {
    this.#last = this.#last.then(() => (this.#isClosed ? undefined : step()));
    return this.#last;
  }

  /** Turns the device on or off, and publishes or unpublishes it. Never rejects: errors are in the view. */
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

  // The remembered device may not be connected now.
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

  /**
   * Publishes the device if it's on; for after the call has been joined. Never rejects: errors are
   * in the view.
   */
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

  /** After the device is unplugged, changes to the browser's default if it was on. */
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

  /**
   * Changes to another device: now if the track is open, otherwise when it's turned on. Never
   * rejects: errors are in the view.
   */
  choose(deviceId: string): Promise<void> {
    return this.#change(async (track) => {
      await track?.setDevice(deviceId);
      this.#show({ chosenId: deviceId, problem: null, ...(track ? this.#settingsOf(track) : {}) });
      this.means.remember(deviceId);
    });
  }

  /**
   * Applies `step` to the track if it's open; otherwise does nothing. Never rejects: errors of
   * `step` are in the view.
   */
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

  /** Updates the list of devices to choose from. Never rejects. */
  async refresh(): Promise<void> {
    const choices = await listChoices(this.means.list);
    const isBack = this.#view.problem === "missing" && choices.length > 0;
    this.#show({ choices, ...(isBack ? { problem: null } : {}) });
  }

  /** Releases it permanently; pending steps clean up after themselves. */
  close(): void {
    this.#isClosed = true;
    this.#view.track?.close();
  }
}

/**
 * The devices to choose from; empty if the browser doesn't name any yet, or `list` rejects. Never
 * rejects.
 */
export async function listChoices(list: () => Promise<MediaDeviceInfo[]>): Promise<Choice[]> {
  const found = await list().catch(() => []);
  return found.filter(({ deviceId }) => deviceId !== "").map(({ deviceId: id, label }) => ({ id, label }));
}

/**
 * Calls `onAllowed` each time the user allows the device in the browser's settings, until `signal`
 * aborts. Never rejects; in a browser that doesn't report it, `onAllowed` is never called.
 */
export async function whenAllowed(name: "camera" | "microphone", signal: AbortSignal, onAllowed: () => void): Promise<void> {
  try {
    const permission = await navigator.permissions.query({ name: name as PermissionName });
    if (!signal.aborted) permission.addEventListener("change", () => permission.state === "granted" && onAllowed(), { signal });
  } catch {
    // Some browsers don't have a permission with that name.
  }
}
