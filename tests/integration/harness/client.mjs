// Requests through nginx, with every response checked against the description of the API.
import http from "node:http";
import net from "node:net";
import { checkAnswer } from "./openapi.mjs";

const agent = new http.Agent({ keepAlive: true, maxSockets: 512 });

/** Any request. body: text, Buffer or undefined; headers: an object, or a flat list for repeated ones; check: false for requests that nginx refuses before it knows the route. */
export function request(nginx, method, path, { headers = {}, body, chunked = false, check = true } = {}) {
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      { host: nginx.host ?? "127.0.0.1", port: nginx.port, method, path, headers, agent, timeout: 20000 },
      (response) => {
        const parts = [];
        response.on("data", (part) => parts.push(part));
        response.on("end", () => {
          const text = Buffer.concat(parts).toString();
          try {
            if (check) checkAnswer(method, path, response.statusCode, response.headers, text);
          } catch (error) {
            return reject(error);
          }
          const isJson = method !== "HEAD" && response.headers["content-type"]?.startsWith("application/json");
          resolve({
            status: response.statusCode,
            headers: response.headers,
            text,
            json: isJson ? JSON.parse(text) : undefined,
          });
        });
        response.on("error", reject);
      },
    );
    outgoing.on("error", reject);
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 20 s")));
    if (chunked) {
      // For GET, Node.js would send the body without a header that announces it.
      outgoing.setHeader("Transfer-Encoding", "chunked");
      outgoing.write(body.slice(0, 5));
      outgoing.end(body.slice(5));
    } else {
      if (body !== undefined && !Array.isArray(headers)) outgoing.setHeader("Content-Length", Buffer.byteLength(body));
      outgoing.end(body);
    }
  });
}

/** POSTs JSON to a route with this cookie. */
export const post = (nginx, route, cookie, json, headers = {}) =>
  request(nginx, "POST", `/api/video-call/${route}`, {
    headers: { "Content-Type": "application/json", ...(cookie ? { Cookie: cookie } : {}), ...headers },
    body: typeof json === "string" ? json : JSON.stringify(json),
  });

const localRoutes = ["healthz", "readyz", "metrics"];

/** GETs a route with this cookie; health and metrics come from nginx's local server block. */
export const get = (nginx, route, cookie, headers = {}) =>
  request(localRoutes.includes(route) ? nginx.local : nginx, "GET", `/api/video-call/${route}`, { headers: { ...(cookie ? { Cookie: cookie } : {}), ...headers } });

/** Sends raw bytes and returns everything received until the connection ends. */
export function raw(nginx, bytes, { timeoutMs = 5000 } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(nginx.port, "127.0.0.1", () => socket.write(bytes));
    let answer = "";
    socket.on("data", (data) => (answer += data));
    socket.on("close", () => resolve(answer));
    socket.on("error", reject);
    socket.setTimeout(timeoutMs, () => socket.destroy());
  });
}
