"use client";

import { useEffect, useRef, useState } from "react";

/** The SDK's local and remote audio tracks. */
export interface AudioLevelSource {
  /** From 0 to 1: 0 is digital silence, 0.6 and above is speech. */
  getVolumeLevel(): number;
}

const sampleMs = 100;
const speech = 0.6;
const silence = 0.05;
/** Bridges the pauses between words. */
const speakingHoldMs = 700;

/** Calls `onLevel` with the track's level ten times a second; never if there's no track. */
export function useAudioLevel(track: AudioLevelSource | null, onLevel: (level: number) => void): void {
  const listener = useRef(onLevel);
  listener.current = onLevel;
  useEffect(() => {
    if (!track) return;
    const timer = setInterval(() => listener.current(track.getVolumeLevel()), sampleMs);
    return () => clearInterval(timer);
  }, [track]);
}

/** Whether somebody is speaking on the track; false without a track. */
export function useIsSpeaking(track: AudioLevelSource | null): boolean {
  const [isSpeaking, setIsSpeaking] = useState(false);
  const heardAtMs = useRef(0);
  useAudioLevel(track, (level) => {
    if (level >= speech) heardAtMs.current = Date.now();
    setIsSpeaking(Date.now() - heardAtMs.current < speakingHoldMs);
  });
  return track !== null && isSpeaking;
}

// Before the first click the browser may not measure audio, so that every track seems silent.
const isAnalysed = () => navigator.userActivation?.hasBeenActive !== false;

/**
 * Whether the track has been silent, without even background noise, for `ms` milliseconds; false
 * without a track.
 */
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

/** How far a level fills a meter: from 0 for a quiet room to 1 for a loud voice. */
export const meterShare = (level: number): number => Math.min(1, Math.max(0, (level - 0.4) / 0.5));
