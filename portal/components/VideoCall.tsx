"use client";

import { CheckCircle2, LogOut, WifiOff } from "lucide-react";
import { Failure } from "@/components/VideoCallFailure";
import { Action, Message } from "@/components/VideoCallMessage";
import { durationText, RequestId } from "@/components/VideoCallParts";
import { VideoCallPreJoin } from "@/components/VideoCallPreJoin";
import { VideoCallStage } from "@/components/VideoCallStage";
import { useAgoraVideoCall, type VideoCall as Call } from "@/hooks/useAgoraVideoCall";

function Ended({ call }: { call: Call }) {
  const { by = "nobody", durationSeconds = null } = call.ending ?? {};
  const otherName = call.otherName ?? (call.role === "instructor" ? "Your mentee" : "Your instructor");
  const sentence = { you: "You ended it for everyone.", other: `${otherName} ended it.`, nobody: "It ended because both of you lost connection." }[by];
  return (
    <Message
      Icon={by === "nobody" ? WifiOff : CheckCircle2}
      title="The call has ended"
      action={call.role === "instructor" ? <Action label="Start a new call" onClick={call.retry} /> : undefined}
    >
      <p>{sentence}</p>
      {durationSeconds !== null && <p>It lasted {durationText(durationSeconds)}.</p>}
    </Message>
  );
}

/**
 * A visit to the mentorship's call, in every phase: before joining, during the call, after it, and
 * errors.
 */
export function VideoCall({ mentorshipId }: { mentorshipId: string }) {
  const call = useAgoraVideoCall(mentorshipId);
  switch (call.phase) {
    case "loading":
      return <Message title="Loading…" />;
    case "ready":
    case "not-started":
      return <VideoCallPreJoin call={call} />;
    case "joining":
      return call.hasSeenMirror ? <VideoCallPreJoin call={call} /> : <Message title="Joining the call…" />;
    case "unreachable":
      return (
        <Message Icon={WifiOff} title="We can't reach the service" action={<Action label="Try again" onClick={call.retry} />}>
          <p>Reconnecting automatically. Check your internet connection.</p>
          <RequestId id={call.problem?.requestId} />
        </Message>
      );
    case "in-call":
    case "reconnecting":
      return <VideoCallStage call={call} />;
    case "leaving":
      return <Message title="Leaving the call…" />;
    case "left":
      return (
        <Message Icon={LogOut} title="You left the call" action={<Action label="Rejoin" onClick={call.retry} />}>
          <p>{call.problem?.message ?? "You can rejoin as long as the call goes on."}</p>
          <RequestId id={call.problem?.requestId} />
        </Message>
      );
    case "ended":
      return <Ended call={call} />;
    case "failed":
      return <Failure call={call} />;
  }
}
