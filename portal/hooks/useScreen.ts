"use client";

import { useEffect, useState } from "react";

/** Whether the whole page fills the screen, and how that changes; null where the browser can't. */
export function useFullscreen(): { isOn: boolean; toggle(): void } | null {
  const [isOn, setIsOn] = useState(false);
  const [canDo, setCanDo] = useState(false);
  useEffect(() => {
    const look = () => setIsOn(document.fullscreenElement !== null);
    setCanDo(document.fullscreenEnabled);
    look();
    document.addEventListener("fullscreenchange", look);
    return () => {
      document.removeEventListener("fullscreenchange", look);
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    };
  }, []);
  const toggle = () => {
    const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    done.catch(() => undefined); // refused without a click, which there was
  };
  return canDo ? { isOn, toggle } : null;
}

/** Puts the <video> of that selector into a window of its own, or back; null where the browser can't. */
export function usePictureInPicture(selector: string): (() => void) | null {
  const [canDo, setCanDo] = useState(false);
  useEffect(() => {
    setCanDo(document.pictureInPictureEnabled === true);
    return () => {
      if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => undefined);
    };
  }, []);
  const toggle = () => {
    const video = document.querySelector<HTMLVideoElement>(selector);
    const done = document.pictureInPictureElement ? document.exitPictureInPicture() : video?.requestPictureInPicture();
    void done?.catch(() => undefined);
  };
  return canDo ? toggle : null;
}
