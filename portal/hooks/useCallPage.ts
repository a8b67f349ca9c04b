"use client";

import { useEffect, useRef, useState } from "react";
import { readPreferences, remember } from "@/lib/video-call/preferences";

/** Keeps the screen on while `isOn` and the page is looked at, where the browser can. */
export function useWakeLock(isOn: boolean): void {
  useEffect(() => {
    if (!isOn || !("wakeLock" in navigator)) return;
    let isWanted = true;
    let lock: WakeLockSentinel | null = null;
    // The browser takes it back whenever the page is hidden.
    const request = () => {
      if (document.visibilityState !== "visible") return;
      navigator.wakeLock.request("screen").then(
        (granted) => {
          lock = granted;
          if (!isWanted) void granted.release();
        },
        () => undefined, // refused on a low battery, for one: the call goes on without
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

/** The tab's title while the component is mounted; the one before comes back afterwards. */
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

/** Single keys that act, by their lower-case letter; not while typing, and only while the person wants them. */
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

/** Whether the person wants single-key shortcuts, and how they change that; remembered. */
export function useShortcutChoice(): [boolean, (isWanted: boolean) => void] {
  const [isWanted, setIsWanted] = useState(true);
  useEffect(() => setIsWanted(readPreferences().hasShortcuts), []);
  const choose = (hasShortcuts: boolean) => {
    setIsWanted(hasShortcuts);
    remember({ hasShortcuts });
  };
  return [isWanted, choose];
}

/** Whether the condition has held for a while: what passes at once needs no words. */
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
