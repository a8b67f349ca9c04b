"use client";

import { AppWindow, CalendarX, CheckCircle2, Clock3, LogIn, LogOut, type LucideIcon, SearchX, ShieldX, TriangleAlert, WifiOff } from "lucide-react";
import { signIn } from "next-auth/react";
import Link from "next/link";
import { useEffect, useRef, type ReactNode } from "react";
import { card, durationText, primaryButton, quietButton, softText, Spinner } from "@/components/VideoCallParts";
import { VideoCallStage } from "@/components/VideoCallStage";
import { useAgoraVideoCall, type VideoCall as Call } from "@/hooks/useAgoraVideoCall";

interface MessageProps {
  /** A wheel where none is given: something is under way. */
  Icon?: LucideIcon;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

function Message({ Icon, title, children, action }: MessageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // Whoever had the focus on a button that is gone would start from the top of the page.
    if (document.activeElement === document.body) heading.current?.focus();
  }, [title]);
  return (
    <div className="flex min-h-[75vh] items-center justify-center p-4">
      <section role="status" className={`flex w-full max-w-md flex-col items-center px-6 py-10 text-center text-slate-900 dark:text-slate-100 ${card}`}>
        <span className="mb-5 flex h-14 w-14 items-center justify-center rounded-full bg-indigo-50 text-indigo-700 dark:bg-indigo-950 dark:text-indigo-300">
          {Icon ? <Icon aria-hidden className="h-7 w-7" /> : <Spinner className="h-7 w-7" />}
        </span>
        <h1 ref={heading} tabIndex={-1} className="text-balance text-xl font-semibold focus:outline-none">
          {title}
        </h1>
        {children && <div className={`mt-2 text-pretty ${softText}`}>{children}</div>}
        <div className="mt-8 flex w-full flex-col-reverse justify-center gap-3 sm:flex-row">
          <Link href="/video-call/history" className={quietButton}>
            Past calls
          </Link>
          {action}
        </div>
      </section>
    </div>
  );
}

const Action = ({ label, onClick }: { label: string; onClick(): void }) => (
  <button type="button" onClick={onClick} className={primaryButton}>
    {label}
  </button>
);

interface FailureText {
  Icon: LucideIcon;
  title: string;
  advice: string;
  /** What there is to do; nothing, where nothing helps. */
  way: "again" | "sign-in" | "none";
}

const notFound: FailureText = { Icon: SearchX, title: "Mentorship not found", advice: "This link leads to no mentorship. Please check it, or start from your dashboard.", way: "none" };
const passRefused: FailureText = { Icon: TriangleAlert, title: "The call could not be joined", advice: "Your pass for this call was not accepted or has expired. Please try again.", way: "again" };
const removed: FailureText = { Icon: ShieldX, title: "You were taken out of the call", advice: "Please ask the other one, or the people who run this portal.", way: "again" };

/** By the backend's codes, and the SDK's in capitals. */
const failures: Record<string, FailureText> = {
  unauthenticated: { Icon: LogIn, title: "Please sign in again", advice: "Your session has ended.", way: "sign-in" },
  mentorship_not_found: notFound,
  invalid_mentorship_id: notFound,
  not_a_participant: { Icon: ShieldX, title: "This call is not yours", advice: "Only the instructor and the mentee of this mentorship can join.", way: "none" },
  mentorship_not_active: { Icon: CalendarX, title: "This mentorship is over", advice: "Calls can be held only while a mentorship is active.", way: "none" },
  agora_not_configured: { Icon: TriangleAlert, title: "Video calls are not set up yet", advice: "Please tell the people who run this portal.", way: "again" },
  INVALID_PARAMS: passRefused,
  CAN_NOT_GET_GATEWAY_SERVER: passRefused,
  UID_CONFLICT: { Icon: AppWindow, title: "You are in this call in another window", advice: "The call goes on there. You can bring it back here.", way: "again" },
  UID_BANNED: removed,
  IP_BANNED: removed,
  CHANNEL_BANNED: removed,
  NOT_SUPPORTED: { Icon: TriangleAlert, title: "This browser cannot hold video calls", advice: "Please use a current Chrome, Edge, Firefox or Safari.", way: "none" },
  NETWORK_ERROR: { Icon: WifiOff, title: "The connection was lost", advice: "Please check your network and try again.", way: "again" },
};

function Failure({ call }: { call: Call }) {
  const known = failures[call.problem?.code ?? ""];
  const way = known?.way ?? "again";
  return (
    <Message
      Icon={known?.Icon ?? TriangleAlert}
      title={known?.title ?? "Something went wrong"}
      action={
        way === "again" ? (
          <Action label="Try again" onClick={call.retry} />
        ) : way === "sign-in" ? (
          <Action label="Sign in" onClick={() => void signIn(undefined, { callbackUrl: window.location.href })} />
        ) : undefined
      }
    >
      {known?.advice ?? call.problem?.message}
    </Message>
  );
}

function Ended({ call }: { call: Call }) {
  const { by = "nobody", durationSeconds = null } = call.ending ?? {};
  const otherName = call.otherName ?? (call.role === "instructor" ? "Your mentee" : "Your instructor");
  const sentence = { you: "You ended it.", other: `${otherName} ended it.`, nobody: "It broke off: nobody was there any more." }[by];
  return (
    <Message
      Icon={by === "nobody" ? WifiOff : CheckCircle2}
      title="The call has ended"
      action={call.role === "instructor" ? <Action label="Start another" onClick={call.retry} /> : undefined}
    >
      <p>{sentence}</p>
      {durationSeconds !== null && <p>It lasted {durationText(durationSeconds)}.</p>}
    </Message>
  );
}

/** The whole of a mentorship's call: what is in the way, the call itself, and what comes after. */
export function VideoCall({ mentorshipId }: { mentorshipId: string }) {
  const call = useAgoraVideoCall(mentorshipId);
  switch (call.phase) {
    case "loading":
    case "joining":
      return <Message title="Joining the call …">{call.otherName && `With ${call.otherName}`}</Message>;
    case "unreachable":
      return (
        <Message Icon={WifiOff} title="No connection to the service" action={<Action label="Try again" onClick={call.retry} />}>
          Trying again by itself. Perhaps your network is down.
        </Message>
      );
    case "not-started":
      return (
        <Message Icon={Clock3} title="Your instructor has not started the call yet">
          <p>
            Keep this page open: you will join by yourself as soon as {call.otherName ?? "your instructor"} begins.
          </p>
          <p className="mt-4 flex items-center justify-center gap-2 text-sm">
            <Spinner className="h-4 w-4" /> Waiting
          </p>
        </Message>
      );
    case "in-call":
    case "reconnecting":
      return <VideoCallStage call={call} />;
    case "leaving":
      return <Message title="Leaving the call …" />;
    case "left":
      return (
        <Message Icon={LogOut} title="You have left the call" action={<Action label="Join again" onClick={call.retry} />}>
          {call.problem?.message ?? "As long as it goes on, you can come back."}
        </Message>
      );
    case "ended":
      return <Ended call={call} />;
    case "failed":
      return <Failure call={call} />;
  }
}
