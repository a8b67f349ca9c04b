import { VideoCall } from "@/components/VideoCall";

export const metadata = { title: "Video call" };

/**
 * The call of one mentorship. The component finds out whether the mentorship exists and the user
 * may join.
 */
export default async function VideoCallPage({ params }: { params: Promise<{ mentorshipId: string }> }) {
  const { mentorshipId } = await params;
  return (
    <main>
      <VideoCall mentorshipId={mentorshipId} />
    </main>
  );
}
