"use client";

import { CameraOff, Maximize, MicOff, Minimize, PictureInPicture2 } from "lucide-react";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { stageRing, VideoCallControls } from "@/components/VideoCallControls";
import { Hints } from "@/components/VideoCallHints";
import { LeaveDialog } from "@/components/VideoCallLeaveDialog";
import { LevelMeter } from "@/components/VideoCallLevelMeter";
import { Avatar, Spinner } from "@/components/VideoCallParts";
import { Picture } from "@/components/VideoCallPicture";
import { QualityIcon } from "@/components/VideoCallQuality";
import { ComingsAndGoings } from "@/components/VideoCallToasts";
import type { VideoCall as Call } from "@/hooks/useAgoraVideoCall";
import { useIsSpeaking } from "@/hooks/useAudioLevel";
import { useLasting, useShortcutChoice, useShortcuts, useTabTitle, useWakeLock } from "@/hooks/useCallPage";
import { useFullscreen, usePictureInPicture } from "@/hooks/useScreen";
import { useLeaveGuard } from "@/hooks/useLeaveGuard";

/** How long the call has lasted, from the start time that the backend returned. */
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

/** The other participant. Without a name it's "your mentee" or "your instructor". */
interface Other {
  /** For the middle of a sentence. */
  name: string;
  /** For the start of a sentence. */
  Name: string;
  hasBeenHere: boolean;
}

function otherOf({ role, otherName, participants, departure }: Call): Other {
  const otherRole = role === "instructor" ? "mentee" : "instructor";
  const participant = participants.find((one) => one.role === otherRole);
  const name = participant?.name ?? otherName;
  return { name: name ?? `your ${otherRole}`, Name: name ?? `Your ${otherRole}`, hasBeenHere: departure !== null || Boolean(participant?.leftAt) };
}

/** The other participant's state, in one sentence. */
function otherState({ remote, departure }: Call, { Name, name, hasBeenHere }: Other): string {
  if (!remote) return departure === "lost" ? `${Name} lost connection` : hasBeenHere ? `${Name} has left` : `Waiting for ${name}…`;
  if (remote.videoTrack) return `${Name} is in the call`;
  return remote.isCameraOff ? `${Name}'s camera is off` : `${Name} is joining…`;
}

function OtherSide({ call, other }: { call: Call; other: Other }) {
  if (call.remote?.videoTrack) return <Picture track={call.remote.videoTrack} label={`${other.Name}'s camera`} isMirrored={false} />;
  const isAwaited = !call.remote && !other.hasBeenHere;
  return (
    <div className="flex h-full flex-col items-center justify-center gap-5 bg-gradient-to-b from-slate-800 to-slate-900 p-4 pb-28 text-center [@media(max-height:480px)]:gap-2 [@media(max-height:480px)]:px-40 [@media(max-height:480px)]:py-2">
      <span className="relative inline-flex">
        {isAwaited && <span aria-hidden data-awaited className="absolute inset-0 animate-ping rounded-full bg-indigo-500/30 motion-reduce:hidden" />}
        <Avatar name={other.Name} className="relative h-24 w-24 text-3xl [@media(max-height:480px)]:h-14 [@media(max-height:480px)]:w-14 [@media(max-height:480px)]:text-lg" />
      </span>
      <div>
        <p className="text-lg font-medium [@media(max-height:480px)]:text-base">{otherState(call, other)}</p>
        {!call.remote && <p className="mt-1 text-sm text-slate-300">{other.hasBeenHere ? "They can rejoin at any time." : "They'll appear here when they join."}</p>}
      </div>
    </div>
  );
}

/** A ring around the person who is speaking. */
const SpeakingRing = ({ isOn }: { isOn: boolean }) => (
  <span aria-hidden data-speaking={isOn} className={`pointer-events-none absolute inset-0 rounded-[inherit] transition-shadow ${isOn ? "shadow-[inset_0_0_0_3px_#34d399]" : ""}`} />
);

function OwnSide({ call }: { call: Call }) {
  const { camera, microphone, quality } = call;
  const [shape, setShape] = useState(16 / 9);
  const isSpeaking = useIsSpeaking(microphone.isOn ? microphone.track : null);
  return (
    <div
      style={{ aspectRatio: shape }}
      className={`absolute bottom-3 right-3 overflow-hidden rounded-xl bg-slate-700 shadow-lg ring-1 ring-white/30 ${shape < 1 ? "w-24 sm:w-32" : "w-32 sm:w-56"} [@media(max-height:480px)]:w-32`}
    >
      {camera.track ? (
        <Picture track={camera.track} label="Your camera" isMirrored={!camera.isRear} onShape={setShape} />
      ) : (
        <div className="flex h-full flex-col items-center justify-center gap-1 p-2 pb-6 text-center text-xs text-slate-100">
          {camera.isStarting ? <Spinner /> : <CameraOff aria-hidden className="h-5 w-5" />}
          <span>{camera.isStarting ? "Starting your camera…" : "Your camera is off"}</span>
        </div>
      )}
      <div className="absolute bottom-1.5 left-1.5 flex items-center gap-1.5 rounded-md bg-black/70 px-1.5 py-0.5 text-xs">
        <span aria-hidden>You</span>
        {microphone.isOn ? <LevelMeter track={microphone.track} className="w-8 !bg-slate-600" /> : <MicOff aria-hidden className="h-3 w-3" />}
        <QualityIcon quality={quality.own} whose="Your" />
      </div>
      <SpeakingRing isOn={isSpeaking} />
    </div>
  );
}

