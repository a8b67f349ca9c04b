/**
 * Forwards requests from the portal's server to the video-call backend, for portals that keep a
 * route of their own. A signed assertion, valid for a minute, says who the caller is. Server only.
 */
import { createHmac } from "node:crypto";
import { videoCallEnvironment } from "@/src/config/environment";

const lifetimeSec = 60;
const timeoutMs = 15_000;
const bodyMaxBytes = 8192;
const routes = new Map([
  ["token", "POST"],
  ["start", "POST"],
  ["end", "POST"],
  ["leave", "POST"],
  ["heartbeat", "POST"],
  ["history", "GET"],
  ["mentorships", "GET"],
]);

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");

/**
 * Returns a compact JWS (RFC 7515), signed with HS256: `sub` is the Discord ID, `aud` is
 * video-call, and `exp` is a minute after `iat`, which is `nowSec` (Unix time in seconds). The
 * backend accepts at most five minutes. Throws if VIDEO_CALL_ASSERTION_SECRET isn't set.
 */
export function signAssertion(discordId: string, nowSec = Math.floor(Date.now() / 1000)): string {
  const claims = { sub: discordId, aud: "video-call", iat: nowSec, exp: nowSec + lifetimeSec };
  const signed = `${base64url({ alg: "HS256", typ: "JWT" })}.${base64url(claims)}`;
  return `${signed}.${createHmac("sha256", videoCallEnvironment.assertionSecret).update(signed).digest("base64url")}`;
}

/** An error response in the backend's form. If the error was logged, `requestId` is the one in the log. */
function refuse(status: number, code: string, error: string, headers: Record<string, string> = {}, requestId = crypto.randomUUID()) {
  return Response.json({ error, code, requestId }, { status, headers: { "Cache-Control": "no-store", "X-Request-Id": requestId, ...headers } });
}

/**
 * Whether a POST comes from the portal's own pages. The backend checks this only for requests with
 * a cookie, and the cookie isn't forwarded. Throws if AUTH_URL or NEXTAUTH_URL isn't a URL.
 */
function isOwnOrigin(request: Request): boolean {
  const origin = request.headers.get("origin");
  const site = request.headers.get("sec-fetch-site");
  const own = new URL(process.env.AUTH_URL ?? process.env.NEXTAUTH_URL ?? request.url).origin;
  return (origin === null || origin === own) && (site === null || site === "same-origin" || site === "none");
}

/** Rejects if a setting is missing, or if the backend can't be reached or doesn't respond in time. */
async function pass(request: Request, route: string, discordId: string, body: string | undefined): Promise<Response> {
  const answer = await fetch(`${videoCallEnvironment.backendUrl}/api/video-call/${route}${new URL(request.url).search}`, {
    method: request.method,
    body,
    headers: {
      Authorization: `Bearer ${signAssertion(discordId)}`,
      ...(body === undefined ? {} : { "Content-Type": request.headers.get("content-type") ?? "" }),
    },
    cache: "no-store",
    signal: AbortSignal.timeout(timeoutMs),
  });
  const headers = new Headers({ "Content-Type": "application/json", "Cache-Control": "no-store" });
  for (const name of ["X-Request-Id", "Retry-After", "Allow"]) {
    const value = answer.headers.get(name);
    if (value) headers.set(name, value);
  }
  return new Response(await answer.text(), { status: answer.status, headers });
}

/**
 * Forwards a request on behalf of the person with that Discord ID and returns the backend's
 * response. `route` is the path below /api/video-call/, such as "token". Never rejects; errors
 * have the backend's form: 404 and 405 for an unknown route or method, 401 if `discordId` is null
 * (nobody is signed in), 403 for a POST from another origin, 413 for a body above 8 KiB, and 503
 * `backend_unavailable` if the backend doesn't respond within 15 seconds or a setting is missing.
 */
export async function forwardToBackend(request: Request, route: string, discordId: string | null): Promise<Response> {
  const method = routes.get(route);
  if (!method) return refuse(404, "route_not_found", "Not found.");
  if (request.method !== method) return refuse(405, "method_not_allowed", "This method isn't allowed here.", { Allow: method });
  if (!discordId) return refuse(401, "unauthenticated", "Please sign in again.");
  try {
    if (method === "POST" && !isOwnOrigin(request)) return refuse(403, "foreign_origin", "This request didn't come from the portal.");
    const body = method === "POST" ? await request.text() : undefined;
    if (body && Buffer.byteLength(body) > bodyMaxBytes) return refuse(413, "body_too_large", "The request is too large.");
    return await pass(request, route, discordId, body);
  } catch (error) {
    const requestId = crypto.randomUUID();
    console.error("video-call backend:", requestId, error);
    return refuse(503, "backend_unavailable", "Video calls are temporarily unavailable. Please try again in a moment.", { "Retry-After": "1" }, requestId);
  }
}
