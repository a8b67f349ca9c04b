"use client";

import { CameraOff, MicOff } from "lucide-react";
import { useEffect, useState } from "react";
import { DeviceToggles, ShortcutChoice } from "@/components/VideoCallControls";
import { DeviceChoices } from "@/components/VideoCallDeviceChoices";
import { DeviceHints } from "@/components/VideoCallHints";
import { LevelMeter } from "@/components/VideoCallLevelMeter";
import { Avatar, card, primaryButton, quietButton, softText, Spinner } from "@/components/VideoCallParts";
import { Picture } from "@/components/VideoCallPicture";
import type { VideoCall as Call } from "@/hooks/useAgoraVideoCall";
import { useAudioLevel } from "@/hooks/useAudioLevel";
import { useShortcutChoice, useShortcuts } from "@/hooks/useCallPage";

const audible = 0.5;

function Mirror({ call, hasShortcuts }: { call: Call; hasShortcuts: boolean }) {
  const { camera } = call;
  return (
    <div className="relative aspect-video overflow-hidden rounded-2xl bg-slate-800 text-white [@media(max-height:480px)]:aspect-auto [@media(max-height:480px)]:h-56">
      {camera.track ? (
        <Picture track={camera.track} label="Your camera" isMirrored={!camera.isRear} />
      ) : (
        <div className="flex h-full flex-col items-center justify-center gap-2 p-4 pb-16 text-center text-sm">
          {camera.isStarting ? <Spinner /> : <CameraOff aria-hidden className="h-6 w-6" />}
          <p>{camera.isStarting ? "Starting your camera…" : "Your camera is off"}</p>
        </div>
      )}
      <div role="group" aria-label="Your camera and microphone" className="absolute inset-x-0 bottom-3 flex justify-center gap-3">
        <DeviceToggles call={call} hasShortcuts={hasShortcuts} />
      </div>
    </div>
  );
}

/** Shows the microphone's level, and says in text once the user has been heard. */
function MicrophoneCheck({ call }: { call: Call }) {
  const { microphone } = call;
  const [isHeard, setIsHeard] = useState(false);
  const track = microphone.isOn ? microphone.track : null;
  useEffect(() => setIsHeard(false), [track]);
  useAudioLevel(track, (level) => level >= audible && setIsHeard(true));
  return (
    <div className={`mt-3 flex items-center gap-3 text-sm ${softText}`}>
      <LevelMeter track={track} className="w-24 shrink-0" />
      <p role="status" className="flex items-center gap-1.5">
        {!track && <MicOff aria-hidden className="h-4 w-4" />}
        {!track ? "Your microphone is off." : isHeard ? "We can hear you." : "Say something to test your microphone."}
      </p>
    </div>
  );
}

function whoIsThere({ presence, canOtherJoin, role, otherName }: Call): string {
  const name = otherName ?? (role === "instructor" ? "Your mentee" : "Your instructor");
  if (presence.isSelfThere) return "You're in this call in another window. If you join here, the call moves to this window.";
  if (!canOtherJoin) return `${name} can't join calls: no Discord account linked.`;
  return presence.isOtherThere ? `${name} is waiting for you.` : `${name} isn't here yet.`;
}

function Entrance({ call }: { call: Call }) {
  const name = call.otherName ?? (call.role === "instructor" ? "your mentee" : "your instructor");
  if (call.phase === "not-started")
    return (
      <>
        <p role="status" className="flex items-start gap-2 text-sm font-medium">
          <Spinner className="mt-0.5 h-4 w-4 shrink-0" />
          {`You'll join automatically when ${name} starts the call.`}
        </p>
        <button type="button" onClick={call.cancel} className={`w-full ${quietButton}`}>
          Cancel
        </button>
      </>
    );
  const isJoining = call.phase === "joining";
  return (
    <button type="button" aria-disabled={isJoining} onClick={call.join} className={`w-full ${primaryButton} aria-disabled:opacity-70`}>
      {isJoining && <Spinner className="h-4 w-4" />}
      {isJoining ? "Joining…" : "Join now"}
    </button>
  );
}

/**
 * The page before joining: the user's own picture and microphone, their devices, and who's already
 * there. No media is sent yet.
 */
export function VideoCallPreJoin({ call }: { call: Call }) {
  const [hasShortcuts, chooseShortcuts] = useShortcutChoice();
  useShortcuts({ m: call.toggleMicrophone, v: call.toggleCamera }, hasShortcuts);
  const name = call.otherName ?? (call.role === "instructor" ? "your mentee" : "your instructor");
  return (
    <div className="mx-auto grid w-full max-w-5xl items-start gap-6 px-4 py-6 text-slate-900 dark:text-slate-100 md:grid-cols-[3fr_2fr] md:py-12 [@media(max-height:480px)]:grid-cols-2 [@media(max-height:480px)]:gap-4 [@media(max-height:480px)]:py-3">
      <div className="min-w-0">
        <Mirror call={call} hasShortcuts={hasShortcuts} />
        <MicrophoneCheck call={call} />
        <div className="mt-3 space-y-2 empty:hidden">
          <DeviceHints call={call} />
        </div>
      </div>
      <section aria-labelledby="ready" className={`min-w-0 space-y-5 p-5 sm:p-6 [@media(max-height:480px)]:space-y-3 [@media(max-height:480px)]:p-4 ${card}`}>
        <div>
          <h1 id="ready" className="text-balance text-xl font-semibold">
            Ready to join?
          </h1>
          <div className="mt-3 flex items-center gap-3">
            <Avatar name={call.otherName ?? name} />
            <p role="status" className={`min-w-0 text-sm ${call.presence.isOtherThere ? "font-medium text-emerald-700 dark:text-emerald-400" : softText}`}>
              {whoIsThere(call)}
            </p>
          </div>
        </div>
        <Entrance call={call} />
        <details className="group text-sm" open>
          <summary className="min-h-8 cursor-pointer rounded py-1 font-medium focus:outline-none focus-visible:ring-2 focus-visible:ring-indigo-500">Devices</summary>
          <div className="mt-2 space-y-3">
            <DeviceChoices call={call} ground="page" />
            <ShortcutChoice isOn={hasShortcuts} onChoose={chooseShortcuts} />
          </div>
        </details>
      </section>
    </div>
  );
}
