"use client";

import { Loader2, Video } from "lucide-react";
import Link from "next/link";
import { useEffect, useState } from "react";
import { listMentorships, type Mentorship, type Role } from "@/lib/video-call/client";

const askEveryMs = 10_000;

function stateText({ role, activeCall }: Mentorship): string {
  if (!activeCall) return role === "instructor" ? "No call is going on" : "Not started yet";
  if (role === "instructor") return activeCall.menteePresent ? "Your mentee is in the call" : "A call is open";
  return activeCall.instructorPresent ? "Your instructor is in the call" : "The call is open, your instructor is away";
}

function actionText({ role, activeCall }: Mentorship): string {
  if (role === "instructor") return activeCall ? "Resume call" : "Start call";
  return activeCall ? "Join call" : "Wait for the call";
}

function Item({ mentorship }: { mentorship: Mentorship }) {
  const isOpen = mentorship.activeCall !== null;
  return (
    <li className="flex flex-wrap items-center justify-between gap-3 py-3">
      <div className="min-w-0">
        <p className="truncate font-medium">{mentorship.counterpart.name ?? "Somebody without a name"}</p>
        <p className="flex items-center gap-2 text-sm text-slate-600 dark:text-slate-300">
          <span aria-hidden className={`h-2 w-2 rounded-full ${isOpen ? "bg-green-500" : "bg-slate-400"}`} />
          {stateText(mentorship)}
        </p>
      </div>
      <Link
        href={`/video-call/${mentorship.id}`}
        className={`inline-flex items-center gap-2 rounded-lg px-4 py-2 font-medium focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400 ${
          isOpen || mentorship.role === "instructor"
            ? "bg-sky-700 text-white hover:bg-sky-800"
            : "border border-slate-300 hover:bg-slate-100 dark:border-slate-600 dark:hover:bg-slate-800"
        }`}
      >
        <Video aria-hidden className="h-4 w-4" /> {actionText(mentorship)}
      </Link>
    </li>
  );
}

/** A dashboard's section: the caller's active mentorships in this role, and their calls as they are now. */
export function VideoCallSection({ role }: { role: Role }) {
  const [mentorships, setMentorships] = useState<Mentorship[] | null>(null);
  const [hasFailed, setHasFailed] = useState(false);

  useEffect(() => {
    let isWanted = true;
    const load = async () => {
      try {
        const answer = await listMentorships();
        if (!isWanted) return;
        setMentorships(answer.mentorships.filter((one) => one.role === role && one.status === "active"));
        setHasFailed(false);
      } catch {
        if (isWanted) setHasFailed(true);
      }
    };
    void load();
    const timer = setInterval(() => document.visibilityState === "visible" && void load(), askEveryMs);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [role]);

  return (
    <section aria-labelledby="video-calls" className="rounded-2xl border border-slate-200 bg-white p-4 text-slate-900 dark:border-slate-700 dark:bg-slate-900 dark:text-slate-100">
      <div className="flex items-baseline justify-between gap-3">
        <h2 id="video-calls" className="text-lg font-semibold">
          Video calls
        </h2>
        <Link href="/video-call/history" className="text-sm underline underline-offset-4 focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400">
          Past calls
        </Link>
      </div>
      {hasFailed && (
        <p role="alert" className="py-2 text-sm text-red-700 dark:text-red-300">
          The calls cannot be shown right now. Trying again …
        </p>
      )}
      {!mentorships && !hasFailed && <Loader2 aria-label="Loading" className="my-4 h-6 w-6 animate-spin motion-reduce:animate-none" />}
      {mentorships?.length === 0 && <p className="py-4 text-slate-600 dark:text-slate-300">You have no active mentorship here.</p>}
      <ul className="divide-y divide-slate-200 dark:divide-slate-700">{mentorships?.map((one) => <Item key={one.id} mentorship={one} />)}</ul>
    </section>
  );
}
