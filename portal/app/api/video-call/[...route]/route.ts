import { getToken } from "next-auth/jwt";
import type { NextRequest } from "next/server";
import { forwardToBackend } from "@/lib/video-call/backend";

export const dynamic = "force-dynamic";

async function handle(request: NextRequest, { params }: { params: Promise<{ route: string[] }> }) {
  const [{ route }, session] = await Promise.all([params, getToken({ req: request })]);
  const claim = session?.discordId ?? session?.sub;
  return forwardToBackend(request, route.join("/"), typeof claim === "string" ? claim : null);
}

export { handle as GET, handle as POST };
