"use client";

import { History, Users, Video } from "lucide-react";
import Link from "next/link";
import { useEffect, useId, useState } from "react";
import { Avatar, card, focusRing, primaryButton, quietButton, softText } from "@/components/VideoCallParts";
import { listMentorships, VideoCallError, type Mentorship, type Role } from "@/lib/video-call/client";

const askEveryMs = 10_000;

function stateText({ role, activeCall }: Mentorship, name: string): string {
  if (!activeCall) return "No active call";
  const { instructorPresent, menteePresent } = activeCall;
  const [isOtherThere, isSelfThere] = role === "instructor" ? [menteePresent, instructorPresent] : [instructorPresent, menteePresent];
  if (isOtherThere) return isSelfThere ? "You're both in the call" : `${name} is waiting for you`;
  return isSelfThere ? `You're in the call, waiting for ${name}` : "The call is open";
}

function actionText({ role, activeCall }: Mentorship): string {
  if (!activeCall) return role === "instructor" ? "Start call" : "Join call";
  const isSelfThere = role === "instructor" ? activeCall.instructorPresent : activeCall.menteePresent;
  return isSelfThere ? "Resume call" : "Join call";
}

function Item({ mentorship }: { mentorship: Mentorship }) {
  const isOpen = mentorship.activeCall !== null;
  const name = mentorship.counterpart.name ?? "Somebody without a name";
  return (
    <li className="flex flex-col gap-3 px-5 py-4 sm:flex-row sm:items-center sm:justify-between">
      <div className="flex min-w-0 items-center gap-3">
        <Avatar name={name} />
        <div className="min-w-0">
          <p className="truncate font-medium">{name}</p>
          <p className={`flex items-center gap-2 text-sm ${isOpen ? "font-medium text-emerald-700 dark:text-emerald-400" : softText}`}>
            <span aria-hidden className={`h-2 w-2 shrink-0 rounded-full ${isOpen ? "bg-emerald-500" : "bg-slate-400 dark:bg-slate-600"}`} />
            {stateText(mentorship, name)}
          </p>
        </div>
      </div>
      <Link href={`/video-call/${mentorship.id}`} className={isOpen || mentorship.role === "instructor" ? primaryButton : quietButton}>
        <Video aria-hidden className="h-4 w-4" />
        <span>
          {actionText(mentorship)}
          <span className="sr-only"> with {name}</span>
        </span>
      </Link>
    </li>
  );
}

function Skeleton() {
  return (
    <div role="status" className="px-5 py-4">
      <span className="sr-only">Loading the calls …</span>
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

/** The caller's active mentorships in that role, kept up to date while the page is looked at. */
function useMentorships(role: Role) {
  const [mentorships, setMentorships] = useState<Mentorship[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  useEffect(() => {
    let isWanted = true;
    const load = async () => {
      try {
        const answer = await listMentorships();
        if (!isWanted) return;
        setMentorships(answer.mentorships.filter((one) => one.role === role && one.status === "active"));
        setProblem(null);
      } catch (error) {
        const isSignedOut = error instanceof VideoCallError && error.status === 401;
        if (isWanted) setProblem(isSignedOut ? "Your session has ended. Please sign in again." : "The calls cannot be shown right now. Trying again …");
      }
    };
    const loadIfSeen = () => document.visibilityState === "visible" && void load();
    void load();
    const timer = setInterval(loadIfSeen, askEveryMs);
    document.addEventListener("visibilitychange", loadIfSeen);
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", loadIfSeen);
    };
  }, [role]);

  return { mentorships, problem };
}

/** A dashboard's section: whom the person can call in this role, and their calls as they are now. */
export function VideoCallSection({ role }: { role: Role }) {
  const { mentorships, problem } = useMentorships(role);
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
      {problem && (
        <p role="alert" className="bg-amber-50 px-5 py-3 text-sm text-amber-900 dark:bg-amber-950 dark:text-amber-100">
          {problem}
        </p>
      )}
      {!mentorships && !problem && <Skeleton />}
      {mentorships?.length === 0 && (
        <div className={`flex flex-col items-center gap-2 px-5 py-10 text-center ${softText}`}>
          <Users aria-hidden className="h-8 w-8" />
          <p>You have no active mentorship here.</p>
        </div>
      )}
      {mentorships && mentorships.length > 0 && (
        <ul className="divide-y divide-slate-200 dark:divide-slate-800">
          {mentorships.map((one) => (
            <Item key={one.id} mentorship={one} />
          ))}
        </ul>
      )}
    </section>
  );
}
