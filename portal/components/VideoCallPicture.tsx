"use client";

import type { ICameraVideoTrack, IRemoteVideoTrack } from "agora-rtc-sdk-ng";
import { useEffect, useRef, useState } from "react";

/** The least part of a picture that filling the place may leave of it; below, all of it is shown. */
const leastShown = 0.7;

/** How much of a picture is still seen when it fills a place of another shape. */
const shownShare = (picture: number, place: number) => Math.min(picture / place, place / picture);

interface PictureProps {
  track: ICameraVideoTrack | IRemoteVideoTrack;
  /** Whose camera it is, for screen readers. */
  label: string;
  isMirrored: boolean;
  /** Hears the picture's width by its height, whenever it changes. */
  onShape?(widthByHeight: number): void;
}

/** A camera's picture. It fills its place, unless that would cut away too much: then it has bars beside it. */
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
    // A picture gets its size with its first frame, and another when a phone is turned. The
    // events of a <video> do not bubble.
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    for (const name of ["resize", "loadedmetadata"]) box.addEventListener(name, measure, true);
    return () => {
      observer.disconnect();
      for (const name of ["resize", "loadedmetadata"]) box.removeEventListener(name, measure, true);
      track.stop();
    };
  }, [track, isMirrored]);

  // The SDK sets how the picture fits on the <video> itself, hence "!".
  return (
    <div ref={place} role="img" aria-label={label} data-fit={isWhole ? "contain" : "cover"} className={`h-full w-full [&>div]:!bg-transparent ${isWhole ? "[&_video]:!object-contain" : "[&_video]:!object-cover"}`} />
  );
}
