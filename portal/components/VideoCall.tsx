"use client";

import { Loader2, MicOff, User, WifiOff } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef, useState, type ReactNode } from "react";
import type { ICameraVideoTrack, IRemoteVideoTrack } from "agora-rtc-sdk-ng";
import { VideoCallControls } from "@/components/VideoCallControls";
import { useAgoraVideoCall, type VideoCall as Call } from "@/hooks/useAgoraVideoCall";
import type { DeviceProblem } from "@/lib/video-call/session";

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
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  return (
    <time className="tabular-nums">
      {hours > 0 ? `${hours}:` : ""}
      {two(Math.floor(seconds / 60) % 60)}:{two(seconds % 60)}
    </time>
  );
}

function Message({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <section role="status" className="mx-auto flex min-h-[60vh] max-w-md flex-col items-center justify-center gap-4 p-6 text-center text-slate-900 dark:text-slate-100">
      <h1 className="text-xl font-semibold">{title}</h1>
      {children && <div className="text-slate-600 dark:text-slate-300">{children}</div>}
      <div className="flex flex-wrap justify-center gap-3">
        {action}
        <Link href="/video-call/history" className="rounded-lg border border-slate-300 px-4 py-2 hover:bg-slate-100 focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400 dark:border-slate-600 dark:hover:bg-slate-800">
          Past calls
        </Link>
      </div>
    </section>
  );
}

const Again = ({ label, onClick }: { label: string; onClick(): void }) => (
  <button type="button" onClick={onClick} className="rounded-lg bg-sky-700 px-4 py-2 font-medium text-white hover:bg-sky-800 focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400">
    {label}
  </button>
);

/** What a person can do about each failure. */
const failures: Record<string, { title: string; advice: string; isFinal?: boolean }> = {
  unauthenticated: { title: "Please sign in again", advice: "Your session has ended.", isFinal: true },
  mentorship_not_found: { title: "Mentorship not found", advice: "This link leads to no mentorship.", isFinal: true },
  not_a_participant: { title: "This call is not yours", advice: "Only the instructor and the mentee of this mentorship can join.", isFinal: true },
  mentorship_not_active: { title: "This mentorship is over", advice: "Calls can be held only while a mentorship is active.", isFinal: true },
  invalid_mentorship_id: { title: "Mentorship not found", advice: "This link is incomplete.", isFinal: true },
  agora_not_configured: { title: "Video calls are not set up yet", advice: "Please tell the people who run this portal." },
  INVALID_PARAMS: { title: "The call could not be joined", advice: "The pass for this call was not accepted. Please try again." },
  CAN_NOT_GET_GATEWAY_SERVER: { title: "The call could not be joined", advice: "The pass for this call was not accepted, or the video service cannot be reached." },
  unreachable: { title: "No connection to the service", advice: "Please check your network and try again." },
};

function Failure({ call }: { call: Call }) {
  const known = failures[call.problem?.code ?? ""];
  return (
    <Message title={known?.title ?? "Something went wrong"} action={known?.isFinal ? undefined : <Again label="Try again" onClick={call.retry} />}>
      {known?.advice ?? call.problem?.message}
    </Message>
  );
}

const deviceAdvice: Record<Exclude<DeviceProblem, null>, (device: string) => string> = {
  denied: (device) => `The browser may not use your ${device}. Allow it beside the address, then turn it on below.`,
  missing: (device) => `No ${device} was found.`,
  busy: (device) => `Your ${device} is in use by another program.`,
};

function Hint({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-lg bg-amber-100 px-4 py-2 text-sm text-amber-900 dark:bg-amber-900 dark:text-amber-100">
      {children}
    </p>
  );
}

function Stage({ call }: { call: Call }) {
  const otherRole = call.role === "instructor" ? "mentee" : "instructor";
  const other = call.participants.find(({ role }) => role === otherRole);
  const name = other?.name ?? `the ${otherRole}`;
  return (
    <section aria-label="Video call" className="flex h-[100dvh] max-h-[100dvh] flex-col gap-3 bg-slate-950 p-3 text-white">
      <header className="flex items-center justify-between gap-3 px-1 text-sm">
        <span className="block truncate font-medium first-letter:uppercase">{name}</span>
        {call.startTime && <Clock since={call.startTime} />}
      </header>
      {call.cameraProblem && <Hint>{deviceAdvice[call.cameraProblem]("camera")}</Hint>}
      {call.microphoneProblem && <Hint>{deviceAdvice[call.microphoneProblem]("microphone")}</Hint>}
      <div className="relative min-h-0 flex-1 overflow-hidden rounded-2xl bg-slate-800">
        {call.remote?.videoTrack ? (
          <Picture track={call.remote.videoTrack} label={`${name}'s camera`} mirrored={false} />
        ) : (
          <div role="status" className="flex h-full flex-col items-center justify-center gap-3 p-4 text-center text-slate-300">
            <User aria-hidden className="h-16 w-16" />
            <p className="first-letter:uppercase">
              {call.remote ? `${name}'s camera is off` : other?.leftAt ? `${name} has left` : `Waiting for ${name} …`}
            </p>
          </div>
        )}
        {call.remote && !call.remote.hasAudio && (
          <p className="absolute left-3 top-3 flex items-center gap-2 rounded-full bg-black/60 px-3 py-1 text-sm">
            <MicOff aria-hidden className="h-4 w-4" /> {name} is muted
          </p>
        )}
        {call.phase === "reconnecting" && (
          <p role="alert" className="absolute inset-x-0 top-0 flex items-center justify-center gap-2 bg-amber-700 p-2 text-sm">
            <WifiOff aria-hidden className="h-4 w-4" /> The connection was lost. Reconnecting …
          </p>
        )}
        <div className="absolute bottom-3 right-3 aspect-video w-1/3 max-w-60 overflow-hidden rounded-xl bg-slate-700 shadow-lg ring-2 ring-white/70">
          {call.cameraTrack ? (
            <Picture track={call.cameraTrack} label="Your camera" mirrored />
          ) : (
            <div className="flex h-full items-center justify-center p-2 text-center text-xs text-slate-300">Your camera is off</div>
          )}
        </div>
      </div>
      <VideoCallControls
        isMicrophoneOn={call.isMicrophoneOn}
        isCameraOn={call.isCameraOn}
        endsForBoth={call.role === "instructor"}
        onMicrophone={call.toggleMicrophone}
        onCamera={call.toggleCamera}
        onLeave={call.leave}
      />
    </section>
  );
}

const Wheel = () => <Loader2 aria-hidden className="h-8 w-8 animate-spin motion-reduce:animate-none" />;

/** The whole of a mentorship's call: what is in the way, the call itself, and what comes after. */
export function VideoCall({ mentorshipId }: { mentorshipId: string }) {
  const call = useAgoraVideoCall(mentorshipId);
  switch (call.phase) {
    case "loading":
    case "joining":
      return (
        <Message title="Joining the call …">
          <Wheel />
        </Message>
      );
    case "not-started":
      return (
        <Message title="Your instructor has not started the call yet">
          <p className="mb-4">You will join by yourself as soon as it begins.</p>
          <Wheel />
        </Message>
      );
    case "in-call":
    case "reconnecting":
      return <Stage call={call} />;
    case "left":
      return <Message title="You have left the call" action={<Again label="Join again" onClick={call.retry} />} />;
    case "ended":
      return (
        <Message title="The call has ended" action={call.role === "instructor" ? <Again label="Start another" onClick={call.retry} /> : undefined}>
          Thank you for taking part.
        </Message>
      );
    case "failed":
      return <Failure call={call} />;
  }
}
