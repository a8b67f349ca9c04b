"use client";

import { signIn } from "next-auth/react";
import { people } from "@/lib/people";

export default function ChoosePage() {
  return (
    <main className="mx-auto max-w-md p-6 text-slate-900 dark:text-slate-100">
      <h1 className="pb-1 text-2xl font-semibold">Who are you?</h1>
      <p className="pb-4 text-slate-600 dark:text-slate-300">For development: open a second browser (or a private window) to be somebody else.</p>
      <ul className="grid gap-3">
        {people.map(({ discordId, name, home, what }) => (
          <li key={discordId}>
            <button
              type="button"
              onClick={() => void signIn("credentials", { discordId, callbackUrl: home })}
              className="w-full rounded-xl border border-slate-300 bg-white px-4 py-3 text-left hover:bg-slate-100 focus:outline-none focus-visible:ring-4 focus-visible:ring-sky-400 dark:border-slate-700 dark:bg-slate-900 dark:hover:bg-slate-800"
            >
              <span className="block font-medium">{name}</span>
              <span className="text-sm text-slate-600 dark:text-slate-300">{what}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
