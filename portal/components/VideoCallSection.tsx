"use client";

import { History, UserX, Users, Video } from "lucide-react";
import Link from "next/link";
import { useCallback, useEffect, useId, useRef, useState } from "react";
import { Avatar, card, focusRing, primaryButton, quietButton, softText } from "@/components/VideoCallParts";
import { VideoCallProblem } from "@/components/VideoCallProblem";
import { listMentorships, type Mentorship, type Role, type VideoCallError } from "@/lib/video-call/client";

const refreshMs = 10_000;

const nameOf = ({ counterpart }: Mentorship) => counterpart.name ?? "Unnamed user";

/** Who is in the call, from the caller's point of view. */
function presence({ role, activeCall }: Mentorship) {
  const { instructorPresent = false, menteePresent = false } = activeCall ?? {};
  const [isSelfThere, isOtherThere] = role === "instructor" ? [instructorPresent, menteePresent] : [menteePresent, instructorPresent];
  return { isSelfThere, isOtherThere };
}

const isWaiting = (mentorship: Mentorship) => presence(mentorship).isOtherThere && !presence(mentorship).isSelfThere;
const waitingText = (mentorship: Mentorship) => `${nameOf(mentorship)} is waiting for you`;

function stateText(mentorship: Mentorship): string {
  if (!mentorship.activeCall) return "No active call";
  if (isWaiting(mentorship)) return waitingText(mentorship);
  const { isSelfThere, isOtherThere } = presence(mentorship);
  if (isOtherThere) return "You're both in the call";
  return isSelfThere ? `You're in the call, waiting for ${nameOf(mentorship)}` : "The call is open, and nobody's in it right now";
}

function actionText(mentorship: Mentorship): string {
  if (!mentorship.activeCall) return mentorship.role === "instructor" ? "Start call" : "Join call";
  return presence(mentorship).isSelfThere ? "Resume call" : "Join call";
}

function State({ mentorship }: { mentorship: Mentorship }) {
  const isOpen = mentorship.activeCall !== null;
  return (
    <p className={`flex gap-2 text-sm ${isOpen ? "font-medium text-emerald-800 dark:text-emerald-400" : softText}`}>
      <span aria-hidden className={`mt-1.5 h-2 w-2 shrink-0 rounded-full ${isOpen ? "bg-emerald-500" : "bg-slate-400 dark:bg-slate-600"}`} />
      {stateText(mentorship)}
    </p>
  );
}

/** Says why there's no call to start: the other participant has no linked Discord account. */
function CannotJoin({ mentorship }: { mentorship: Mentorship }) {
  return (
    <div className="mt-1 flex gap-2 text-sm text-amber-900 dark:text-amber-200">
      <UserX aria-hidden className="mt-0.5 h-4 w-4 shrink-0" />
      <p>
        <span className="font-medium">Can&apos;t join calls: no Discord account linked.</span> Ask {nameOf(mentorship)} to link one, or contact support.
      </p>
    </div>
  );
}

function Item({ mentorship }: { mentorship: Mentorship }) {
  const isOpen = mentorship.activeCall !== null;
  const isBlocked = !mentorship.counterpart.canJoin;
  return (
    <li className={`flex flex-col gap-3 px-5 py-4 sm:flex-row sm:items-center sm:justify-between ${isWaiting(mentorship) ? "bg-emerald-50 dark:bg-emerald-950/40" : ""}`}>
      <div className={`flex min-w-0 gap-3 ${isBlocked ? "items-start" : "items-center"}`}>
        <Avatar name={mentorship.counterpart.name} />
        <div className="min-w-0">
          <p className="truncate font-medium">{nameOf(mentorship)}</p>
          {(isOpen || !isBlocked) && <State mentorship={mentorship} />}
          {isBlocked && <CannotJoin mentorship={mentorship} />}
        </div>
      </div>
      {(isOpen || !isBlocked) && (
        <Link href={`/video-call/${mentorship.id}`} className={`shrink-0 ${isOpen || mentorship.role === "instructor" ? primaryButton : quietButton}`}>
          <Video aria-hidden className="h-4 w-4" />
          <span>
            {actionText(mentorship)}
            <span className="sr-only"> with {nameOf(mentorship)}</span>
          </span>
        </Link>
      )}
    </li>
  );
}