/** Appears while the user talks into their muted microphone, and a moment longer. */
function MutedReminder({ call, hasShortcuts }: { call: Call; hasShortcuts: boolean }) {
  const isTalking = useIsSpeaking(call.microphone.isOn ? null : call.microphone.track);
  const lasts = useLasting(isTalking, 400);
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 bottom-3 z-10 flex justify-center px-3 max-sm:bottom-auto max-sm:top-40">
      {lasts && (
        <p className="flex items-center gap-2 rounded-full bg-white px-4 py-2 text-sm font-medium text-slate-900 shadow-lg">
          <MicOff aria-hidden className="h-4 w-4 shrink-0" /> You&apos;re muted.{hasShortcuts && <span className="[@media(pointer:coarse)]:hidden"> Press M to unmute.</span>}
        </p>
      )}
    </div>
  );
}

const ScreenButton = ({ label, onClick, children }: { label: string; onClick(): void; children: ReactNode }) => (
  <button type="button" aria-label={label} title={label} onClick={onClick} className={`flex h-9 w-9 items-center justify-center rounded-full text-slate-200 hover:bg-slate-800 [&>svg]:h-4 [&>svg]:w-4 ${stageRing}`}>
    {children}
  </button>
);

function Header({ call, other, hasPicture }: { call: Call; other: Other; hasPicture: boolean }) {
  const fullscreen = useFullscreen();
  const pictureInPicture = usePictureInPicture("[data-other-side] video");
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body) heading.current?.focus();
  }, []);
  return (
    <header className="flex items-center justify-between gap-3 [@media(max-height:480px)]:h-9">
      <div className="flex min-w-0 items-center gap-3">
        <Avatar name={other.Name} className="h-9 w-9 text-xs [@media(max-height:480px)]:hidden" />
        <div className="min-w-0 leading-tight">
          <h1 ref={heading} tabIndex={-1} className="truncate font-semibold focus:outline-none">
            {other.Name}
          </h1>
          <p className="text-xs text-slate-300 [@media(max-height:480px)]:hidden">{call.role === "instructor" ? "Your mentee" : "Your instructor"}</p>
        </div>
      </div>
      <div className="flex shrink-0 items-center gap-1">
        {call.startTime && <Clock since={call.startTime} />}
        {pictureInPicture && hasPicture && (
          <ScreenButton label="Picture-in-picture" onClick={pictureInPicture}>
            <PictureInPicture2 aria-hidden />
          </ScreenButton>
        )}
        {fullscreen && (
          <ScreenButton label={fullscreen.isOn ? "Exit full screen" : "Full screen"} onClick={fullscreen.toggle}>
            {fullscreen.isOn ? <Minimize aria-hidden /> : <Maximize aria-hidden />}
          </ScreenButton>
        )}
      </div>
    </header>
  );
}

/** The call itself. It covers the whole window, including the portal's layout. */
export function VideoCallStage({ call }: { call: Call }) {
  const other = otherOf(call);
  const [hasShortcuts, chooseShortcuts] = useShortcutChoice();
  // Not null while the leave dialog is open; `then` runs after leaving.
  const [goOn, setGoOn] = useState<{ then(): void } | null>(null);
  const isOtherSpeaking = useIsSpeaking(call.remote?.audioTrack ?? null);
  const isMuted = call.remote?.isMuted ?? false;

  useShortcuts({ m: call.toggleMicrophone, v: call.toggleCamera }, hasShortcuts);
  useWakeLock(true);
  useTabTitle(`${otherState(call, other)} · Video call`);
  useLeaveGuard(true, (then) => setGoOn({ then }));

  const depart = (way: () => void) => {
    way();
    goOn?.then();
  };
  // Only an instructor who isn't alone has a choice: leave, or end the call for everyone.
  const onLeave = () => (call.role === "instructor" && call.remote ? setGoOn({ then: () => undefined }) : call.leave());
  return (
    <section aria-label="Video call" className="fixed inset-0 z-50 flex flex-col gap-3 bg-slate-950 p-3 text-white [@media(max-height:480px)]:gap-1.5 [@media(max-height:480px)]:p-2">
      <Header call={call} other={other} hasPicture={Boolean(call.remote?.videoTrack)} />
      <Hints call={call} />
      <div className="relative min-h-0 flex-1 overflow-hidden rounded-2xl bg-slate-900">
        <div data-other-side className="h-full">
          <OtherSide call={call} other={other} />
        </div>
        {call.remote && (
          <div className="absolute inset-x-3 top-3 flex flex-col items-start gap-2 text-sm">
            <QualityIcon quality={call.quality.other} whose={`${other.Name}'s`} withText className="rounded-full bg-black/70 px-2.5 py-1.5" />
            {isMuted && (
              <p className="flex items-center gap-2 rounded-full bg-black/70 px-3 py-1.5">
                <MicOff aria-hidden className="h-4 w-4" /> {other.Name} is muted
              </p>
            )}
          </div>
        )}
        <SpeakingRing isOn={isOtherSpeaking} />
        <OwnSide call={call} />
        <ComingsAndGoings call={call} name={other.Name} />
        <MutedReminder call={call} hasShortcuts={hasShortcuts} />
      </div>
      <p aria-live="polite" className="sr-only">
        {otherState(call, other)}
        {isMuted ? ", muted" : ""}
      </p>
      <VideoCallControls call={call} hasShortcuts={hasShortcuts} onChooseShortcuts={chooseShortcuts} onLeave={onLeave} />
      {goOn && (
        <LeaveDialog otherName={other.name} canEnd={call.role === "instructor"} onLeave={() => depart(call.leave)} onEnd={() => depart(call.endForEveryone)} onStay={() => setGoOn(null)} />
      )}
    </section>
  );
}
