"use client";

import type { ICameraVideoTrack, IRemoteVideoTrack } from "agora-rtc-sdk-ng";
import { useEffect, useRef, useState } from "react";

/** If filling the place would show less of the picture than this, the whole picture is shown instead. */
const leastShown = 0.7;

/** How much of a picture stays visible when it fills a place; `picture` and `place` are aspect ratios. */
const shownShare = (picture: number, place: number) => Math.min(picture / place, place / picture);

interface PictureProps {
  track: ICameraVideoTrack | IRemoteVideoTrack;
  /** Whose camera it is, for screen readers. */
  label: string;
  isMirrored: boolean;
  /** Called with the picture's width divided by its height, whenever that may have changed. */
  onShape?(widthByHeight: number): void;
}

/**
 * A camera's picture. It fills its place, unless that would crop too much: then all of it is
 * shown, with bars.
 */
export function Picture({ track, label, isMirrored, onShape }: PictureProps) {
  const place = useRef<HTMLDivElement>(null);
  const [isWhole, setIsWhole] = useState(false);
  const shapeListener = useRef(onShape);
  shapeListener.current = onShape;

  useEffect(() => {
    const box = place.current;
    if (!box) return;
    track.play(box, { mirror: isMirrored, fit: "cover" });
    const measure = () => {
      const video = box.querySelector("video");
      if (!video || video.videoHeight === 0 || box.clientHeight === 0) return;
      const shape = video.videoWidth / video.videoHeight;
      shapeListener.current?.(shape);
      setIsWhole(shownShare(shape, box.clientWidth / box.clientHeight) < leastShown);
    };
    // A picture gets its size with the first frame, and a new one when a phone is turned. A
    // <video>'s events don't bubble, so listen in the capture phase.
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    for (const name of ["resize", "loadedmetadata"]) box.addEventListener(name, measure, true);
    return () => {
      observer.disconnect();
      for (const name of ["resize", "loadedmetadata"]) box.removeEventListener(name, measure, true);
      track.stop();
    };
  }, [track, isMirrored]);

  // The SDK sets object-fit on the <video> itself, hence the "!".
  return (
    <div ref={place} role="img" aria-label={label} data-fit={isWhole ? "contain" : "cover"} className={`h-full w-full [&>div]:!bg-transparent ${isWhole ? "[&_video]:!object-contain" : "[&_video]:!object-cover"}`} />
  );
}
