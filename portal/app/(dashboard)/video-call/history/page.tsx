"use client";

import { ChevronDown } from "lucide-react";
import { useEffect, useState } from "react";
import { focusRing } from "@/components/VideoCallParts";
import { VideoCallHistory } from "@/components/VideoCallHistory";
import { listMentorships, type Mentorship } from "@/lib/video-call/client";

function optionText({ counterpart, role, status }: Mentorship): string {
  const who = role === "instructor" ? "your mentee" : "your instructor";
  return `${counterpart.name ?? "Unnamed user"} (${who}${status === "active" ? "" : `, ${status}`})`;
}

/** The signed-in user's calls, with everyone or with one person. */
export default function VideoCallHistoryPage() {
  const [mentorships, setMentorships] = useState<Mentorship[] | null>(null);
  const [chosen, setChosen] = useState("");

  useEffect(() => {
    let isWanted = true;
    listMentorships().then(
      (answer) => isWanted && setMentorships(answer.mentorships),
      () => isWanted && setMentorships([]), // the list of all calls works without them
    );
    return () => {
      isWanted = false;
    };
  }, []);

  return (
    <main className="mx-auto max-w-3xl px-4 py-8 text-slate-900 dark:text-slate-100">
      <div className="flex flex-col gap-4 pb-6 sm:flex-row sm:items-center sm:justify-between">
        <h1 className="text-2xl font-bold tracking-tight">Past calls</h1>
        <label className={`flex items-center gap-3 text-sm font-medium ${mentorships?.length === 0 ? "hidden" : ""}`}>
          With
          <span className="relative block min-w-0 flex-1 sm:w-64 sm:flex-none">
            <select
              value={chosen}
              onChange={(event) => setChosen(event.target.value)}
              className={`min-h-11 w-full appearance-none truncate rounded-xl border border-slate-300 bg-white pl-3 pr-9 font-normal dark:border-slate-600 dark:bg-slate-900 ${focusRing}`}
            >
              <option value="">Everyone</option>
              {mentorships?.map((one) => (
                <option key={one.id} value={one.id}>
                  {optionText(one)}
                </option>
              ))}
            </select>
            <ChevronDown aria-hidden className="pointer-events-none absolute right-3 top-1/2 h-4 w-4 -translate-y-1/2" />
          </span>
        </label>
      </div>
      <VideoCallHistory mentorships={mentorships} mentorshipId={chosen || undefined} />
    </main>
  );
}
