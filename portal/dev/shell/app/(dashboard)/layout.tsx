import { getServerSession } from "next-auth";
import Link from "next/link";
import type { ReactNode } from "react";
import { authOptions } from "@/lib/auth";
import { people } from "@/lib/people";

const link = "rounded px-1 py-2 text-sm font-medium text-slate-700 hover:text-slate-950 focus:outline-none focus-visible:ring-2 focus-visible:ring-indigo-500 dark:text-slate-300 dark:hover:text-white";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const session = await getServerSession(authOptions);
  const person = people.find(({ name }) => name === session?.user?.name);
  return (
    <>
      <header className="border-b border-slate-200 bg-white dark:border-slate-800 dark:bg-slate-900">
        <nav aria-label="Portal" className="mx-auto flex max-w-3xl items-center gap-4 px-4 py-2">
          <Link href={person?.home ?? "/"} className={link}>
            Dashboard
          </Link>
          <Link href="/video-call/history" className={link}>
            Past calls
          </Link>
          <Link href="/" className={`${link} ml-auto truncate`}>
            {person?.name ?? "Sign in"}
          </Link>
        </nav>
      </header>
      {children}
    </>
  );
}
