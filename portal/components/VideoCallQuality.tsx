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
  /** For example "Your" or "Ben's". */
  whose: string;
  /** Whether to show the text, too, if the quality isn't good. */
  withText?: boolean;
  className?: string;
}

/** How good a connection is, as an icon with text for screen readers; nothing while it's unknown. */
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
