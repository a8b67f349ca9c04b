import { getServerSession } from "next-auth";
import Link from "next/link";
import { focusRing } from "@/components/VideoCallParts";
import { authOptions } from "@/lib/auth";
import { people } from "@/lib/people";
import { ChoosePerson } from "./ChoosePerson";

export default async function ChoosePage() {
  const session = await getServerSession(authOptions);
  const person = people.find(({ name }) => name === session?.user?.name);
  return (
    <main className="mx-auto max-w-md px-4 py-16 text-slate-900 dark:text-slate-100">
      <h1 className="pb-2 text-2xl font-bold tracking-tight">Who are you?</h1>
      <p className="pb-6 text-slate-600 dark:text-slate-400">For development only. To be someone else too, open a second browser or a private window.</p>
      <ChoosePerson />
      {person && (
        <p className="pt-6">
          You&apos;re signed in as {person.name}.{" "}
          <Link href={person.home} className={`rounded font-semibold text-indigo-700 underline-offset-4 hover:underline dark:text-indigo-300 ${focusRing}`}>
            Go to your dashboard
          </Link>
        </p>
      )}
    </main>
  );
}
