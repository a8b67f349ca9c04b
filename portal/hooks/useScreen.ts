"use client";

import { useEffect, useState } from "react";

/**
 * Whether something is in full screen, and a function that puts the page there or back; null if
 * the browser can't.
 */
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
    done.catch(() => undefined); // rejects only without a click, and it's called from one
  };
  return canDo ? { isOn, toggle } : null;
}

/**
 * A function that puts the <video> that matches the selector into picture-in-picture, or back;
 * null if the browser can't.
 */
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
