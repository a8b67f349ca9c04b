import { VideoCall } from "@/components/VideoCall";

export const metadata = { title: "Video call" };

export default async function VideoCallPage({ params }: { params: Promise<{ mentorshipId: string }> }) {
  const { mentorshipId } = await params;
  return <VideoCall mentorshipId={mentorshipId} />;
}
