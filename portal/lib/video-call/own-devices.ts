/**
 * This person's camera, microphone and speaker through one stay: opened, chosen, remembered,
 * and sent into the channel once there is one. Knows no React and nothing of the ledger.
 */
import type { IAgoraRTC, ICameraVideoTrack, ILocalTrack, IMicrophoneAudioTrack } from "agora-rtc-sdk-ng";
import { loadAgora, type CallChannel } from "./channel";
import { listChoices, LocalDevice, whenAllowed } from "./devices";
import { readPreferences, remember, type Stay } from "./preferences";
import type { CallView, SpeakerView } from "./view";

type DevicesView = Pick<CallView, "camera" | "microphone" | "speaker" | "isSoundBlocked">;

export class OwnDevices {
  readonly camera: LocalDevice<ICameraVideoTrack>;
  readonly microphone: LocalDevice<IMicrophoneAudioTrack>;
  #speaker: SpeakerView;
  #channel: CallChannel | null = null;
  #agora: IAgoraRTC | null = null;
  #closing = new AbortController();

  /** Opens nothing yet. `show` hears of every change. */
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

  /** The speaker to play the other side on, null for the browser's default. */
  get speakerId(): string | null {
    return this.#speaker.chosenId;
  }

  #showSpeaker(change: Partial<SpeakerView>) {
    this.#speaker = { ...this.#speaker, ...change };
    this.show({ speaker: this.#speaker });
  }

  /**
   * Opens what the person wants on, and goes on watching what is plugged in and allowed;
   * `wanted` is asked again when a device that was blocked is allowed. Never rejects.
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

  /** From now on what is on goes into that channel; called again after it has been joined again. Never rejects. */
  async sendInto(channel: CallChannel): Promise<void> {
    this.#channel = channel;
    await Promise.all([this.microphone.announce(), this.camera.announce()]);
  }

  /** From the front camera to the rear one, or back. Never rejects. */
  flipCamera(): Promise<void> {
    return this.camera.change((track) => track.setDevice({ facingMode: this.camera.view.isRear ? "user" : "environment" }));
  }

  /** Changes to another speaker, and remembers it. Never rejects: a browser that can't is shown. */
  async chooseSpeaker(deviceId: string): Promise<void> {
    try {
      await this.#channel?.setSpeaker(deviceId);
      this.#showSpeaker({ chosenId: deviceId, isUnsupported: false });
      remember({ speakerId: deviceId });
    } catch {
      this.#showSpeaker({ isUnsupported: true });
    }
  }

  /** Lets go of all of them for good. */
  close(): void {
    this.#closing.abort();
    this.#channel = null;
    const agora = this.#agora;
    if (agora) agora.onCameraChanged = agora.onMicrophoneChanged = agora.onPlaybackDeviceChanged = agora.onAutoplayFailed = undefined;
    this.microphone.close();
    this.camera.close();
  }
}
