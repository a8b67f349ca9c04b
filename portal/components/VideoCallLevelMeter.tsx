"use client";

import { useRef } from "react";
import { meterShare, useAudioLevel, type AudioLevelSource } from "@/hooks/useAudioLevel";

/**
 * A bar that moves with the voice; empty without a track. Hidden from screen readers, so say in
 * text whether it's heard.
 */
export function LevelMeter({ track, className = "" }: { track: AudioLevelSource | null; className?: string }) {
  const bar = useRef<HTMLSpanElement>(null);
  useAudioLevel(track, (level) => {
    if (bar.current) bar.current.style.transform = `scaleX(${meterShare(level).toFixed(2)})`;
  });
  return (
    <span aria-hidden data-level-meter className={`block h-2 overflow-hidden rounded-full bg-slate-200 dark:bg-slate-700 ${className}`}>
      {track && <span ref={bar} className="block h-full origin-left rounded-full bg-emerald-500 transition-transform duration-100 motion-reduce:transition-none" style={{ transform: "scaleX(0)" }} />}
    </span>
  );
}
