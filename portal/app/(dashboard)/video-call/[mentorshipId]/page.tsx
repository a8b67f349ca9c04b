import { VideoCall } from "@/components/VideoCall";

export const metadata = { title: "Video call" };

/** The call of one mentorship; whether it is there, and the visitor's, the call itself finds out. */
export default async function VideoCallPage({ params }: { params: Promise<{ mentorshipId: string }> }) {
  const { mentorshipId } = await params;
  return (
    <main>
      <VideoCall mentorshipId={mentorshipId} />
    </main>
  );
}
