/** Quiet sounds, generated without audio files. */

/** Which sound: the other participant came, they left, or the user tests the speaker. */
export type Chime = "came" | "left" | "test";

/** Frequencies in Hz, in order: rising when somebody comes, falling when they leave. */
const tones: Record<Chime, number[]> = { came: [523, 784], left: [523, 349], test: [523, 659, 784] };
const toneSec = 0.16;
const loudness = 0.08;

let context: AudioContext | null = null;

function ring(chime: Chime, audio: AudioContext, output: AudioNode) {
  tones[chime].forEach((frequency, index) => {
    const begin = audio.currentTime + index * toneSec;
    const [oscillator, gain] = [audio.createOscillator(), audio.createGain()];
    oscillator.frequency.value = frequency;
    gain.gain.setValueAtTime(0, begin);
    gain.gain.linearRampToValueAtTime(loudness, begin + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.0001, begin + 2 * toneSec);
    oscillator.connect(gain).connect(output);
    oscillator.start(begin);
    oscillator.stop(begin + 2 * toneSec);
  });
}

/**
 * Plays a chime on that speaker, or on the browser's default if it's null. Never rejects: if the
 * browser plays no sound, the text on the page has to be enough.
 */
export async function playChime(chime: Chime, speakerId: string | null): Promise<void> {
  try {
    context ??= new AudioContext();
    const audio = context as AudioContext & { setSinkId?(id: string): Promise<void> };
    if (audio.state === "suspended") await audio.resume();
    await audio.setSinkId?.(speakerId ?? "").catch(() => undefined);
    ring(chime, audio, audio.destination);
  } catch {
    // The text on the page has to be enough.
  }
}
