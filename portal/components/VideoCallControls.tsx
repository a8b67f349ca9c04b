"use client";

import { Mic, MicOff, PhoneOff, Settings, Video, VideoOff } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { Spinner } from "@/components/VideoCallParts";
import type { DeviceView } from "@/lib/video-call/devices";

const ring = "focus:outline-none focus-visible:ring-2 focus-visible:ring-white focus-visible:ring-offset-2 focus-visible:ring-offset-slate-950";
const round = `relative flex h-12 items-center justify-center gap-2 rounded-full transition-colors ${ring}`;

interface DeviceControlProps {
  device: DeviceView<unknown>;
  /** What a click does, which also says how the device stands: pressed states beside it would contradict it. */
  label: string;
  onClick(): void;
  onIcon: ReactNode;
  offIcon: ReactNode;
}

function DeviceControl({ device, label, onClick, onIcon, offIcon }: DeviceControlProps) {
  const isOn = device.track !== null;
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      data-on={isOn}
      onClick={onClick}
      className={`${round} w-12 ${isOn ? "bg-slate-700 text-white hover:bg-slate-600" : "bg-white text-slate-900 hover:bg-slate-200"}`}
    >
      {device.isStarting ? <Spinner /> : isOn ? onIcon : offIcon}
      {device.problem && (
        <span aria-hidden className="absolute -right-0.5 -top-0.5 flex h-5 w-5 items-center justify-center rounded-full bg-amber-400 text-xs font-bold text-slate-950 ring-2 ring-slate-950">
          !
        </span>
      )}
    </button>
  );
}

function DeviceChoice({ label, device, onChoose }: { label: string; device: DeviceView<unknown>; onChoose(deviceId: string): void }) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        value={device.chosenId ?? ""}
        disabled={device.choices.length === 0}
        onChange={({ target }) => onChoose(target.value)}
        className={`mt-1 block min-h-11 w-full truncate rounded-lg border border-slate-600 bg-slate-800 px-3 text-sm disabled:text-slate-400 ${ring}`}
      >
        {device.choices.length === 0 && <option value="">No {label.toLowerCase()} was found</option>}
        {device.choices.length > 0 && !device.choices.some(({ id }) => id === device.chosenId) && <option value="">The browser&apos;s choice</option>}
        {device.choices.map(({ id, label: name }, index) => (
          <option key={id} value={id}>
            {name || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </div>
  );
}

export interface VideoCallControlsProps {
  microphone: DeviceView<unknown>;
  camera: DeviceView<unknown>;
  /** What the red button does: an instructor ends the call for both. */
  endsForBoth: boolean;
  onMicrophone(): void;
  onCamera(): void;
  onChooseMicrophone(deviceId: string): void;
  onChooseCamera(deviceId: string): void;
  onLeave(): void;
}

function DeviceSettings({ microphone, camera, onChooseMicrophone, onChooseCamera }: VideoCallControlsProps) {
  const [isOpen, setIsOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    whole.current?.querySelector("select")?.focus();
    const onPointer = ({ target }: PointerEvent) => !whole.current?.contains(target as Node) && setIsOpen(false);
    document.addEventListener("pointerdown", onPointer);
    return () => document.removeEventListener("pointerdown", onPointer);
  }, [isOpen]);

  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !isOpen) return;
    setIsOpen(false);
    opener.current?.focus();
  };
  return (
    <div ref={whole} onKeyDown={onKey} className="sm:relative">
      <button
        ref={opener}
        type="button"
        aria-label="Choose devices"
        title="Choose devices"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setIsOpen(!isOpen)}
        className={`${round} w-12 text-white ${isOpen ? "bg-indigo-600 hover:bg-indigo-500" : "bg-slate-700 hover:bg-slate-600"}`}
      >
        <Settings aria-hidden className="h-5 w-5" />
      </button>
      {isOpen && (
        <div
          id={id}
          role="group"
          aria-label="Devices"
          className="absolute inset-x-3 bottom-full z-10 mb-3 space-y-4 rounded-2xl border border-slate-700 bg-slate-900 p-4 text-left text-white shadow-xl sm:inset-x-auto sm:left-1/2 sm:w-80 sm:-translate-x-1/2"
        >
          <DeviceChoice label="Microphone" device={microphone} onChoose={onChooseMicrophone} />
          <DeviceChoice label="Camera" device={camera} onChoose={onChooseCamera} />
        </div>
      )}
    </div>
  );
}

/** The arrow keys go from control to control, as in any toolbar; Tab does so too. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  if (step && at >= 0) buttons[(at + step + buttons.length) % buttons.length]?.focus();
}

/** Microphone, camera, choice of devices, and leave: by mouse, keyboard and screen reader. */
export function VideoCallControls(props: VideoCallControlsProps) {
  const { microphone, camera, endsForBoth, onMicrophone, onCamera, onLeave } = props;
  const leave = endsForBoth ? "End call" : "Leave call";
  return (
    <div role="toolbar" aria-label="Call controls" onKeyDown={moveFocus} className="relative flex items-center justify-center gap-3">
      <DeviceControl
        device={microphone}
        label={microphone.track ? "Mute microphone" : "Unmute microphone"}
        onClick={onMicrophone}
        onIcon={<Mic aria-hidden className="h-5 w-5" />}
        offIcon={<MicOff aria-hidden className="h-5 w-5" />}
      />
      <DeviceControl
        device={camera}
        label={camera.track ? "Turn camera off" : "Turn camera on"}
        onClick={onCamera}
        onIcon={<Video aria-hidden className="h-5 w-5" />}
        offIcon={<VideoOff aria-hidden className="h-5 w-5" />}
      />
      <DeviceSettings {...props} />
      <button type="button" onClick={onLeave} className={`${round} bg-red-600 px-5 text-sm font-semibold text-white hover:bg-red-700`}>
        <PhoneOff aria-hidden className="h-5 w-5" /> {leave}
      </button>
    </div>
  );
}
