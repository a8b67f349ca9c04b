/**
 * What this browser remembers of a person's choices: the devices and the shortcuts for good,
 * a call in progress for a minute, in this tab alone. Storage that the browser refuses is
 * storage that is empty: nothing here throws.
 */

export interface Preferences {
  cameraId: string | null;
  microphoneId: string | null;
  speakerId: string | null;
  /** Whether single keys mute and turn the camera off. */
  hasShortcuts: boolean;
}

/** A call in progress: what was on when the page was last seen in it. */
export interface Stay {
  isCameraOn: boolean;
  isMicrophoneOn: boolean;
}

const preferencesKey = "video-call";
const stayKey = (mentorshipId: string) => `video-call:${mentorshipId}`;
const stayMs = 60_000;
const defaults: Preferences = { cameraId: null, microphoneId: null, speakerId: null, hasShortcuts: true };

function read<Value>(storage: () => Storage, key: string): Partial<Value> {
  try {
    const value: unknown = JSON.parse(storage().getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function write(storage: () => Storage, key: string, value: object | null) {
  try {
    if (value) storage().setItem(key, JSON.stringify(value));
    else storage().removeItem(key);
  } catch {
    // A private window may have no storage: the choice then lasts as long as the page.
  }
}

const forGood = () => window.localStorage;
const thisTab = () => window.sessionStorage;

/** What was remembered, with defaults for the rest. */
export const readPreferences = (): Preferences => ({ ...defaults, ...read<Preferences>(forGood, preferencesKey) });

/** Remembers these, and keeps the others. */
export const remember = (change: Partial<Preferences>): void => write(forGood, preferencesKey, { ...readPreferences(), ...change });

/** Notes that this tab is in the mentorship's call now. */
export const noteStay = (mentorshipId: string, stay: Stay): void => write(thisTab, stayKey(mentorshipId), { ...stay, atMs: Date.now() });

/** Forgets it: a reload leads to the page before joining again. */
export const forgetStay = (mentorshipId: string): void => write(thisTab, stayKey(mentorshipId), null);

/**
 * The call that this tab was in within the last minute, if the page has been reloaded; else
 * null. A duplicated tab has the note too, but was not reloaded: it asks first.
 */
export function interruptedStay(mentorshipId: string): Stay | null {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const { atMs = 0, isCameraOn = true, isMicrophoneOn = true } = read<Stay & { atMs: number }>(thisTab, stayKey(mentorshipId));
  const ageMs = Date.now() - atMs;
  return navigation?.type === "reload" && ageMs >= 0 && ageMs < stayMs ? { isCameraOn, isMicrophoneOn } : null;
}
