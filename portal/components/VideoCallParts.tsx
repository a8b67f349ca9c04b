"use client";

import { Check, Copy, Loader2 } from "lucide-react";
import { useEffect, useRef, useState } from "react";

/** Classes for a focus ring on a light or dark background. */
export const focusRing =
  "focus:outline-none focus-visible:ring-2 focus-visible:ring-indigo-500 focus-visible:ring-offset-2 focus-visible:ring-offset-white dark:focus-visible:ring-indigo-400 dark:focus-visible:ring-offset-slate-900";

const button = `inline-flex min-h-11 items-center justify-center gap-2 rounded-xl px-4 text-sm font-semibold transition-colors ${focusRing}`;
export const primaryButton = `${button} bg-indigo-600 text-white shadow-sm hover:bg-indigo-700`;
export const quietButton = `${button} border border-slate-300 bg-white text-slate-800 hover:bg-slate-100 dark:border-slate-600 dark:bg-slate-800 dark:text-slate-100 dark:hover:bg-slate-700`;

export const card = "rounded-2xl border border-slate-200 bg-white shadow-sm dark:border-slate-800 dark:bg-slate-900";
export const softText = "text-slate-600 dark:text-slate-400";

/** The path of the dashboard, or one that redirects to it. Change it here if the portal has another. */
export const dashboardPath = "/";

const avatarColours = [
  "bg-indigo-100 text-indigo-800 dark:bg-indigo-900 dark:text-indigo-100",
  "bg-emerald-100 text-emerald-800 dark:bg-emerald-900 dark:text-emerald-100",
  "bg-amber-100 text-amber-900 dark:bg-amber-900 dark:text-amber-100",
  "bg-rose-100 text-rose-800 dark:bg-rose-900 dark:text-rose-100",
  "bg-sky-100 text-sky-800 dark:bg-sky-900 dark:text-sky-100",
];

/**
 * A person's initials, in a colour that depends on the name; "?" without a name. Hidden from
 * screen readers, so show the name too.
 */
export function Avatar({ name, className = "h-10 w-10 text-sm" }: { name: string | null; className?: string }) {
  const words = (name ?? "?").trim().split(/\s+/);
  const initials = [words[0], words.length > 1 ? words[words.length - 1] : ""].map((word) => word?.[0] ?? "").join("");
  const sum = [...(name ?? "")].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return (
    <span aria-hidden className={`inline-flex shrink-0 select-none items-center justify-center rounded-full font-semibold uppercase ${avatarColours[sum % avatarColours.length]} ${className}`}>
      {initials}
    </span>
  );
}

/** Shows that something is in progress. Hidden from screen readers, so say in text what it is. */
export function Spinner({ className = "h-5 w-5" }: { className?: string }) {
  return <Loader2 aria-hidden className={`animate-spin motion-reduce:animate-none ${className}`} />;
}

/** A duration for people: "1 h 5 min", "12 min 3 s", "40 s". */
export function durationText(durationSec: number): string {
  const [hours, minutes] = [Math.floor(durationSec / 3600), Math.floor(durationSec / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${durationSec % 60} s` : `${durationSec} s`;
}

/**
 * The small print under an error: the ID that finds the request in the backend's log, and a button
 * that copies it. Shows nothing if `id` is undefined. If the browser doesn't allow access to the
 * clipboard (on a page without https), the button selects the ID instead.
 */
export function RequestId({ id, className = softText }: { id: string | undefined; className?: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const text = useRef<HTMLElement>(null);
  useEffect(() => {
    const timer = isCopied ? setTimeout(() => setIsCopied(false), 3_000) : undefined;
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (!id) return null;
  const copy = () =>
    void (navigator.clipboard?.writeText(id) ?? Promise.reject()).then(
      () => setIsCopied(true),
      () => text.current && window.getSelection()?.selectAllChildren(text.current),
    );
  return (
    <p className={`mt-3 flex max-w-full flex-wrap items-center justify-center gap-x-2 text-xs ${className}`}>
      <span>
        Request ID:{" "}
        <code ref={text} className="break-all">
          {id}
        </code>
      </span>
      <button type="button" onClick={copy} aria-label="Copy request ID" className={`inline-flex min-h-8 items-center gap-1 rounded px-1.5 font-semibold underline-offset-4 hover:underline ${focusRing}`}>
        {isCopied ? <Check aria-hidden className="h-3.5 w-3.5" /> : <Copy aria-hidden className="h-3.5 w-3.5" />}
        {isCopied ? "Copied" : "Copy"}
      </button>
      <span role="status" className="sr-only">
        {isCopied ? "Copied" : ""}
      </span>
    </p>
  );
}
