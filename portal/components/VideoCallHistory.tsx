"use client";

import { CalendarClock, CheckCircle2, type LucideIcon, Radio, TriangleAlert, UserX } from "lucide-react";
import Link from "next/link";
import { useCallback, useEffect, useRef, useState } from "react";
import { Avatar, card, durationText, focusRing, quietButton, softText, Spinner } from "@/components/VideoCallParts";
import { VideoCallProblem } from "@/components/VideoCallProblem";
import { listCalls, type Call, type Mentorship, type Role, type VideoCallError } from "@/lib/video-call/client";

const day = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", year: "numeric" });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });

const came = (call: Call, role: Role) => call.participants.some((participant) => participant.role === role);
const sideText = (role: Role) => (role === "mentee" ? "Mentee" : "Instructor");

/** Who never joined, worded for the caller; null if both did. `role` is the caller's, if known. */
function absenceText(call: Call, role: Role | undefined): string | null {
  const [absent, ...others] = (["mentee", "instructor"] as const).filter((side) => !came(call, side));
  if (!absent) return null;
  if (others.length > 0) return "Nobody joined";
  if (!role) return `${sideText(absent)} didn't join`;
  return absent === role ? "You didn't join" : "They didn't join";
}

/** How a call ended, in words. A call that somebody never joined doesn't count as ended unexpectedly. */
function outcome(call: Call, role: Role | undefined): { text: string; Icon: LucideIcon; colours: string } {
  if (call.status === "active") return { text: "In progress", Icon: Radio, colours: "bg-emerald-100 text-emerald-900 dark:bg-emerald-950 dark:text-emerald-200" };
  const absence = absenceText(call, role);
  if (absence) return { text: absence, Icon: UserX, colours: "bg-amber-100 text-amber-900 dark:bg-amber-950 dark:text-amber-200" };
  if (call.status === "failed") return { text: "Ended unexpectedly", Icon: TriangleAlert, colours: "bg-red-100 text-red-900 dark:bg-red-950 dark:text-red-200" };
  return { text: "Completed", Icon: CheckCircle2, colours: "bg-slate-100 text-slate-800 dark:bg-slate-800 dark:text-slate-200" };
}

/** The other participant's name; the names of those who joined if it isn't known which one is the caller. */
function titleOf(call: Call, mentorship: Mentorship | undefined): string {
  if (mentorship) return mentorship.counterpart.name ?? "Unnamed user";
  return call.participants.map(({ name, role }) => name ?? sideText(role)).join(" and ") || "Nobody joined";
}

function Row({ call, mentorship }: { call: Call; mentorship: Mentorship | undefined }) {
  const { text, Icon, colours } = outcome(call, mentorship?.role);
  const start = new Date(call.startTime);
  const title = titleOf(call, mentorship);
  return (
    <li className="flex flex-col gap-3 px-5 py-4 sm:flex-row sm:items-center sm:justify-between">
      <div className="flex min-w-0 items-center gap-3">
        <Avatar name={title} />
        <div className="min-w-0">
          <p className="truncate font-medium">{title}</p>
          <p className={`text-sm ${softText}`}>
            <time dateTime={call.startTime}>
              {day.format(start)}, {hour.format(start)}
            </time>
            {call.durationSeconds !== null && <span className="inline-block tabular-nums">&nbsp;· {durationText(call.durationSeconds)}</span>}
          </p>
        </div>
      </div>
      <div className="flex shrink-0 items-center gap-3">
        <span className={`inline-flex items-center gap-1.5 rounded-full px-3 py-1 text-sm font-medium ${colours}`}>
          <Icon aria-hidden className="h-4 w-4" /> {text}
        </span>
        {call.status === "active" && (
          <Link href={`/video-call/${call.mentorshipId}`} className={`inline-flex min-h-8 items-center rounded text-sm font-semibold text-indigo-700 hover:underline dark:text-indigo-300 ${focusRing}`}>
            Join call<span className="sr-only"> with {title}</span>
          </Link>
        )}
      </div>
    </li>
  );
}

