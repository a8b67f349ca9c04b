"use client";

import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { CallSession, initialView, type CallView } from "@/lib/video-call/session";

export interface VideoCall extends CallView {
  toggleMicrophone(): void;
  toggleCamera(): void;
  chooseMicrophone(deviceId: string): void;
  chooseCamera(deviceId: string): void;
  /** Plays what the browser held back; to be called from a click. */
  playSound(): void;
  /** The instructor ends the call for both, the mentee leaves it. */
  leave(): void;
  /** Enters anew, after a failure or a leave. */
  retry(): void;
}

const nothing = () => () => undefined;
const atFirst = () => initialView;

/**
 * Takes part in the mentorship's call for as long as the component is mounted. Leaves nothing
 * running after unmount; under strict mode the first of the two mounts is thrown away. Never
 * throws: what goes wrong is in `phase` and `problem`.
 */
export function useAgoraVideoCall(mentorshipId: string): VideoCall {
  const [attempt, setAttempt] = useState(0);
  const [session, setSession] = useState<CallSession | null>(null);

  useEffect(() => {
    const mine = new CallSession(mentorshipId);
    // Strict mode unmounts at once; what has not begun by then never does.
    const soon = setTimeout(() => void mine.begin(), 0);
    setSession(mine);
    return () => {
      clearTimeout(soon);
      mine.dispose();
    };
  }, [mentorshipId, attempt]);

  const view = useSyncExternalStore(session?.subscribe ?? nothing, session?.view ?? atFirst, atFirst);
  return {
    ...view,
    toggleMicrophone: useCallback(() => void session?.setMicrophone(!session.view().microphone.track), [session]),
    toggleCamera: useCallback(() => void session?.setCamera(!session.view().camera.track), [session]),
    chooseMicrophone: useCallback((deviceId: string) => void session?.chooseMicrophone(deviceId), [session]),
    chooseCamera: useCallback((deviceId: string) => void session?.chooseCamera(deviceId), [session]),
    playSound: useCallback(() => session?.playSound(), [session]),
    leave: useCallback(() => void session?.leave(), [session]),
    retry: useCallback(() => setAttempt((before) => before + 1), []),
  };
}
