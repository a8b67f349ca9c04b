// Agora's notifications, as its servers send them.
import { createHmac } from "node:crypto";
import { request } from "./client.mjs";

export const notificationSecret = "a secret of Agora's Console";

export const signature = (body, secret = notificationSecret) => createHmac("sha256", secret).update(body).digest("hex");

let notices = 0;

/** A notification about a channel. Types: 101 created, 102 destroyed, 103/105/107 join, 104/106/108 leave. */
export const notification = (eventType, { channelName, atSec, account, sequence, noticeId, ...payload }) => ({
  noticeId: noticeId ?? `notice-${process.pid}-${notices++}`,
  productId: 1,
  eventType,
  notifyMs: Date.now(),
  payload: {
    channelName,
    ts: atSec,
    uid: 12345,
    platform: 7,
    ...(account ? { account } : {}),
    ...(sequence !== undefined ? { clientSeq: sequence } : {}),
    ...payload,
  },
});

/** Sends a notification; body: text or object. */
export function notify(nginx, body, { secret, headers } = {}) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return request(nginx, "POST", "/api/video-call/agora-events", {
    headers: headers ?? { "Content-Type": "application/json", "Agora-Signature-V2": signature(text, secret) },
    body: text,
  });
}

/** The notifications shuffled, some repeated, some left out, reproducibly by the seed. */
export function disturb(list, seed, { doubled = 0.4, lost = 0 } = {}) {
  let state = seed;
  const random = () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
  const result = list.filter((one) => one.eventType === 102 || random() >= lost).flatMap((one) => (random() < doubled ? [one, one] : [one]));
  for (let at = result.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [result[at], result[other]] = [result[other], result[at]];
  }
  return result;
}
