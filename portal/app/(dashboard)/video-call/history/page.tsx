"use client";

import { useEffect, useState } from "react";
import { VideoCallHistory } from "@/components/VideoCallHistory";
import { listMentorships, type Mentorship } from "@/lib/video-call/client";

export default function VideoCallHistoryPage() {
  const [mentorships, setMentorships] = useState<Mentorship[]>([]);
  const [chosen, setChosen] = useState("");

  useEffect(() => {
    let isWanted = true;
    listMentorships().then(
      (answer) => isWanted && setMentorships(answer.mentorships),
      () => undefined, // without them the list of all calls is still there
    );
    return () => {
      isWanted = false;
    };
  }, []);

  return (
    <main className="mx-auto max-w-3xl p-4 text-slate-900 dark:text-slate-100">
      <div className="flex flex-wrap items-end justify-between gap-3 pb-3">
        <h1 className="text-2xl font-semibold">Past calls</h1>
        <label className="flex items-center gap-2 text-sm">
          With
          <select
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
            className="max-w-56 rounded-lg border border-slate-300 bg-white px-3 py-2 focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400 dark:border-slate-600 dark:bg-slate-900"
          >
            <option value="">everybody</option>
            {mentorships.map(({ id, counterpart, role, status }) => (
              <option key={id} value={id}>
                {counterpart.name ?? "somebody"} ({role === "instructor" ? "your mentee" : "your instructor"}
                {status === "active" ? "" : `, ${status}`})
              </option>
            ))}
          </select>
        </label>
      </div>
      <VideoCallHistory mentorshipId={chosen || undefined} />
    </main>
  );
}
