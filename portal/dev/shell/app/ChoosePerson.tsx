"use client";

import { signIn } from "next-auth/react";
import { Avatar, card, focusRing } from "@/components/VideoCallParts";
import { people } from "@/lib/people";

/** Buttons that sign in as one of `people` and open that person's dashboard. */
export function ChoosePerson() {
  return (
    <ul className="grid gap-3">
      {people.map(({ discordId, name, home, what }) => (
        <li key={discordId}>
          <button
            type="button"
            onClick={() => void signIn("credentials", { discordId, callbackUrl: home })}
            className={`flex w-full items-center gap-4 px-5 py-4 text-left transition-colors hover:bg-slate-100 dark:hover:bg-slate-800 ${card} ${focusRing}`}
          >
            <Avatar name={name} />
            <span>
              <span className="block font-medium">{name}</span>
              <span className="block text-sm text-slate-600 dark:text-slate-400">{what}</span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
