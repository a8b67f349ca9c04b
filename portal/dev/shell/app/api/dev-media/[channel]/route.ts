/**
 * The stand-in's signalling server: keeps who is in each channel in this process's memory and
 * passes messages between them. For development only; it's 404 unless VIDEO_CALL_DEV_MEDIA is on.
 */
export const dynamic = "force-dynamic";

type Send = (message: object) => void;
const shared = globalThis as { devMediaChannels?: Map<string, Map<string, Send>> };
const channels: Map<string, Map<string, Send>> = (shared.devMediaChannels ??= new Map());

const notHere = () => new Response(null, { status: 404 });
const isOn = () => process.env.VIDEO_CALL_DEV_MEDIA === "on";

/** Joins the channel as `uid`, replacing any earlier member of that name, and streams the messages to it. */
export async function GET(request: Request, { params }: { params: Promise<{ channel: string }> }) {
  if (!isOn()) return notHere();
  const { channel } = await params;
  const uid = new URL(request.url).searchParams.get("uid") ?? "";
  const members = channels.get(channel) ?? new Map<string, Send>();
  channels.set(channel, members);
  const encoder = new TextEncoder();
  const stream = new ReadableStream({
    start(controller) {
      const send: Send = (message) => {
        try {
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(message)}\n\n`));
        } catch {
          // The client is gone; the abort handler below removes it.
        }
      };
      const tellOthers = (message: object) => members.forEach((other, name) => name !== uid && other(message));
      if (members.has(uid)) tellOthers({ type: "left", from: uid });
      members.get(uid)?.({ type: "replaced" });
      send({ type: "members", members: [...members.keys()].filter((name) => name !== uid) });
      members.set(uid, send);
      tellOthers({ type: "joined", from: uid });
      const alive = setInterval(() => send({ type: "alive" }), 10_000);
      request.signal.addEventListener("abort", () => {
        clearInterval(alive);
        if (members.get(uid) !== send) return;
        members.delete(uid);
        tellOthers({ type: "left", from: uid });
      });
    },
  });
  return new Response(stream, {
    headers: { "Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no" },
  });
}

/** Passes the message in the body to the member that it names in `to`; drops it if there's no such member. */
export async function POST(request: Request, { params }: { params: Promise<{ channel: string }> }) {
  if (!isOn()) return notHere();
  const message = (await request.json()) as { to: string };
  channels.get((await params).channel)?.get(message.to)?.(message);
  return Response.json({});
}
