"use client";

import { useEffect, useRef, useState } from "react";
import { readPreferences, remember } from "@/lib/video-call/preferences";

/** Keeps the screen on while `isOn` and the page is visible; does nothing if the browser can't. */
export function useWakeLock(isOn: boolean): void {
  useEffect(() => {
    if (!isOn || !("wakeLock" in navigator)) return;
    let isWanted = true;
    let lock: WakeLockSentinel | null = null;
    // The browser releases the lock when the page is hidden.
    const request = () => {
      if (document.visibilityState !== "visible") return;
      navigator.wakeLock.request("screen").then(
        (granted) => {
          lock = granted;
          if (!isWanted) void granted.release();
        },
        () => undefined, // refused, for instance on a low battery: the call works without it
      );
    };
    request();
    document.addEventListener("visibilitychange", request);
    return () => {
      isWanted = false;
      document.removeEventListener("visibilitychange", request);
      void lock?.release();
    };
  }, [isOn]);
}

/** Sets the tab's title while the component is mounted, then restores the previous one. */
export function useTabTitle(title: string): void {
  const before = useRef<string | null>(null);
  useEffect(() => {
    before.current ??= document.title;
    document.title = title;
  }, [title]);
  useEffect(
    () => () => {
      if (before.current !== null) document.title = before.current;
      before.current = null;
    },
    [],
  );
}

const isTyping = (target: EventTarget | null) => target instanceof HTMLElement && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]") !== null;

/** Keyboard shortcuts, by their lower-case letter: active while `isOn`, except while the user is typing. */
export function useShortcuts(actions: Record<string, () => void>, isOn: boolean): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    if (!isOn) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      latest.current[event.key.toLowerCase()]?.();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isOn]);
}

/**
 * Whether the user wants single-key shortcuts, and a function that changes and remembers it. True
 * until it's been read.
 */
export function useShortcutChoice(): [boolean, (isWanted: boolean) => void] {
  const [isWanted, setIsWanted] = useState(true);
  useEffect(() => setIsWanted(readPreferences().hasShortcuts), []);
  const choose = (hasShortcuts: boolean) => {
    setIsWanted(hasShortcuts);
    remember({ hasShortcuts });
  };
  return [isWanted, choose];
}

/** Whether the condition has held for `ms` milliseconds, so as not to show what passes quickly. */
export function useLasting(condition: boolean, ms: number): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    const timer = condition ? setTimeout(() => setLasts(true), ms) : undefined;
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [condition, ms]);
  return lasts;
}
