/**
 * The user's camera, microphone and speaker during one visit to a call: opened, chosen, remembered,
 * and published in the channel once there is one. Depends neither on React nor on the ledger.
 */
import type { IAgoraRTC, ICameraVideoTrack, ILocalTrack, IMicrophoneAudioTrack } from "agora-rtc-sdk-ng";
import { loadAgora, type CallChannel } from "./channel";
import { listChoices, LocalDevice, whenAllowed } from "./devices";
import { readPreferences, remember, type Stay } from "./preferences";
import type { CallView, SpeakerView } from "./view";

type DevicesView = Pick<CallView, "camera" | "microphone" | "speaker" | "isSoundBlocked">;

/** The devices of one visit: `open` them once, then `close` them once. */
export class OwnDevices {
  readonly camera: LocalDevice<ICameraVideoTrack>;
  readonly microphone: LocalDevice<IMicrophoneAudioTrack>;
  #speaker: SpeakerView;
  #channel: CallChannel | null = null;
  #agora: IAgoraRTC | null = null;
  #closing = new AbortController();

  /** Doesn't open any device yet. Calls `show` with every change. */
  constructor(readonly show: (change: Partial<DevicesView>) => void) {
    const { cameraId, microphoneId, speakerId } = readPreferences();
    const sending = {
      publish: async (track: ILocalTrack) => this.#channel?.publish(track),
      unpublish: async (track: ILocalTrack) => this.#channel?.unpublish(track),
    };
    this.camera = new LocalDevice<ICameraVideoTrack>(
      {
        ...sending,
        keepsOpen: false,
        open: async (id) => (await loadAgora()).createCameraVideoTrack(id ? { cameraId: id } : undefined),
        list: async () => (await loadAgora()).getCameras(true),
        remember: (id) => remember({ cameraId: id }),
        show: (camera) => show({ camera }),
      },
      cameraId,
    );
    this.microphone = new LocalDevice<IMicrophoneAudioTrack>(
      {
        ...sending,
        keepsOpen: true,
        open: async (id) => (await loadAgora()).createMicrophoneAudioTrack(id ? { microphoneId: id } : undefined),
        list: async () => (await loadAgora()).getMicrophones(true),
        remember: (id) => remember({ microphoneId: id }),
        show: (microphone) => show({ microphone }),
      },
      microphoneId,
    );
    this.#speaker = { chosenId: speakerId, choices: [], isUnsupported: false };
  }

  /** The speaker to play the other participant on; null for the browser's default. */
  get speakerId(): string | null {
    return this.#speaker.chosenId;
  }

  #showSpeaker(change: Partial<SpeakerView>) {
    this.#speaker = { ...this.#speaker, ...change };
    this.show({ speaker: this.#speaker });
  }

  /**
   * Opens the devices that are on in `wanted()`, then watches until `close` for devices being
   * plugged in, unplugged or allowed. When a blocked device is allowed, calls `wanted` again.
   * Rejects only if Agora's SDK can't be loaded; a device's errors are in its view.
   */
  async open(wanted: () => Stay): Promise<void> {
    const agora = await loadAgora();
    const { signal } = this.#closing;
    if (signal.aborted) return;
    agora.setLogLevel(3);
    this.#agora = agora;
    agora.onCameraChanged = () => void this.camera.refresh();
    agora.onMicrophoneChanged = () => void this.microphone.refresh();
    agora.onPlaybackDeviceChanged = () => void this.#listSpeakers();
    agora.onAutoplayFailed = () => this.show({ isSoundBlocked: true });
    void whenAllowed("microphone", signal, () => void this.microphone.turn(wanted().isMicrophoneOn));
    void whenAllowed("camera", signal, () => void this.camera.turn(wanted().isCameraOn));
    const { isCameraOn, isMicrophoneOn } = wanted();
    await Promise.all([isMicrophoneOn && this.microphone.turn(true), isCameraOn && this.camera.turn(true)]);
    await this.#listSpeakers();
  }

  async #listSpeakers() {
    this.#showSpeaker({ choices: await listChoices(async () => (await loadAgora()).getPlaybackDevices(true)) });
  }

  /**
   * Publishes the devices that are on in that channel, now and later. Call it again after rejoining.
   * Never rejects: errors are in the views.
   */
  async sendInto(channel: CallChannel): Promise<void> {
    this.#channel = channel;
    await Promise.all([this.microphone.announce(), this.camera.announce()]);
  }

  /**
   * Switches from the front camera to the rear one, or back. Never rejects: errors are in the
   * camera's view.
   */
  flipCamera(): Promise<void> {
    return this.camera.change((track) => track.setDevice({ facingMode: this.camera.view.isRear ? "user" : "environment" }));
  }

  /** Changes to another speaker and remembers it. Never rejects: if the browser can't, the view says so. */
  async chooseSpeaker(deviceId: string): Promise<void> {
    try {
      await this.#channel?.setSpeaker(deviceId);
      this.#showSpeaker({ chosenId: deviceId, isUnsupported: false });
      remember({ speakerId: deviceId });
    } catch {
      this.#showSpeaker({ isUnsupported: true });
    }
  }

  /** Releases all of them permanently. */
  close(): void {
    this.#closing.abort();
    this.#channel = null;
    const agora = this.#agora;
    if (agora) agora.onCameraChanged = agora.onMicrophoneChanged = agora.onPlaybackDeviceChanged = agora.onAutoplayFailed = undefined;
    this.microphone.close();
    this.camera.close();
  }
}
