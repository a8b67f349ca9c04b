// What nginx itself answers, and what it lets through.
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import net from "node:net";
import { join } from "node:path";
import { chmodSync } from "node:fs";
import { get, post, request } from "./harness/client.mjs";
import { startNginx } from "./harness/nginx.mjs";
import * as people from "./harness/people.mjs";
import { privateFolder } from "./harness/places.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand();
const ada = await people.cookie(people.ada);
const token = (nginx, headers) => post(nginx, "token", ada, { mentorshipId: people.adaAndBen }, headers);

test("too many requests from one address get 429 in JSON, a classroom at once does not", async () => {
  const nginx = await startNginx(here.pool.socket, { upstream: (text) => text.replace("/run/video-call/video-call.sock", here.pool.socket) });
  try {
    const classroom = await Promise.all(Array.from({ length: 200 }, () => get(nginx, "healthz")));
    assert.ok(classroom.every(({ status }) => status === 200));
    const flood = await Promise.all(Array.from({ length: 100 }, () => get(nginx, "healthz")));
    const refused = flood.filter(({ status }) => status === 429);
    assert.ok(refused.length > 50);
    assert.equal(refused[0].json.code, "too_many_requests");
  } finally {
    await nginx.stop();
  }
});

test("a pool that is down is 502 in JSON", async () => {
  const nginx = await startNginx("/nowhere/video-call.sock");
  try {
    const { status, json } = await request(nginx, "POST", "/api/video-call/token", { check: false });
    assert.equal(status, 502);
    assert.equal(json.code, "backend_unavailable");
  } finally {
    await nginx.stop();
  }
});

test("a pool that does not answer is 504 in JSON", async () => {
  const socket = join(privateFolder(), "silent.sock");
  const silent = net.createServer(() => {}).listen(socket);
  await sleep(50);
  chmodSync(socket, 0o666);
  const nginx = await startNginx(socket, { server: (text) => text.replace("fastcgi_read_timeout    10s", "fastcgi_read_timeout 300ms") });
  try {
    const { status, json } = await token(nginx);
    assert.equal(status, 504);
    assert.equal(json.code, "backend_timeout");
  } finally {
    await nginx.stop();
    silent.close();
  }
});

test("the request id is nginx's, the same in answer and log, whatever the client sends", async () => {
  const { headers } = await token(here.nginx, { "X-Request-Id": "chosen-by-a-client" });
  const id = headers["x-request-id"];
  assert.match(id, /^[0-9a-f]{32}$/);
  await here.pool.line((line) => line.request_id === id);
  assert.equal(here.pool.log.filter((line) => line.request_id === id).length, 1);
});

test("answers are never to be cached, nor to be guessed at", async () => {
  const { headers } = await token(here.nginx);
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["content-type"], "application/json; charset=utf-8");
});

test("health is for this machine only", async () => {
  assert.equal((await get(here.nginx, "healthz")).json.status, "alive");
  assert.equal((await get(here.nginx, "readyz")).json.status, "ready");
  const far = await startNginx(here.pool.socket, { http: "set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;" });
  try {
    for (const route of ["healthz", "readyz"]) {
      const { status, json } = await get(far, route, undefined, { "X-Test-Address": "203.0.113.9" });
      assert.equal(status, 403);
      assert.equal(json.code, "forbidden");
    }
    const { status } = await token(far, { "X-Test-Address": "203.0.113.9" });
    assert.equal(status, 200);
  } finally {
    await far.stop();
  }
});

test("the query never reaches the route, nor does an encoded or doubled slash make a new one", async () => {
  assert.equal((await request(here.nginx, "GET", "/api/video-call/healthz?x=/../token")).status, 200);
  assert.equal((await request(here.nginx, "GET", "/api//video-call/healthz", { check: false })).status, 200);
  assert.equal((await request(here.nginx, "GET", "/api/video-call/%68ealthz", { check: false })).status, 200);
  assert.equal((await request(here.nginx, "GET", "/api/video-call/healthz%2f", { check: false })).text, "portal\n");
  assert.equal((await request(here.nginx, "GET", "/api/video-call/healthz%00", { check: false })).status, 400);
});

test("the snippets go without a word through nginx's own check, also beside Debian's parameters", async () => {
  const nginx = await startNginx(here.pool.socket, { http: "fastcgi_param HTTP_X_DISCORD_ID admin; fastcgi_param REQUEST_METHOD GET;" });
  try {
    const { status, json } = await token(nginx);
    assert.equal(status, 200);
    assert.equal(json.userId, people.ada);
    assert.doesNotMatch(nginx.errorLog(), /\[(warn|error|emerg)\]/);
  } finally {
    await nginx.stop();
  }
});
