"use client";

import { Mic, MicOff, PhoneOff, Video, VideoOff } from "lucide-react";
import type { ReactNode } from "react";

interface ControlProps {
  label: string;
  isPressed?: boolean;
  isAlarming?: boolean;
  onClick(): void;
  children: ReactNode;
}

function Control({ label, isPressed, isAlarming = false, onClick, children }: ControlProps) {
  const colours = isAlarming
    ? "bg-red-600 text-white hover:bg-red-700"
    : isPressed
      ? "bg-white text-slate-900 hover:bg-slate-200"
      : "bg-slate-700 text-white hover:bg-slate-600";
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      aria-pressed={isPressed}
      onClick={onClick}
      className={`flex h-12 w-12 items-center justify-center rounded-full transition-colors focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400 ${colours}`}
    >
      {children}
    </button>
  );
}

export interface VideoCallControlsProps {
  isMicrophoneOn: boolean;
  isCameraOn: boolean;
  /** What the red button does: an instructor ends the call for both. */
  endsForBoth: boolean;
  onMicrophone(): void;
  onCamera(): void;
  onLeave(): void;
}

/** Microphone, camera and leave: by mouse, keyboard and screen reader. */
export function VideoCallControls({ isMicrophoneOn, isCameraOn, endsForBoth, onMicrophone, onCamera, onLeave }: VideoCallControlsProps) {
  return (
    <div role="toolbar" aria-label="Call controls" className="flex items-center justify-center gap-4">
      <Control label={isMicrophoneOn ? "Mute microphone" : "Unmute microphone"} isPressed={!isMicrophoneOn} onClick={onMicrophone}>
        {isMicrophoneOn ? <Mic aria-hidden /> : <MicOff aria-hidden />}
      </Control>
      <Control label={isCameraOn ? "Turn camera off" : "Turn camera on"} isPressed={!isCameraOn} onClick={onCamera}>
        {isCameraOn ? <Video aria-hidden /> : <VideoOff aria-hidden />}
      </Control>
      <Control label={endsForBoth ? "End call" : "Leave call"} isAlarming onClick={onLeave}>
        <PhoneOff aria-hidden />
      </Control>
    </div>
  );
}
