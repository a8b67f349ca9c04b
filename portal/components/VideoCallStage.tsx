"use client";

import { CameraOff, MicOff, TriangleAlert, Volume2, WifiOff } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { ICameraVideoTrack, IRemoteVideoTrack } from "agora-rtc-sdk-ng";
import { VideoCallControls } from "@/components/VideoCallControls";
import { Avatar, Spinner } from "@/components/VideoCallParts";
import type { VideoCall as Call } from "@/hooks/useAgoraVideoCall";
import type { DeviceProblem } from "@/lib/video-call/devices";

function Picture({ track, label, mirrored }: { track: ICameraVideoTrack | IRemoteVideoTrack; label: string; mirrored: boolean }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (place.current) track.play(place.current, { mirror: mirrored, fit: "cover" });
    return () => track.stop();
  }, [track, mirrored]);
  return <div ref={place} role="img" aria-label={label} className="h-full w-full" />;
}

/** How long the call has lasted, by the server's start. */
function Clock({ since }: { since: string }) {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(since)) / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return (
    <span role="timer" aria-label="Duration" className="rounded-full bg-slate-800 px-3 py-1 text-sm tabular-nums text-slate-200">
      {hours > 0 ? `${hours}:` : ""}
      {two(Math.floor(seconds / 60) % 60)}:{two(seconds % 60)}
    </span>
  );
}

/** True once the condition has held for a while: what passes at once need not be said. */
function useLasting(condition: boolean, ms: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    const timer = condition ? setTimeout(() => setLasts(true), ms) : undefined;
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [condition, ms]);
  return lasts;
}

function Hint({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <div role="alert" className="flex items-center gap-3 rounded-xl bg-amber-100 px-4 py-2 text-sm text-amber-950 [&_svg]:h-5 [&_svg]:w-5 [&_svg]:shrink-0">
      {icon}
      <div>{children}</div>
    </div>
  );
}

type Advice<Value> = Record<Exclude<DeviceProblem, null>, Value>;

const deviceAdvice: Advice<(device: string) => string> = {
  denied: (device) => `The browser may not use your ${device}. Allow it beside the address, then turn it on below.`,
  missing: (device) => `No ${device} was found. Connect one, then turn it on below.`,
  busy: (device) => `Your ${device} could not be opened. Perhaps another program is using it.`,
  unpublished: (device) => `Your ${device} works, but the video service did not take it. Please tell the people who run this portal.`,
};

const adviceForBoth: Advice<string> = {
  denied: "The browser may not use your camera and microphone. Allow them beside the address, then turn them on below.",
  missing: "Neither a camera nor a microphone was found. Connect them, then turn them on below.",
  busy: "Your camera and microphone could not be opened. Perhaps another program is using them.",
  unpublished: "Your camera and microphone work, but the video service did not take them. Please tell the people who run this portal.",
};

/** One sentence for both where the same is in the way of both, as it mostly is. */
function deviceHints({ camera, microphone }: Call): string[] {
  if (camera.problem && camera.problem === microphone.problem) return [adviceForBoth[camera.problem]];
  const hints = [];
  if (camera.problem) hints.push(deviceAdvice[camera.problem]("camera"));
  if (microphone.problem) hints.push(deviceAdvice[microphone.problem]("microphone"));
  return hints;
}

function Hints({ call }: { call: Call }) {
  const waitsForPermission = useLasting(call.camera.isStarting || call.microphone.isStarting, 1500);
  return (
    <div className="space-y-2 empty:hidden">
      {call.phase === "reconnecting" && <Hint icon={<WifiOff aria-hidden />}>The connection was lost. Reconnecting …</Hint>}
      {call.serviceTrouble === "away" && <Hint icon={<WifiOff aria-hidden />}>The portal cannot be reached right now. Your call goes on.</Hint>}
      {call.serviceTrouble === "signed-out" && <Hint icon={<TriangleAlert aria-hidden />}>Your session has ended. Your call goes on; please sign in again in another window.</Hint>}
      {waitsForPermission && <Hint icon={<TriangleAlert aria-hidden />}>Please allow your browser to use the camera and the microphone.</Hint>}
      {deviceHints(call).map((hint) => (
        <Hint key={hint} icon={<TriangleAlert aria-hidden />}>
          {hint}
        </Hint>
      ))}
      {call.isSoundBlocked && (
        <Hint icon={<Volume2 aria-hidden />}>
          Your browser holds back the sound.{" "}
          <button type="button" onClick={call.playSound} className="min-h-8 rounded px-1 font-semibold underline underline-offset-4 focus:outline-none focus-visible:ring-2 focus-visible:ring-amber-950">
            Turn sound on
          </button>
        </Hint>
      )}
    </div>
  );
}

