"use client";

import { SignalHigh, SignalLow, SignalMedium, type LucideIcon } from "lucide-react";
import type { Quality } from "@/lib/video-call/channel";

const looks: Record<Exclude<Quality, null>, { Icon: LucideIcon; colour: string; words: string }> = {
  good: { Icon: SignalHigh, colour: "text-emerald-400", words: "connection is good" },
  weak: { Icon: SignalMedium, colour: "text-amber-300", words: "connection is weak" },
  bad: { Icon: SignalLow, colour: "text-red-300", words: "connection is very weak" },
};

interface QualityIconProps {
  quality: Quality;
  /** Such as "Your" or "Ben's". */
  whose: string;
  /** Whether what is not good is also written. */
  withText?: boolean;
  className?: string;
}

/** How good somebody's connection is, in bars and words; nothing while it's unknown. */
export function QualityIcon({ quality, whose, withText = false, className = "" }: QualityIconProps) {
  if (!quality) return null;
  const { Icon, colour, words } = looks[quality];
  const text = `${whose} ${words}`;
  return (
    <span title={text} data-quality={quality} className={`inline-flex items-center gap-1.5 ${className}`}>
      <Icon aria-hidden className={`h-5 w-5 ${colour}`} />
      <span className={withText && quality !== "good" ? "" : "sr-only"}>{text}</span>
    </span>
  );
}
