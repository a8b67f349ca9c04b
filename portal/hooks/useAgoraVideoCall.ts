"use client";

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Stay } from "@/lib/video-call/preferences";
import { CallSession } from "@/lib/video-call/session";
import { initialView, type CallView } from "@/lib/video-call/view";

/** The state of a visit to a call, and what the user can do. No action throws: errors are in the state. */
export interface VideoCall extends CallView {
  toggleMicrophone(): void;
  toggleCamera(): void;
  chooseMicrophone(deviceId: string): void;
  chooseCamera(deviceId: string): void;
  chooseSpeaker(deviceId: string): void;
  /** Switches from the front camera to the rear one, or back. */
  flipCamera(): void;
  /** Plays the sound that the browser blocked. Call it from a click. */
  playSound(): void;
  /** Joins the call from the page before joining. */
  join(): void;
  /** Leaves the call, which continues while the other participant is in it. */
  leave(): void;
  /** Ends the call for both participants. */
  endForEveryone(): void;
  /**
   * Starts over after an error or after leaving: rejoins if the user had asked to join, otherwise
   * shows the page before joining.
   */
  retry(): void;
  /** Stops waiting to join and goes back to the page before joining. */
  cancel(): void;
}

const nothing = () => () => undefined;
const atFirst = () => initialView;

/**
 * A visit to the mentorship's call for as long as the component is mounted. After unmount nothing
 * keeps running; under strict mode, the first of the two mounts does nothing. Never throws: errors
 * are in `phase` and `problem`.
 */
export function useAgoraVideoCall(mentorshipId: string): VideoCall {
  const [attempt, setAttempt] = useState<{ resume: Stay | null }>({ resume: null });
  const [session, setSession] = useState<CallSession | null>(null);

  useEffect(() => {
    const mine = new CallSession(mentorshipId);
    // Strict mode unmounts the first mount immediately; its session must not begin.
    const soon = setTimeout(() => void mine.begin(attempt.resume), 0);
    setSession(mine);
    return () => {
      clearTimeout(soon);
      mine.dispose();
    };
  }, [mentorshipId, attempt]);

  const view = useSyncExternalStore(session?.subscribe ?? nothing, session?.view ?? atFirst, atFirst);
  const retry = useCallback(() => setAttempt({ resume: session?.sequel ?? null }), [session]);
  const cancel = useCallback(() => setAttempt({ resume: null }), []);
  const actions = useMemo(
    () => ({
      toggleMicrophone: () => void session?.setMicrophone(!session.view().microphone.isOn),
      toggleCamera: () => void session?.setCamera(!session.view().camera.isOn),
      chooseMicrophone: (deviceId: string) => void session?.chooseMicrophone(deviceId),
      chooseCamera: (deviceId: string) => void session?.chooseCamera(deviceId),
      chooseSpeaker: (deviceId: string) => void session?.chooseSpeaker(deviceId),
      flipCamera: () => void session?.flipCamera(),
      playSound: () => session?.playSound(),
      join: () => void session?.join(),
      leave: () => void session?.leave(),
      endForEveryone: () => void session?.endForEveryone(),
    }),
    [session],
  );
  return { ...view, ...actions, retry, cancel };
}
