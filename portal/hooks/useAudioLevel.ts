"use client";

import { useEffect, useRef, useState } from "react";

/** A local or a remote audio track of the SDK: 0 is digital silence, 0.6 and above speech. */
export interface AudioLevelSource {
  getVolumeLevel(): number;
}

const sampleMs = 100;
const speech = 0.6;
const silence = 0.05;
/** Between two words a speaker still speaks. */
const speakingHoldMs = 700;

/** Calls `onLevel` with the track's level ten times a second; not at all without a track. */
export function useAudioLevel(track: AudioLevelSource | null, onLevel: (level: number) => void): void {
  const listener = useRef(onLevel);
  listener.current = onLevel;
  useEffect(() => {
    if (!track) return;
    const timer = setInterval(() => listener.current(track.getVolumeLevel()), sampleMs);
    return () => clearInterval(timer);
  }, [track]);
}

/** Whether somebody speaks into the track right now. */
export function useIsSpeaking(track: AudioLevelSource | null): boolean {
  const [isSpeaking, setIsSpeaking] = useState(false);
  const heardAtMs = useRef(0);
  useAudioLevel(track, (level) => {
    if (level >= speech) heardAtMs.current = Date.now();
    setIsSpeaking(Date.now() - heardAtMs.current < speakingHoldMs);
  });
  return track !== null && isSpeaking;
}

// Before a click the browser may analyse nothing: silence would then be its own doing.
const isAnalysed = () => navigator.userActivation?.hasBeenActive !== false;

/** Whether the track has given nothing at all, not even a room's noise, for so long. */
export function useIsSilent(track: AudioLevelSource | null, ms: number): boolean {
  const [isSilent, setIsSilent] = useState(false);
  const heardAtMs = useRef(0);
  useEffect(() => {
    heardAtMs.current = Date.now();
    setIsSilent(false);
  }, [track]);
  useAudioLevel(track, (level) => {
    if (level > silence || !isAnalysed()) heardAtMs.current = Date.now();
    setIsSilent(Date.now() - heardAtMs.current >= ms);
  });
  return track !== null && isSilent;
}

/** What a level meter shows of a level: 0 for a quiet room, 1 for a loud voice. */
export const meterShare = (level: number): number => Math.min(1, Math.max(0, (level - 0.4) / 0.5));