function Skeleton() {
  return (
    <div role="status" className="px-5 py-4">
      <span className="sr-only">Loading your calls…</span>
      <div aria-hidden className="flex animate-pulse items-center gap-3 motion-reduce:animate-none">
        <span className="h-10 w-10 rounded-full bg-slate-200 dark:bg-slate-700" />
        <span className="grid gap-2">
          <span className="h-4 w-36 rounded bg-slate-200 dark:bg-slate-700" />
          <span className="h-3 w-24 rounded bg-slate-200 dark:bg-slate-700" />
        </span>
      </div>
    </div>
  );
}

function Empty() {
  return (
    <div className={`flex flex-col items-center gap-2 px-5 py-10 text-center ${softText}`}>
      <Users aria-hidden className="h-8 w-8" />
      <p className="font-medium text-slate-900 dark:text-slate-100">You have no active mentorships here</p>
      <p className="max-w-md text-pretty text-sm">If you expected one, make sure you&apos;re signed in with the Discord account that&apos;s linked to it, or contact support.</p>
    </div>
  );
}

/**
 * The caller's active mentorships in that role, refreshed every ten seconds while the page is
 * visible; null until loaded.
 */
function useMentorships(role: Role) {
  const [mentorships, setMentorships] = useState<Mentorship[] | null>(null);
  const [error, setError] = useState<VideoCallError | null>(null);
  const asked = useRef(0);
  const shown = useRef(0);

  const load = useCallback(async () => {
    const mine = ++asked.current;
    // Late means older than what's shown. Dropping all but the newest request's response would,
    // when responses are slow, never show any.
    const isLate = () => mine <= shown.current;
    try {
      const answer = await listMentorships();
      if (isLate()) return;
      shown.current = mine;
      setMentorships(answer.mentorships.filter((one) => one.role === role && one.status === "active"));
      setError(null);
    } catch (problem) {
      if (isLate()) return;
      shown.current = mine;
      setError(problem as VideoCallError);
      // Don't leave names on the screen after the user has signed out.
      if ((problem as VideoCallError).status === 401) setMentorships(null);
    }
  }, [role]);

  useEffect(() => {
    const loadIfVisible = () => document.visibilityState === "visible" && void load();
    void load();
    const timer = setInterval(loadIfVisible, refreshMs);
    document.addEventListener("visibilitychange", loadIfVisible);
    return () => {
      shown.current = ++asked.current;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", loadIfVisible);
    };
  }, [load]);

  return { mentorships, error, retry: () => void load() };
}

/** A dashboard's section: the people the user can call in this role, and who's in a call now. */
export function VideoCallSection({ role }: { role: Role }) {
  const { mentorships, error, retry } = useMentorships(role);
  const heading = useId();
  return (
    <section aria-labelledby={heading} className={`overflow-hidden text-slate-900 dark:text-slate-100 ${card}`}>
      <div className="flex items-center justify-between gap-3 border-b border-slate-200 px-5 py-4 dark:border-slate-800">
        <h2 id={heading} className="text-lg font-semibold">
          Video calls
        </h2>
        <Link href="/video-call/history" className={`inline-flex min-h-8 items-center gap-1.5 rounded text-sm font-medium text-indigo-700 hover:underline dark:text-indigo-300 ${focusRing}`}>
          <History aria-hidden className="h-4 w-4" /> Past calls
        </Link>
      </div>
      {error && (
        <VideoCallProblem error={error} title="Your calls can't be loaded right now." onRetry={retry}>
          {mentorships ? "What you see may be out of date. " : ""}Trying again automatically.
        </VideoCallProblem>
      )}
      {!mentorships && !error && <Skeleton />}
      {mentorships?.length === 0 && <Empty />}
      {mentorships && mentorships.length > 0 && (
        <ul className="divide-y divide-slate-200 dark:divide-slate-800">
          {mentorships.map((one) => (
            <Item key={one.id} mentorship={one} />
          ))}
        </ul>
      )}
      <p role="status" className="sr-only">
        {mentorships?.filter(isWaiting).map(waitingText).join(". ")}
      </p>
    </section>
  );
}
