"use client";

import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import type { Stay } from "@/lib/video-call/preferences";
import { CallSession } from "@/lib/video-call/session";
import { initialView, type CallView } from "@/lib/video-call/view";

export interface VideoCall extends CallView {
  toggleMicrophone(): void;
  toggleCamera(): void;
  chooseMicrophone(deviceId: string): void;
  chooseCamera(deviceId: string): void;
  chooseSpeaker(deviceId: string): void;
  /** From the front camera to the rear one, or back. */
  flipCamera(): void;
  /** Plays what the browser blocked; call it from a click. */
  playSound(): void;
  /** From the page before joining into the call; nothing is sent before. */
  join(): void;
  /** Leaves the call, which goes on while the other one is there. */
  leave(): void;
  endForEveryone(): void;
  /** Begins again after a failure or a leave: straight into the call where the person had asked to join. */
  retry(): void;
  /** Back to the page before joining. */
  cancel(): void;
}

const nothing = () => () => undefined;
const atFirst = () => initialView;

/**
 * Takes part in the mentorship's call for as long as the component is mounted. Leaves nothing
 * running after unmount; under strict mode the first of the two mounts is thrown away. Never
 * throws: what goes wrong is in `phase` and `problem`.
 */
export function useAgoraVideoCall(mentorshipId: string): VideoCall {
  const [beginning, setBeginning] = useState<{ straight: Stay | null }>({ straight: null });
  const [session, setSession] = useState<CallSession | null>(null);

  useEffect(() => {
    const mine = new CallSession(mentorshipId);
    // Strict mode unmounts at once; what has not begun by then never does.
    const soon = setTimeout(() => void mine.begin(beginning.straight), 0);
    setSession(mine);
    return () => {
      clearTimeout(soon);
      mine.dispose();
    };
  }, [mentorshipId, beginning]);

  const view = useSyncExternalStore(session?.subscribe ?? nothing, session?.view ?? atFirst, atFirst);
  const retry = useCallback(() => setBeginning({ straight: session?.sequel ?? null }), [session]);
  const cancel = useCallback(() => setBeginning({ straight: null }), []);
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
