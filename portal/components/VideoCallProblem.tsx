"use client";

import { LogIn, TriangleAlert } from "lucide-react";
import { signIn } from "next-auth/react";
import type { ReactNode } from "react";
import { primaryButton, quietButton, RequestId, softText } from "@/components/VideoCallParts";
import type { VideoCallError } from "@/lib/video-call/client";

interface VideoCallProblemProps {
  error: VideoCallError;
  /** What couldn't be done, as a sentence. */
  title: string;
  /** What happens next, or the error's sentence. */
  children: ReactNode;
  onRetry(): void;
}

const signInHere = () => void signIn(undefined, { callbackUrl: window.location.href });

function SignedOut({ requestId }: { requestId: string | undefined }) {
  return (
    <div role="alert" className="flex flex-col items-center px-5 py-10 text-center">
      <LogIn aria-hidden className="mb-3 h-8 w-8 text-indigo-700 dark:text-indigo-300" />
      <p className="font-medium">You&apos;re signed out</p>
      <p className={`mt-1 text-sm ${softText}`}>Sign in to see your calls.</p>
      <button type="button" onClick={signInHere} className={`mt-5 ${primaryButton}`}>
        Sign in
      </button>
      <RequestId id={requestId} />
    </div>
  );
}

/**
 * Why a list of calls can't be shown, and what to do: sign in if the user is signed out, otherwise
 * try again. Both show the request's ID.
 */
export function VideoCallProblem({ error, title, children, onRetry }: VideoCallProblemProps) {
  if (error.status === 401) return <SignedOut requestId={error.requestId} />;
  return (
    <div role="alert" className="flex flex-col gap-4 bg-amber-50 px-5 py-4 text-sm text-amber-900 dark:bg-amber-950 dark:text-amber-100 sm:flex-row sm:items-center sm:justify-between">
      <div className="flex min-w-0 gap-3">
        <TriangleAlert aria-hidden className="mt-0.5 h-4 w-4 shrink-0" />
        <div className="flex min-w-0 flex-col items-start">
          <p className="font-medium">{title}</p>
          <p>{children}</p>
          <RequestId id={error.requestId} className="text-amber-900 dark:text-amber-100" />
        </div>
      </div>
      <button type="button" className={`shrink-0 ${quietButton}`} onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
