"use client";

import type { LucideIcon } from "lucide-react";
import Link from "next/link";
import { useEffect, useRef, type ReactNode } from "react";
import { card, dashboardPath, primaryButton, quietButton, softText, Spinner } from "@/components/VideoCallParts";

interface MessageProps {
  /** A spinner where none is given: something is under way. */
  Icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  /** The one thing to do; nothing where nothing helps. */
  action?: ReactNode;
}

/** A card in the middle of the page, with the ways out of it. */
export function Message({ Icon, title, children, action }: MessageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Whoever had the focus on a button that is gone would start from the top of the page.
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

/** The button of a message's one thing to do. */
export const Action = ({ label, onClick }: { label: string; onClick(): void }) => (
  <button type="button" onClick={onClick} className={primaryButton}>
    {label}
  </button>
);
