// A FastCGI request hidden in a body must never be executed. On a kept connection, libfcgi
// would take the rest of an unread body for the next request, so the body is read in full
// and no connection is kept, whatever nginx requests.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "./harness/client.mjs";
import { requestBytes, send } from "./harness/fastcgi.mjs";
import * as people from "./harness/people.mjs";
import { aside, stand } from "./harness/stand.mjs";

const here = stand({ workers: 1 });
const ada = await people.cookie(people.ada);

const hidden = requestBytes(
  [
    ["REQUEST_METHOD", "GET"],
    ["DOCUMENT_URI", "/api/video-call/history"],
    ["HTTP_COOKIE", ada],
    ["HTTP_X_REQUEST_ID", "smuggled-request"],
  ],
  "",
  { keep: true },
);

/** A body of the given size, filled with copies of the hidden request from an offset on. */
const bodyWith = (offset, size) => {
  const body = Buffer.alloc(size, 0);
  for (let at = offset; at + hidden.length <= size; at += hidden.length) hidden.copy(body, at);
  return body;
};

const keepAlive = {
  upstream: (text) => text.replace("rate=20r/s", "rate=100000r/s").replace("max_fails=0;", "max_fails=0; keepalive 4;"),
  server: (text) => text.replace(/fastcgi_keep_conn\s+off/, "fastcgi_keep_conn on").replace("client_max_body_size      8k", "client_max_body_size 1m"),
};

for (const [name, nginxOptions] of [
  ["the snippets as they are", undefined],
  ["an nginx that keeps connections and lets large bodies pass", keepAlive],
])
  test(`no hidden request is executed behind ${name}`, async () => {
    const nginx = await aside(here.database, {}, nginxOptions);
    const statuses = new Set();
    try {
      for (let offset = 0; offset < 160; offset += 8)
        for (const [method, route, headers] of [
          ["POST", "token", { "Content-Type": "application/json" }],
          ["POST", "token", { "Content-Type": "text/plain", Cookie: ada }],
          ["POST", "nothing-of-ours", {}],
          ["PUT", "end", { Cookie: ada }],
          ["POST", "history", { Cookie: ada }],
        ])
          for (const size of [8100, 20000])
            statuses.add(
              (await request(nginx, method, `/api/video-call/${route}`, { headers, body: bodyWith(offset, size), check: false })).status,
            );
      await sleep(100);
      // An nginx that keeps connections now and then picks one that the worker has closed: 502.
      const expected = [400, 401, 404, 405, 413, 415, ...(nginxOptions ? [502] : [])];
      assert.ok([...statuses].every((status) => expected.includes(status)), [...statuses].join());
      assert.ok(!nginx.pool.logText.includes("smuggled-request"));
      const served = nginx.pool.log.filter(({ event }) => event === "request");
      assert.ok(served.length >= 80, `${served.length} requests reached the pool`);
      assert.ok(served.every(({ status }) => status !== 200));
    } finally {
      await nginx.close();
    }
  });

test("the worker closes a connection it's asked to keep, and executes nothing after the request", async () => {
  const first = requestBytes([["REQUEST_METHOD", "POST"], ["DOCUMENT_URI", "/api/video-call/token"]], "x".repeat(70000), { keep: true });
  const answer = await send(here.pool.socket, Buffer.concat([first, hidden])).catch((error) => error.code);
  await sleep(100);
  assert.ok(!here.pool.logText.includes("smuggled-request"));
  assert.ok(answer === "ECONNRESET" || answer === "EPIPE" || /^Status: 401/.test(answer), String(answer));
});

test("the hidden request is valid: sent by itself, it's executed", async () => {
  assert.match(await send(here.pool.socket, hidden), /^Status: 200/);
});