interface Other {
  name: string;
  /** Such as begins a sentence. */
  Name: string;
  hasLeft: boolean;
}

function otherOf({ role, otherName, participants }: Call): Other {
  const otherRole = role === "instructor" ? "mentee" : "instructor";
  const participant = participants.find((one) => one.role === otherRole);
  const name = participant?.name ?? otherName;
  return { name: name ?? `your ${otherRole}`, Name: name ?? `Your ${otherRole}`, hasLeft: participant ? participant.leftAt !== null : false };
}

/** What is to be known of the other one, in one sentence. */
function otherState({ remote }: Call, { Name, name, hasLeft }: Other): string {
  if (!remote) return hasLeft ? `${Name} has left` : `Waiting for ${name} …`;
  return remote.videoTrack ? `${Name} is in the call` : `${Name}'s camera is off`;
}

function OtherSide({ call, other }: { call: Call; other: Other }) {
  if (call.remote?.videoTrack) return <Picture track={call.remote.videoTrack} label={`${other.Name}'s camera`} mirrored={false} />;
  const isAwaited = !call.remote;
  return (
    <div className="flex h-full flex-col items-center justify-center gap-5 bg-gradient-to-b from-slate-800 to-slate-900 p-4 pb-28 text-center">
      <span className="relative inline-flex">
        {isAwaited && <span aria-hidden className="absolute inset-0 animate-ping rounded-full bg-indigo-500/30 motion-reduce:hidden" />}
        <Avatar name={other.Name} className="relative h-24 w-24 text-3xl" />
      </span>
      <div>
        <p className="text-lg font-medium">{otherState(call, other)}</p>
        {isAwaited && <p className="mt-1 text-sm text-slate-400">{other.hasLeft ? "They can come back at any time." : "They will appear here as soon as they join."}</p>}
      </div>
    </div>
  );
}

function OwnSide({ call }: { call: Call }) {
  const { camera, microphone } = call;
  return (
    <div className="absolute bottom-3 right-3 aspect-[3/4] w-24 overflow-hidden rounded-xl bg-slate-700 shadow-lg ring-1 ring-white/30 sm:aspect-video sm:w-56">
      {camera.track ? (
        <Picture track={camera.track} label="Your camera" mirrored />
      ) : (
        <div className="flex h-full flex-col items-center justify-center gap-1 p-2 pb-6 text-center text-xs text-slate-200">
          {camera.isStarting ? <Spinner /> : <CameraOff aria-hidden className="h-5 w-5" />}
          {camera.isStarting ? "Starting your camera …" : "Your camera is off"}
        </div>
      )}
      <span aria-hidden className="absolute bottom-1.5 left-1.5 flex items-center gap-1 rounded-md bg-black/60 px-1.5 py-0.5 text-xs">
        You {!microphone.track && <MicOff className="h-3 w-3" />}
      </span>
    </div>
  );
}

/** The call itself, over the whole window, whatever the portal has around its pages. */
export function VideoCallStage({ call }: { call: Call }) {
  const other = otherOf(call);
  const isMuted = call.remote !== null && !call.remote.hasAudio;
  return (
    <section aria-label="Video call" className="fixed inset-0 z-50 flex flex-col gap-3 bg-slate-950 p-3 text-white">
      <header className="flex items-center justify-between gap-3">
        <div className="flex min-w-0 items-center gap-3">
          <Avatar name={other.Name} className="h-9 w-9 text-xs" />
          <div className="min-w-0 leading-tight">
            <h1 className="truncate font-semibold">{other.Name}</h1>
            <p className="text-xs text-slate-400">{call.role === "instructor" ? "Your mentee" : "Your instructor"}</p>
          </div>
        </div>
        {call.startTime && <Clock since={call.startTime} />}
      </header>
      <Hints call={call} />
      <div className="relative min-h-0 flex-1 overflow-hidden rounded-2xl bg-slate-800">
        <OtherSide call={call} other={other} />
        {isMuted && (
          <p className="absolute left-3 top-3 flex items-center gap-2 rounded-full bg-black/70 px-3 py-1.5 text-sm">
            <MicOff aria-hidden className="h-4 w-4" /> {other.Name} is muted
          </p>
        )}
        <OwnSide call={call} />
      </div>
      <p aria-live="polite" className="sr-only">
        {otherState(call, other)}
        {isMuted ? ", muted" : ""}
      </p>
      <VideoCallControls
        microphone={call.microphone}
        camera={call.camera}
        endsForBoth={call.role === "instructor"}
        onMicrophone={call.toggleMicrophone}
        onCamera={call.toggleCamera}
        onChooseMicrophone={call.chooseMicrophone}
        onChooseCamera={call.chooseCamera}
        onLeave={call.leave}
      />
    </section>
  );
}
