import { VideoCallSection } from "@/components/VideoCallSection";

export default function InstructorDashboard() {
  return (
    <main className="mx-auto max-w-3xl p-4">
      <h1 className="pb-4 text-2xl font-semibold text-slate-900 dark:text-slate-100">Instructor dashboard</h1>
      <VideoCallSection role="instructor" />
    </main>
  );
}
