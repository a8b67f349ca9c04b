import { VideoCallSection } from "@/components/VideoCallSection";

export default function StudentDashboard() {
  return (
    <main className="mx-auto max-w-3xl px-4 py-8">
      <h1 className="pb-6 text-2xl font-bold tracking-tight text-slate-900 dark:text-slate-100">Student dashboard</h1>
      <VideoCallSection role="mentee" />
    </main>
  );
}
