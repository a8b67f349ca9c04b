"use client";

import { useEffect, useRef } from "react";

const mark = "videoCallGuard";
const isMarked = () => Boolean((window.history.state as Record<string, unknown> | null)?.[mark]);

/** The link of this origin that a plain click would follow in this tab, or null. */
function followedLink(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  return link && link.target !== "_blank" && link.origin === window.location.origin ? link : null;
}

/**
 * While `isOn`, asks before the page is left: the browser asks before closing and reloading;
 * before going back, and before a link of the portal is followed, `ask` is called with how to
 * go on. Next's router has no way to hold a navigation, so that going back first meets an
 * entry of the history that is made for this.
 */
export function useLeaveGuard(isOn: boolean, ask: (goOn: () => void) => void): void {
  const asker = useRef(ask);
  asker.current = ask;
  const removal = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    if (!isOn) return;
    clearTimeout(removal.current); // strict mode has only just taken the guard away
    // After a reload the entry is there already.
    if (!isMarked()) window.history.pushState({ [mark]: true }, "");
    let isLeaving = false;

    const onUnload = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      event.returnValue = true; // what browsers before 2024 look at
    };
    const onBack = () => {
      if (isLeaving || isMarked()) return;
      window.history.pushState({ [mark]: true }, "");
      asker.current(() => {
        isLeaving = true;
        window.history.go(-2);
      });
    };
    const onClick = (event: MouseEvent) => {
      const link = followedLink(event);
      if (!link || isLeaving) return;
      event.preventDefault();
      event.stopPropagation();
      asker.current(() => {
        isLeaving = true;
        link.click();
      });
    };
    window.addEventListener("beforeunload", onUnload);
    window.addEventListener("popstate", onBack);
    document.addEventListener("click", onClick, true);
    return () => {
      window.removeEventListener("beforeunload", onUnload);
      window.removeEventListener("popstate", onBack);
      document.removeEventListener("click", onClick, true);
      removal.current = setTimeout(() => !isLeaving && isMarked() && window.history.back(), 0);
    };
  }, [isOn]);
}
