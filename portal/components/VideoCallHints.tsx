"use client";

import { SignalLow, TriangleAlert, Volume2, WifiOff } from "lucide-react";
import type { ReactNode } from "react";
import { RequestId } from "@/components/VideoCallParts";
import type { VideoCall as Call } from "@/hooks/useAgoraVideoCall";
import { useIsSilent } from "@/hooks/useAudioLevel";
import { useLasting } from "@/hooks/useCallPage";
import type { DeviceProblem } from "@/lib/video-call/devices";

const silentAfterMs = 6_000;
const weakAfterMs = 4_000;

/** One problem and what to do about it, announced to screen readers. */
export function Hint({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div role="alert" className="flex items-center gap-3 rounded-xl bg-amber-100 px-4 py-2 text-left text-sm text-amber-950 [&_svg]:shrink-0 [&>svg]:h-5 [&>svg]:w-5">
      {icon}
      <div className="min-w-0">{children}</div>
    </div>
  );
}

type Advice<Value> = Record<Exclude<DeviceProblem, null>, Value>;

const deviceAdvice: Advice<(device: string) => string> = {
  denied: (device) => `Your browser is blocking your ${device}.`,
  missing: (device) => `No ${device} found. Connect one, then turn it on.`,
  busy: (device) => `Your ${device} couldn't be opened. Another app may be using it.`,
  unpublished: (device) => `Your ${device} works, but the video service didn't accept it. Contact support.`,
};

const adviceForBoth: Advice<string> = {
  denied: "Your browser is blocking your camera and microphone.",
  missing: "No camera or microphone found. Connect them, then turn them on.",
  busy: "Your camera and microphone couldn't be opened. Another app may be using them.",
  unpublished: "Your camera and microphone work, but the video service didn't accept them. Contact support.",
};

const agents: [RegExp, string][] = [
  [/iPhone|iPad|Android/, "Open the site settings from the address bar, and allow them."],
  [/Firefox/, "Click the crossed-out icon to the left of the address, and remove the block."],
  [/Chrom/, "Click the icon to the left of the address, and allow them."],
  [/Safari/, "In the Safari menu, open Settings for This Website, and allow them."],
];

/** How to allow a device in this browser. */
function howToAllow(): string {
  return agents.find(([agent]) => agent.test(navigator.userAgent))?.[1] ?? "Allow them in your browser's settings for this site.";
}

/** What's wrong with camera and microphone; a single sentence if it's the same for both, as it usually is. */
function deviceHints({ camera, microphone }: Call): string[] {
  if (camera.problem && camera.problem === microphone.problem) return [adviceForBoth[camera.problem]];
  const hints = [];
  if (camera.problem) hints.push(deviceAdvice[camera.problem]("camera"));
  if (microphone.problem) hints.push(deviceAdvice[microphone.problem]("microphone"));
  return hints;
}

/** Problems with the user's own devices, before joining and in the call; nothing if there are none. */
export function DeviceHints({ call }: { call: Call }) {
  const waitsForPermission = useLasting(call.camera.isStarting || call.microphone.isStarting, 1500);
  const isSilent = useIsSilent(call.microphone.isOn ? call.microphone.track : null, silentAfterMs);
  const isBlocked = call.camera.problem === "denied" || call.microphone.problem === "denied";
  return (
    <>
      {waitsForPermission && <Hint icon={<TriangleAlert aria-hidden />}>Allow your browser to use your camera and microphone.</Hint>}
      {deviceHints(call).map((hint) => (
        <Hint key={hint} icon={<TriangleAlert aria-hidden />}>
          {hint} {isBlocked && hint.includes("blocking") && howToAllow()}
        </Hint>
      ))}
      {isSilent && <Hint icon={<TriangleAlert aria-hidden />}>Your microphone is silent. Check its mute switch, or choose another one.</Hint>}
    </>
  );
}

/** Every current problem in a call, each with what to do about it. */
export function Hints({ call }: { call: Call }) {
  const isWeak = useLasting(call.quality.own === "bad", weakAfterMs);
  const { serviceTrouble: trouble } = call;
  return (
    <div className="space-y-2 empty:hidden">
      {call.phase === "reconnecting" && <Hint icon={<WifiOff aria-hidden />}>You lost connection. Reconnecting…</Hint>}
      {call.phase === "in-call" && isWeak && <Hint icon={<SignalLow aria-hidden />}>Your connection is weak. Turning off your camera may help.</Hint>}
      {trouble && (
        <Hint icon={trouble.kind === "away" ? <WifiOff aria-hidden /> : <TriangleAlert aria-hidden />}>
          {trouble.kind === "away" ? "We can't reach the portal. Reconnecting; your call goes on." : "Your session has ended. Your call goes on, but sign in again in another window."}
          <RequestId id={trouble.requestId} className="!mt-0 !justify-start text-amber-950" />
        </Hint>
      )}
      <DeviceHints call={call} />
      {call.isSoundBlocked && (
        <Hint icon={<Volume2 aria-hidden />}>
          Your browser is blocking sound.{" "}
          <button type="button" onClick={call.playSound} className="min-h-8 rounded px-1 font-semibold underline underline-offset-4 focus:outline-none focus-visible:ring-2 focus-visible:ring-amber-950">
            Turn on sound
          </button>
        </Hint>
      )}
    </div>
  );
}
