/**
 * What this browser remembers of the user's choices: devices and shortcuts permanently, a call in
 * progress for a minute and only in this tab. Nothing here throws: if the browser refuses access
 * to its storage, nothing is remembered.
 */

/** Device IDs are null for the browser's default. */
export interface Preferences {
  cameraId: string | null;
  microphoneId: string | null;
  speakerId: string | null;
  /** Whether single keys mute and turn the camera off. */
  hasShortcuts: boolean;
}

/** Which devices the user wants on in a call, for coming back to it with the same ones. */
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
    // A private window may have no storage: the choice is then lost with the page.
  }
}

const thisBrowser = () => window.localStorage;
const thisTab = () => window.sessionStorage;

/** What this browser remembers, with defaults for the rest. */
export const readPreferences = (): Preferences => ({ ...defaults, ...read<Preferences>(thisBrowser, preferencesKey) });

/** Remembers these preferences and keeps the others. */
export const remember = (change: Partial<Preferences>): void => write(thisBrowser, preferencesKey, { ...readPreferences(), ...change });

/** Notes that this tab is in the mentorship's call now, with these devices on. */
export const noteStay = (mentorshipId: string, stay: Stay): void => write(thisTab, stayKey(mentorshipId), { ...stay, atMs: Date.now() });

/** Forgets that note, so that a reload shows the page before joining. */
export const forgetStay = (mentorshipId: string): void => write(thisTab, stayKey(mentorshipId), null);

/**
 * The devices that were on, if this tab was in the mentorship's call within the last minute and
 * was reloaded; otherwise null. A duplicated tab has the note too, but wasn't reloaded, so it
 * shows the page before joining.
 */
export function interruptedStay(mentorshipId: string): Stay | null {
  const [navigation] = performance.getEntriesByType("navigation") as PerformanceNavigationTiming[];
  const { atMs = 0, isCameraOn = true, isMicrophoneOn = true } = read<Stay & { atMs: number }>(thisTab, stayKey(mentorshipId));
  const ageMs = Date.now() - atMs;
  return navigation?.type === "reload" && ageMs >= 0 && ageMs < stayMs ? { isCameraOn, isMicrophoneOn } : null;
}
