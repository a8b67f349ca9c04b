"use client";

import { CalendarClock, Loader2 } from "lucide-react";
import { useCallback, useEffect, useState } from "react";
import { listCalls, type Call, type Participant } from "@/lib/video-call/client";

const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

function durationText(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}

const came = (call: Call, role: Participant["role"]) => call.participants.some((participant) => participant.role === role);

/** What became of it, in words; a call at which one side never appeared is told apart. */
function outcome(call: Call): { text: string; colours: string } {
  if (call.status === "active") return { text: "In progress", colours: "bg-green-100 text-green-900 dark:bg-green-900 dark:text-green-100" };
  if (!came(call, "mentee")) return { text: "Mentee did not come", colours: "bg-amber-100 text-amber-900 dark:bg-amber-900 dark:text-amber-100" };
  if (!came(call, "instructor")) return { text: "Instructor did not come", colours: "bg-amber-100 text-amber-900 dark:bg-amber-900 dark:text-amber-100" };
  if (call.status === "failed") return { text: "Ended unexpectedly", colours: "bg-red-100 text-red-900 dark:bg-red-900 dark:text-red-100" };
  return { text: "Completed", colours: "bg-slate-200 text-slate-900 dark:bg-slate-700 dark:text-slate-100" };
}

function Row({ call }: { call: Call }) {
  const { text, colours } = outcome(call);
  const names = call.participants.map(({ name, role }) => name ?? (role === "mentee" ? "Mentee" : "Instructor"));
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 py-3">
      <div className="min-w-0">
        <time dateTime={call.startTime} className="font-medium">
          {shown.format(new Date(call.startTime))}
        </time>
        <p className="truncate text-sm text-slate-600 dark:text-slate-300">{names.join(" and ") || "Nobody joined"}</p>
      </div>
      <div className="flex items-center gap-3">
        {call.durationSeconds !== null && <span className="text-sm tabular-nums">{durationText(call.durationSeconds)}</span>}
        <span className={`rounded-full px-3 py-0.5 text-sm ${colours}`}>{text}</span>
      </div>
    </li>
  );
}

/** Past calls, newest first, more on demand; of one mentorship, or of all of the caller's. */
export function VideoCallHistory({ mentorshipId, pageSize = 20 }: { mentorshipId?: string; pageSize?: number }) {
  const [calls, setCalls] = useState<Call[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [state, setState] = useState<"loading" | "ready" | "failed">("loading");

  const load = useCallback(
    async (from: string | null, isWanted: () => boolean) => {
      setState("loading");
      try {
        const page = await listCalls({ mentorshipId, cursor: from ?? undefined, limit: pageSize });
        if (!isWanted()) return;
        setCalls((before) => (from ? [...before, ...page.calls] : page.calls));
        setCursor(page.nextCursor);
        setState("ready");
      } catch {
        if (isWanted()) setState("failed");
      }
    },
    [mentorshipId, pageSize],
  );

  useEffect(() => {
    let isWanted = true;
    setCalls([]);
    void load(null, () => isWanted);
    return () => {
      isWanted = false;
    };
  }, [load]);

  const button = "rounded-lg border border-slate-300 px-4 py-2 hover:bg-slate-100 focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400 dark:border-slate-600 dark:hover:bg-slate-800";
  return (
    <div className="text-slate-900 dark:text-slate-100">
      {state === "ready" && calls.length === 0 && (
        <p className="flex items-center gap-2 py-6 text-slate-600 dark:text-slate-300">
          <CalendarClock aria-hidden /> No calls yet.
        </p>
      )}
      <ul aria-label="Calls" className="divide-y divide-slate-200 dark:divide-slate-700">
        {calls.map((call) => (
          <Row key={call.id} call={call} />
        ))}
      </ul>
      <div aria-live="polite" className="py-3">
        {state === "loading" && <Loader2 aria-label="Loading" className="h-6 w-6 animate-spin motion-reduce:animate-none" />}
        {state === "failed" && (
          <p role="alert" className="flex flex-wrap items-center gap-3">
            The calls could not be loaded.
            <button type="button" className={button} onClick={() => void load(cursor, () => true)}>
              Try again
            </button>
          </p>
        )}
        {state === "ready" && cursor && (
          <button type="button" className={button} onClick={() => void load(cursor, () => true)}>
            Show more
          </button>
        )}
      </div>
    </div>
  );
}
