"use client";

import { useEffect, useId, useRef, useState } from "react";
import { quietButton } from "@/components/VideoCallParts";

const redButton =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-xl bg-red-700 px-4 text-sm font-semibold text-white transition-colors hover:bg-red-800 focus:outline-none focus-visible:ring-2 focus-visible:ring-red-700 focus-visible:ring-offset-2 focus-visible:ring-offset-white dark:focus-visible:ring-red-300 dark:focus-visible:ring-offset-slate-900";

interface LeaveDialogProps {
  /** The other participant, as in the middle of a sentence. */
  otherName: string;
  /** Whether to offer ending the call for both. */
  canEnd: boolean;
  onLeave(): void;
  onEnd(): void;
  /** The user stays: with the button, Escape, or a click outside the dialog. */
  onStay(): void;
}

/**
 * Asks before the user leaves a call, and again before ending it for both. Opens when mounted;
 * unmount it to close it.
 */
export function LeaveDialog({ otherName, canEnd, onLeave, onEnd, onStay }: LeaveDialogProps) {
  const [isEnding, setIsEnding] = useState(false);
  const dialog = useRef<HTMLDialogElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const [title, text] = [useId(), useId()];

  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  useEffect(() => first.current?.focus(), [isEnding]);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={title}
      aria-describedby={text}
      // Escape cancels first. The close event comes in a later task: until then the dialog would be
      // closed but still mounted, and couldn't be opened again.
      onCancel={onStay}
      onClose={onStay}
      onClick={({ target }) => target === dialog.current && onStay()}
      className="m-auto w-[calc(100%-2rem)] max-w-sm rounded-2xl bg-white p-0 text-slate-900 shadow-xl backdrop:bg-slate-950/70 dark:bg-slate-900 dark:text-slate-100 dark:ring-1 dark:ring-slate-700"
    >
      <div className="flex flex-col gap-5 p-6">
        <div>
          <h2 id={title} className="text-lg font-semibold">
            {isEnding ? "End the call for everyone?" : "Leave the call?"}
          </h2>
          <p id={text} className="mt-1 text-sm text-slate-600 dark:text-slate-400">
            {isEnding ? `The call ends for you and ${otherName}.` : `${canEnd ? `If you leave, ${otherName} can stay. ` : ""}You can rejoin as long as the call goes on.`}
          </p>
        </div>
        <div className="flex flex-col gap-3">
          {!isEnding && (
            <button ref={first} type="button" onClick={onLeave} className={canEnd ? quietButton : redButton}>
              Leave
            </button>
          )}
          {canEnd && (
            <button type="button" onClick={() => (isEnding ? onEnd() : setIsEnding(true))} className={redButton}>
              {isEnding ? "End the call" : "End for everyone"}
            </button>
          )}
          <button ref={isEnding ? first : undefined} type="button" onClick={() => (isEnding ? setIsEnding(false) : onStay())} className={quietButton}>
            {isEnding ? "Go back" : "Stay in the call"}
          </button>
        </div>
      </div>
    </dialog>
  );
}
