"use client";

import { AppWindow, CalendarX, LogIn, SearchX, ShieldX, TriangleAlert, WifiOff, type LucideIcon } from "lucide-react";
import { signIn } from "next-auth/react";
import { Action, Message } from "@/components/VideoCallMessage";
import { RequestId } from "@/components/VideoCallParts";
import type { VideoCall as Call } from "@/hooks/useAgoraVideoCall";

interface FailureText {
  Icon: LucideIcon;
  title: string;
  advice: string;
  /** The label of a button that retries, or "sign-in"; null if neither helps. */
  action: string | null;
}

const again = "Try again";
const notFound: FailureText = { Icon: SearchX, title: "Mentorship not found", advice: "Check the link, or open the call from your dashboard.", action: null };
const accessExpired: FailureText = { Icon: TriangleAlert, title: "We couldn't connect you", advice: "Your access to this call has expired.", action: again };
const removed: FailureText = { Icon: ShieldX, title: "You were removed from the call", advice: "Contact the other participant or support.", action: again };

/** Keyed by the backend's codes, and by the SDK's, which are in upper case. */
const failures: Record<string, FailureText> = {
  unauthenticated: { Icon: LogIn, title: "Sign in again", advice: "Your session has ended.", action: "sign-in" },
  mentorship_not_found: notFound,
  invalid_mentorship_id: notFound,
  not_a_participant: { Icon: ShieldX, title: "You don't have access to this call", advice: "Only the instructor and the mentee of this mentorship can join.", action: null },
  mentorship_not_active: { Icon: CalendarX, title: "This mentorship has ended", advice: "Calls are only possible while a mentorship is active.", action: null },
  agora_not_configured: { Icon: TriangleAlert, title: "Video calls aren't set up yet", advice: "Contact support.", action: again },
  INVALID_PARAMS: accessExpired,
  CAN_NOT_GET_GATEWAY_SERVER: accessExpired,
  UID_CONFLICT: { Icon: AppWindow, title: "You joined from another window", advice: "Your call goes on there.", action: "Move the call here" },
  UID_BANNED: removed,
  IP_BANNED: removed,
  CHANNEL_BANNED: removed,
  NOT_SUPPORTED: { Icon: TriangleAlert, title: "This browser doesn't support video calls", advice: "Use a current Chrome, Edge, Firefox or Safari.", action: null },
  NETWORK_ERROR: { Icon: WifiOff, title: "You lost connection", advice: "Check your internet connection and try again.", action: again },
};

// For someone who was in the call, why it ended matters more than what's allowed.
const inCallAdvice: Record<string, string> = {
  mentorship_not_active: "The call has ended because your mentorship is no longer active.",
};

/** For the phase "failed": what went wrong, and what the user can do about it. */
export function Failure({ call }: { call: Call }) {
  const code = call.problem?.code ?? "";
  const known = failures[code];
  const action = known ? known.action : again;
  return (
    <Message
      Icon={known?.Icon ?? TriangleAlert}
      title={known?.title ?? "Something went wrong"}
      action={
        action === "sign-in" ? (
          <Action label="Sign in" onClick={() => void signIn(undefined, { callbackUrl: window.location.href })} />
        ) : (
          action && <Action label={action} onClick={call.retry} />
        )
      }
    >
      <p>{(call.callId && inCallAdvice[code]) || (known?.advice ?? call.problem?.message)}</p>
      <RequestId id={call.problem?.requestId} />
    </Message>
  );
}
