"use client";

import { useEffect, useRef } from "react";

const mark = "videoCallGuard";
const isMarked = () => Boolean((window.history.state as Record<string, unknown> | null)?.[mark]);

/** The link that this click would follow in this tab, if it's on this origin; otherwise null. */
function followedLink(event: MouseEvent): HTMLAnchorElement | null {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>("a[href]") : null;
  return link && link.target !== "_blank" && link.origin === window.location.origin ? link : null;
}

/**
 * While `isOn`, asks before the user leaves the page. Before closing and reloading, the browser
 * asks. Before going back or following one of the portal's links, `ask` is called with a function
 * that continues the navigation; until it's called, the user stays on the page. Next's router can't
 * block navigation, so an extra history entry catches going back.
 */
export function useLeaveGuard(isOn: boolean, ask: (goOn: () => void) => void): void {
  const asker = useRef(ask);
  asker.current = ask;
  const removal = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => {
    if (!isOn) return;
    clearTimeout(removal.current); // strict mode mounts again: keep the extra entry
    // After a reload the extra entry is still there.
    if (!isMarked()) window.history.pushState({ [mark]: true }, "");
    let isLeaving = false;

    const onUnload = (event: BeforeUnloadEvent) => {
      event.preventDefault();
      event.returnValue = true; // for browsers from before 2024
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
