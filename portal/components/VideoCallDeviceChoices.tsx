"use client";

import { Volume2 } from "lucide-react";
import { useId } from "react";
import type { VideoCall } from "@/hooks/useAgoraVideoCall";
import type { Choice } from "@/lib/video-call/devices";
import { playChime } from "@/lib/video-call/sounds";

/** The background: the page is light or dark, the stage always dark. */
export type Ground = "page" | "stage";

const ring = "focus:outline-none focus-visible:ring-2 focus-visible:ring-offset-2";
const fields: Record<Ground, string> = {
  page: `${ring} border-slate-400 bg-white text-slate-900 focus-visible:ring-indigo-500 focus-visible:ring-offset-white dark:border-slate-500 dark:bg-slate-800 dark:text-slate-100 dark:focus-visible:ring-indigo-400 dark:focus-visible:ring-offset-slate-900`,
  stage: `${ring} border-slate-500 bg-slate-800 text-white focus-visible:ring-white focus-visible:ring-offset-slate-950`,
};

interface DeviceChoiceProps {
  ground: Ground;
  label: string;
  choices: Choice[];
  chosenId: string | null;
  /** What the list shows if there are no choices. */
  none: string;
  onChoose(deviceId: string): void;
}

function DeviceChoice({ ground, label, choices, chosenId, none, onChoose }: DeviceChoiceProps) {
  const id = useId();
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        value={choices.some((choice) => choice.id === chosenId) ? (chosenId ?? "") : ""}
        disabled={choices.length === 0}
        onChange={({ target }) => onChoose(target.value)}
        className={`mt-1 block min-h-11 w-full truncate rounded-lg border px-3 text-sm disabled:opacity-70 ${fields[ground]}`}
      >
        {choices.length === 0 && <option value="">{none}</option>}
        {choices.length > 0 && !choices.some((choice) => choice.id === chosenId) && <option value="">Default</option>}
        {choices.map(({ id: value, label: name }, index) => (
          <option key={value} value={value}>
            {name || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Lists to choose microphone, camera and speaker from, and a button that plays a sound on the speaker. */
export function DeviceChoices({ call, ground }: { call: VideoCall; ground: Ground }) {
  const { microphone, camera, speaker } = call;
  return (
    <>
      <DeviceChoice ground={ground} label="Microphone" choices={microphone.choices} chosenId={microphone.chosenId} none={microphone.problem === "denied" ? "Blocked by your browser" : "No microphone found"} onChoose={call.chooseMicrophone} />
      <DeviceChoice ground={ground} label="Camera" choices={camera.choices} chosenId={camera.chosenId} none={camera.problem === "denied" ? "Blocked by your browser" : "No camera found"} onChoose={call.chooseCamera} />
      <div>
        <div className="flex items-end gap-2">
          <div className="min-w-0 flex-1">
            <DeviceChoice ground={ground} label="Speaker" choices={speaker.choices} chosenId={speaker.chosenId} none="System default" onChoose={call.chooseSpeaker} />
          </div>
          <button
            type="button"
            onClick={() => void playChime("test", speaker.chosenId)}
            className={`inline-flex min-h-11 shrink-0 items-center gap-1.5 rounded-lg border px-3 text-sm font-medium ${fields[ground]}`}
          >
            <Volume2 aria-hidden className="h-4 w-4" /> Test
          </button>
        </div>
        {speaker.isUnsupported && (
          <p role="alert" className="mt-2 text-sm">
            This browser can&apos;t change the speaker. Choose it in your system&apos;s sound settings.
          </p>
        )}
      </div>
    </>
  );
}
