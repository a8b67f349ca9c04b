"use client";

import { CalendarClock, CheckCircle2, type LucideIcon, Radio, TriangleAlert, UserX } from "lucide-react";
import Link from "next/link";
import { useCallback, useEffect, useRef, useState } from "react";
import { Avatar, card, durationText, focusRing, quietButton, softText, Spinner } from "@/components/VideoCallParts";
import { listCalls, VideoCallError, type Call, type Participant } from "@/lib/video-call/client";

const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

const came = (call: Call, role: Participant["role"]) => call.participants.some((participant) => participant.role === role);

const noShow = "bg-amber-100 text-amber-900 dark:bg-amber-950 dark:text-amber-200";

/** What became of it, in words; a call at which one side never appeared is told apart from one that broke off. */
function outcome(call: Call): { text: string; Icon: LucideIcon; colours: string } {
  if (call.status === "active") return { text: "In progress", Icon: Radio, colours: "bg-emerald-100 text-emerald-900 dark:bg-emerald-950 dark:text-emerald-200" };
  if (!came(call, "mentee")) return { text: "Mentee did not come", Icon: UserX, colours: noShow };
  if (!came(call, "instructor")) return { text: "Instructor did not come", Icon: UserX, colours: noShow };
  if (call.status === "failed") return { text: "Ended unexpectedly", Icon: TriangleAlert, colours: "bg-red-100 text-red-900 dark:bg-red-950 dark:text-red-200" };
  return { text: "Completed", Icon: CheckCircle2, colours: "bg-slate-100 text-slate-800 dark:bg-slate-800 dark:text-slate-200" };
}

function Row({ call }: { call: Call }) {
  const { text, Icon, colours } = outcome(call);
  const start = new Date(call.startTime);
  const names = call.participants.map(({ name, role }) => name ?? (role === "mentee" ? "Mentee" : "Instructor"));
  return (
    <li className="flex flex-col gap-3 px-5 py-4 sm:flex-row sm:items-center sm:justify-between">
      <div className="flex min-w-0 items-center gap-4">
        <span aria-hidden className="hidden w-[4.5rem] shrink-0 justify-center -space-x-2 sm:flex">
          {names.map((name) => (
            <Avatar key={name} name={name} className="h-10 w-10 text-sm ring-2 ring-white dark:ring-slate-900" />
          ))}
        </span>
        <div className="min-w-0">
          <p className="truncate font-medium">{names.join(" and ") || "Nobody joined"}</p>
          <p className={`text-sm ${softText}`}>
            <time dateTime={call.startTime}>
              {day.format(start)}, {hour.format(start)}
            </time>
            {call.durationSeconds !== null && <span className="tabular-nums"> · {durationText(call.durationSeconds)}</span>}
          </p>
        </div>
      </div>
      <div className="flex shrink-0 items-center gap-3">
        <span className={`inline-flex items-center gap-1.5 rounded-full px-3 py-1 text-sm font-medium ${colours}`}>
          <Icon aria-hidden className="h-4 w-4" /> {text}
        </span>
        {call.status === "active" && (
          <Link href={`/video-call/${call.mentorshipId}`} className={`rounded text-sm font-semibold text-indigo-700 hover:underline dark:text-indigo-300 ${focusRing}`}>
            Open
          </Link>
        )}
      </div>
    </li>
  );
}

/** Pages of calls; an answer that a newer question has overtaken is dropped. */
function useCalls(mentorshipId: string | undefined, pageSize: number) {
  const [calls, setCalls] = useState<Call[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [isLoading, setIsLoading] = useState(true);
  const [problem, setProblem] = useState<string | null>(null);
  const newest = useRef(0);

  const load = useCallback(
    async (from: string | null) => {
      const mine = ++newest.current;
      setIsLoading(true);
      setProblem(null);
      try {
        const page = await listCalls({ mentorshipId, cursor: from ?? undefined, limit: pageSize });
        if (mine !== newest.current) return;
        setCalls((before) => (from ? [...before, ...page.calls] : page.calls));
        setCursor(page.nextCursor);
      } catch (error) {
        if (mine === newest.current) setProblem(error instanceof VideoCallError ? error.message : "Something went wrong.");
      }
      if (mine === newest.current) setIsLoading(false);
    },
    [mentorshipId, pageSize],
  );

  useEffect(() => {
    setCalls([]);
    setCursor(null);
    void load(null);
    return () => {
      newest.current++;
    };
  }, [load]);

  return { calls, isLoading, problem, hasMore: cursor !== null, loadMore: () => void load(cursor) };
}

/** Past calls, newest first, more on demand; of one mentorship, or of all of the caller's. */
export function VideoCallHistory({ mentorshipId, pageSize = 20 }: { mentorshipId?: string; pageSize?: number }) {
  const { calls, isLoading, problem, hasMore, loadMore } = useCalls(mentorshipId, pageSize);
  const isEmpty = calls.length === 0;
  return (
    <div className="text-slate-900 dark:text-slate-100">
      <div className={`overflow-hidden ${card}`}>
        {isEmpty && isLoading && (
          <p className={`flex items-center justify-center gap-3 px-5 py-16 ${softText}`}>
            <Spinner /> Loading the calls …
          </p>
        )}
        {isEmpty && !isLoading && !problem && (
          <div className="flex flex-col items-center gap-2 px-5 py-16 text-center">
            <CalendarClock aria-hidden className="h-10 w-10 text-slate-400" />
            <p className="font-medium">No calls yet</p>
            <p className={`text-sm ${softText}`}>Once you have held a call, it is listed here.</p>
          </div>
        )}
        {!isEmpty && (
          <ul aria-label="Calls" className="divide-y divide-slate-200 dark:divide-slate-800">
            {calls.map((call) => (
              <Row key={call.id} call={call} />
            ))}
          </ul>
        )}
        {problem && (
          <div role="alert" className="flex flex-wrap items-center justify-between gap-3 bg-amber-50 px-5 py-4 text-sm text-amber-900 dark:bg-amber-950 dark:text-amber-100">
            <p>
              The calls could not be loaded. <span>{problem}</span>
            </p>
            <button type="button" className={quietButton} onClick={loadMore}>
              Try again
            </button>
          </div>
        )}
      </div>
      {!isEmpty && hasMore && !problem && (
        <div className="flex justify-center pt-4">
          <button type="button" className={quietButton} aria-disabled={isLoading} onClick={() => !isLoading && loadMore()}>
            {isLoading && <Spinner className="h-4 w-4" />} Show more
          </button>
        </div>
      )}
    </div>
  );
}
