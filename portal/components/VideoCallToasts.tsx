"use client";

import { LogIn, LogOut, WifiOff, type LucideIcon } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { CallView } from "@/lib/video-call/view";
import { playChime } from "@/lib/video-call/sounds";

const toastMs = 6_000;

interface Toast {
  id: number;
  Icon: LucideIcon;
  text: string;
}

/** Announces, with a toast and a sound, when the other participant joins, leaves or loses connection. */
export function ComingsAndGoings({ call, name }: { call: Pick<CallView, "remote" | "departure" | "speaker">; name: string }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const wasThere = useRef(call.remote !== null);
  const nextId = useRef(0);
  const timers = useRef(new Set<ReturnType<typeof setTimeout>>());
  const isThere = call.remote !== null;

  useEffect(() => {
    if (wasThere.current === isThere) return;
    wasThere.current = isThere;
    const id = nextId.current++;
    const toast = isThere
      ? { id, Icon: LogIn, text: `${name} joined` }
      : call.departure === "lost"
        ? { id, Icon: WifiOff, text: `${name} lost connection` }
        : { id, Icon: LogOut, text: `${name} left` };
    setToasts((before) => [...before.slice(-1), toast]);
    void playChime(isThere ? "came" : "left", call.speaker.chosenId);
    const timer = setTimeout(() => {
      timers.current.delete(timer);
      setToasts((before) => before.filter((one) => one.id !== id));
    }, toastMs);
    timers.current.add(timer);
  }, [isThere, name, call.departure, call.speaker.chosenId]);

  useEffect(() => {
    const running = timers.current;
    return () => running.forEach((timer) => clearTimeout(timer));
  }, []);

  return (
    <div aria-live="polite" data-toasts className="pointer-events-none absolute inset-x-0 top-3 z-10 flex flex-col max-sm:top-24 items-center gap-2 px-3">
      {toasts.map(({ id, Icon, text }) => (
        <p key={id} className="flex max-w-full items-center gap-2 rounded-full bg-white px-4 py-2 text-sm font-medium text-slate-900 shadow-lg">
          <Icon aria-hidden className="h-4 w-4 shrink-0" /> <span className="truncate">{text}</span>
        </p>
      ))}
    </div>
  );
}
