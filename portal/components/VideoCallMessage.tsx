"use client";

import type { LucideIcon } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef, type ReactNode } from "react";
import { card, dashboardPath, primaryButton, quietButton, softText, Spinner } from "@/components/VideoCallParts";

interface MessageProps {
  /** A spinner if undefined. */
  Icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  /** The main thing that the user can do, if there's anything besides leaving the page. */
  action?: ReactNode;
}

/** A card in the middle of the page, with links to the dashboard and to past calls. */
export function Message({ Icon, title, children, action }: MessageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Otherwise keyboard focus would jump to the top of the page when the focused button disappears.
    if (document.activeElement === document.body) heading.current?.focus();
  }, [title]);
  return (
    <div className="flex min-h-[75vh] items-center justify-center p-4">
      <section className={`flex w-full max-w-lg flex-col items-center px-6 py-10 text-center text-slate-900 dark:text-slate-100 [@media(max-height:480px)]:py-5 ${card}`}>
        <span className="mb-5 flex h-14 w-14 items-center justify-center rounded-full bg-indigo-50 text-indigo-700 dark:bg-indigo-950 dark:text-indigo-300 [@media(max-height:480px)]:mb-3 [@media(max-height:480px)]:h-10 [@media(max-height:480px)]:w-10">
          {Icon ? <Icon aria-hidden className="h-7 w-7 [@media(max-height:480px)]:h-5 [@media(max-height:480px)]:w-5" /> : <Spinner className="h-7 w-7" />}
        </span>
        <div role="status" className="max-w-full">
          <h1 ref={heading} tabIndex={-1} className="text-balance text-xl font-semibold focus:outline-none">
            {title}
          </h1>
          {children && <div className={`mt-2 text-pretty ${softText}`}>{children}</div>}
        </div>
        <div className="mt-8 flex w-full flex-col-reverse justify-center gap-3 sm:flex-row [&>*]:whitespace-nowrap [@media(max-height:480px)]:mt-4">
          <Link href="/video-call/history" className={quietButton}>
            Past calls
          </Link>
          <Link href={dashboardPath} className={action ? quietButton : primaryButton}>
            Dashboard
          </Link>
          {action}
        </div>
      </section>
    </div>
  );
}

/** The button for a message's `action`. */
export const Action = ({ label, onClick }: { label: string; onClick(): void }) => (
  <button type="button" onClick={onClick} className={primaryButton}>
    {label}
  </button>
);