/** Loads calls page by page. A response that arrives after a newer request was sent is dropped. */
function useCalls(mentorshipId: string | undefined, pageSize: number) {
  const [calls, setCalls] = useState<Call[]>([]);
  const [cursor, setCursor] = useState<string | null>(null);
  const [isLoading, setIsLoading] = useState(true);
  const [error, setError] = useState<VideoCallError | null>(null);
  const newest = useRef(0);

  const load = useCallback(
    async (from: string | null) => {
      const mine = ++newest.current;
      setIsLoading(true);
      setError(null);
      try {
        const page = await listCalls({ mentorshipId, cursor: from ?? undefined, limit: pageSize });
        if (mine !== newest.current) return;
        setCalls((before) => (from ? [...before, ...page.calls] : page.calls));
        setCursor(page.nextCursor);
      } catch (problem) {
        if (mine !== newest.current) return;
        setError(problem as VideoCallError);
        // Don't leave names on the screen after the user has signed out.
        if ((problem as VideoCallError).status === 401) setCalls([]);
      }
      setIsLoading(false);
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

  return { calls, isLoading, error, hasMore: cursor !== null, loadMore: () => void load(cursor) };
}

function Empty({ chosen }: { chosen: Mentorship | undefined }) {
  return (
    <div className="flex flex-col items-center gap-2 px-5 py-16 text-center">
      <CalendarClock aria-hidden className="h-10 w-10 text-slate-400" />
      <p className="font-medium">{chosen ? `No calls with ${chosen.counterpart.name ?? "this person"} yet` : "No calls yet"}</p>
      <p className={`text-sm ${softText}`}>Calls show up here once they&apos;ve started.</p>
    </div>
  );
}

interface VideoCallHistoryProps {
  /**
   * The caller's mentorships, which say who the other participant of each call is; null while
   * they're loading. A call of any other mentorship shows everyone who joined.
   */
  mentorships: Mentorship[] | null;
  /** Only the calls of this mentorship; all calls if undefined. */
  mentorshipId?: string;
  /** How many calls to load at a time, from 1 to 100. */
  pageSize?: number;
}

/** The caller's calls, newest first, with a button that loads more. */
export function VideoCallHistory({ mentorships, mentorshipId, pageSize = 20 }: VideoCallHistoryProps) {
  const { calls, isLoading, error, hasMore, loadMore } = useCalls(mentorshipId, pageSize);
  const find = (id: string | undefined) => mentorships?.find((one) => one.id === id);
  const shown = mentorships ? calls : [];
  const isEmpty = shown.length === 0;
  const isWaiting = isLoading || (!mentorships && !error);
  return (
    <div className="text-slate-900 dark:text-slate-100">
      <div className={`overflow-hidden ${card}`}>
        {isEmpty && isWaiting && (
          <p role="status" className={`flex items-center justify-center gap-3 px-5 py-16 ${softText}`}>
            <Spinner /> Loading your calls…
          </p>
        )}
        {isEmpty && !isWaiting && !error && <Empty chosen={find(mentorshipId)} />}
        {!isEmpty && (
          <ul aria-label="Calls" className="divide-y divide-slate-200 dark:divide-slate-800">
            {shown.map((call) => (
              <Row key={call.id} call={call} mentorship={find(call.mentorshipId)} />
            ))}
          </ul>
        )}
        {error && (
          <VideoCallProblem error={error} title={isEmpty ? "Your calls couldn't be loaded." : "More calls couldn't be loaded."} onRetry={loadMore}>
            {error.message}
          </VideoCallProblem>
        )}
      </div>
      {!isEmpty && hasMore && !error && (
        <div className="flex justify-center pt-4">
          <button type="button" className={quietButton} aria-disabled={isLoading} onClick={() => !isLoading && loadMore()}>
            {isLoading && <Spinner className="h-4 w-4" />} Show more
          </button>
        </div>
      )}
    </div>
  );
}
