"use client";

import { Mic, MicOff, PhoneOff, Settings, SwitchCamera, Video, VideoOff, type LucideIcon } from "lucide-react";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { DeviceChoices } from "@/components/VideoCallDeviceChoices";
import { Spinner } from "@/components/VideoCallParts";
import type { VideoCall } from "@/hooks/useAgoraVideoCall";
import type { DeviceView } from "@/lib/video-call/devices";

/** Classes for a focus ring on the dark stage. */
export const stageRing = "focus:outline-none focus-visible:ring-2 focus-visible:ring-white focus-visible:ring-offset-2 focus-visible:ring-offset-slate-950";
const round = `relative flex h-12 shrink-0 items-center justify-center gap-2 rounded-full transition-colors [@media(max-height:480px)]:h-11 ${stageRing}`;
const square = "w-12 [@media(max-height:480px)]:w-11";
const quiet = "bg-slate-700 text-white hover:bg-slate-600";

interface ToggleProps {
  device: DeviceView<unknown>;
  /**
   * What a click does. It implies the device's state, so there's no aria-pressed, which would
   * contradict it.
   */
  label: string;
  /** The key that does the same, in upper case; null if shortcuts are off. */
  shortcut: string | null;
  onClick(): void;
  OnIcon: LucideIcon;
  OffIcon: LucideIcon;
}

function Toggle({ device, label, shortcut, onClick, OnIcon, OffIcon }: ToggleProps) {
  const Icon = device.isOn ? OnIcon : OffIcon;
  return (
    <button
      type="button"
      aria-label={label}
      aria-keyshortcuts={shortcut ?? undefined}
      title={shortcut ? `${label} (${shortcut})` : label}
      data-on={device.isOn}
      onClick={onClick}
      className={`${round} ${square} ${device.isOn ? quiet : "bg-white text-slate-900 hover:bg-slate-200"}`}
    >
      {device.isStarting ? <Spinner /> : <Icon aria-hidden className="h-5 w-5" />}
      {device.problem && (
        <span aria-hidden className="absolute -right-0.5 -top-0.5 flex h-5 w-5 items-center justify-center rounded-full bg-amber-400 text-xs font-bold text-slate-950 ring-2 ring-slate-950">
          !
        </span>
      )}
    </button>
  );
}

/** The buttons that turn microphone and camera on and off, before joining and in the call. */
export function DeviceToggles({ call, hasShortcuts }: { call: VideoCall; hasShortcuts: boolean }) {
  const { microphone, camera } = call;
  return (
    <>
      <Toggle device={microphone} label={microphone.isOn ? "Mute microphone" : "Unmute microphone"} shortcut={hasShortcuts ? "M" : null} onClick={call.toggleMicrophone} OnIcon={Mic} OffIcon={MicOff} />
      <Toggle device={camera} label={camera.isOn ? "Turn camera off" : "Turn camera on"} shortcut={hasShortcuts ? "V" : null} onClick={call.toggleCamera} OnIcon={Video} OffIcon={VideoOff} />
    </>
  );
}

/**
 * A checkbox that turns off single-key shortcuts: with speech input, a dictated letter could mute
 * the user.
 */
export function ShortcutChoice({ isOn, onChoose }: { isOn: boolean; onChoose(isOn: boolean): void }) {
  return (
    <label className="flex min-h-8 items-center gap-2 text-sm">
      <input type="checkbox" checked={isOn} onChange={({ target }) => onChoose(target.checked)} className="h-4 w-4 accent-indigo-500" />
      Keyboard shortcuts: M mutes, V turns the camera off
    </label>
  );
}

export interface VideoCallControlsProps {
  call: VideoCall;
  /** Whether single-key shortcuts are on. */
  hasShortcuts: boolean;
  onChooseShortcuts(isOn: boolean): void;
  onLeave(): void;
}

function DeviceSettings({ call, hasShortcuts, onChooseShortcuts }: VideoCallControlsProps) {
  const [isOpen, setIsOpen] = useState(false);
  const whole = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const id = useId();

  useEffect(() => {
    if (!isOpen) return;
    whole.current?.querySelector<HTMLElement>("select:enabled, input")?.focus();
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
        className={`${round} ${square} ${isOpen ? "bg-indigo-600 text-white hover:bg-indigo-500" : quiet}`}
      >
        <Settings aria-hidden className="h-5 w-5" />
      </button>
      {isOpen && (
        <div
          id={id}
          role="group"
          aria-label="Devices"
          className="absolute inset-x-3 bottom-full z-20 mb-3 max-h-[70vh] space-y-3 overflow-y-auto rounded-2xl border border-slate-700 bg-slate-900 p-4 text-left text-white shadow-xl sm:inset-x-auto sm:left-1/2 sm:w-80 sm:-translate-x-1/2"
        >
          <DeviceChoices call={call} ground="stage" />
          <ShortcutChoice isOn={hasShortcuts} onChoose={onChooseShortcuts} />
        </div>
      )}
    </div>
  );
}

/** Whether this is a phone or a tablet, which usually has a front and a rear camera. */
function useIsHandheld(): boolean {
  const [isHandheld, setIsHandheld] = useState(false);
  useEffect(() => setIsHandheld(window.matchMedia("(pointer: coarse)").matches), []);
  return isHandheld;
}

/** Moves the focus with the arrow keys, as in any toolbar; Tab works too. */
function moveFocus(event: KeyboardEvent<HTMLDivElement>) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("button")];
  const at = buttons.findIndex((button) => button === document.activeElement);
  if (step && at >= 0) buttons[(at + step + buttons.length) % buttons.length]?.focus();
}

/** The call's toolbar: microphone, camera, choice of devices, and leave. */
export function VideoCallControls(props: VideoCallControlsProps) {
  const { call, hasShortcuts, onLeave } = props;
  const canFlip = useIsHandheld() && call.camera.isOn && call.camera.choices.length > 1;
  return (
    <div role="toolbar" aria-label="Call controls" onKeyDown={moveFocus} className="relative flex items-center justify-center gap-2 sm:gap-3">
      <DeviceToggles call={call} hasShortcuts={hasShortcuts} />
      {canFlip && (
        <button type="button" aria-label="Switch camera" title="Switch camera" onClick={call.flipCamera} className={`${round} ${square} ${quiet}`}>
          <SwitchCamera aria-hidden className="h-5 w-5" />
        </button>
      )}
      <DeviceSettings {...props} />
      <button type="button" aria-label="Leave call" title="Leave call" onClick={onLeave} className={`${round} bg-red-600 px-4 text-sm font-semibold text-white hover:bg-red-700 sm:px-5`}>
        <PhoneOff aria-hidden className="h-5 w-5" /> Leave
      </button>
    </div>
  );
}
