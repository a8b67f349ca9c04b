// Which requests nginx itself responds to, and which it lets through.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, test } from "node:test";
import net from "node:net";
import { join } from "node:path";
import { chmodSync } from "node:fs";
import { notification, notificationSecret, notify } from "./harness/agora.mjs";
import { get, post, raw, request } from "./harness/client.mjs";
import { startNginx } from "./harness/nginx.mjs";
import * as people from "./harness/people.mjs";
import { privateFolder } from "./harness/places.mjs";
import { until } from "./harness/process.mjs";
import { stand } from "./harness/stand.mjs";

const here = stand({ more: { AGORA_NOTIFICATION_SECRET: notificationSecret } });
const ada = await people.cookie(people.ada);
const token = (nginx, headers) => post(nginx, "token", ada, { mentorshipId: people.adaAndBen }, headers);

/** The test sets the client's address in a header. */
const behindProxy = "set_real_ip_from 127.0.0.1; real_ip_header X-Test-Address;";
const from = (address) => ({ "X-Test-Address": address });
const asShipped = { upstream: (text) => text };
/** A small burst and almost no refill, so the result doesn't depend on the test's speed. */
const fourEach = { upstream: (text) => text.replaceAll(/rate=\d+r\/s/g, "rate=1r/m"), server: (text) => text.replaceAll(/burst=\d+/g, "burst=3") };

async function withNginx(options, deed, socket = here.pool.socket) {
  const nginx = await startNginx(socket, options);
  try {
    await deed(nginx);
  } finally {
    await nginx.stop();
  }
}

const statuses = async (count, ask) => (await Promise.all(Array.from({ length: count }, ask))).map(({ status }) => status);
const howMany = (list, status) => list.filter((one) => one === status).length;

test("too many requests from one address get 429 in JSON, a whole classroom doesn't", async () => {
  await withNginx(asShipped, async (nginx) => {
    const ask = () => get(nginx, "mentorships");
    assert.equal(howMany(await statuses(200, ask), 401), 200);
    const flood = await Promise.all(Array.from({ length: 100 }, ask));
    const refused = flood.filter(({ status }) => status === 429);
    assert.ok(refused.length > 50);
    assert.equal(refused[0].json.code, "too_many_requests");
    assert.equal(refused[0].headers["retry-after"], "1");
  });
});

test("a flood of requests doesn't make probes fail", async () => {
  await withNginx(asShipped, async (nginx) => {
    assert.ok((await statuses(300, () => get(nginx, "mentorships"))).includes(429));
    for (const route of ["healthz", "readyz", "metrics"]) assert.equal(howMany(await statuses(300, () => get(nginx, route)), 200), 300, route);
  });
});

test("junk notifications from one address don't hold up Agora's", async () => {
  await withNginx({ ...asShipped, http: behindProxy }, async (nginx) => {
    const junk = { "Content-Type": "application/json", ...from("203.0.113.9") };
    const refused = await statuses(1000, () => notify(nginx, "{}", { headers: junk }));
    assert.ok(howMany(refused, 429) > 100, "the flood is over its limit");
    const genuine = await statuses(20, () => notify(nginx, notification(103, { channelName: people.adaAndBen, atSec: 1560408533 })));
    assert.equal(howMany(genuine, 200), 20);
  });
});

/** An IPv6 address from eight numbers, as nginx writes it. */
function written(groups) {
  let run = { at: -1, length: 1 };
  for (let at = 0; at < 8; at++) {
    let length = 0;
    while (at + length < 8 && groups[at + length] === 0) length++;
    if (length > run.length) run = { at, length };
  }
  const hex = (part) => part.map((group) => group.toString(16)).join(":");
  return run.at < 0 ? hex(groups) : `${hex(groups.slice(0, run.at))}::${hex(groups.slice(run.at + run.length))}`;
}

test("a client is an IPv4 address or the /64 of an IPv6 address, however its zeros are shortened", async () => {
  const inServer = 'location = /client { default_type text/plain; return 200 "$remote_addr $video_call_client"; }';
  await withNginx({ http: behindProxy, inServer }, async (nginx) => {
    const client = async (address) => (await request(nginx, "GET", "/client", { headers: from(address) })).text.split(" ");
    const expected = new Map([["203.0.113.9", "203.0.113.9"], ["::ffff:203.0.113.9", "203.0.113.9"], ["64:ff9b::203.0.113.9", "64:ff9b::cb00:7109"], ["64:ff9b::9", "64:ff9b::9"], ["64:ff9b::1:0:0:9", "64:ff9b:0:0"]]);
    for (const [address, who] of expected) assert.equal((await client(address))[1], who, address);
    // Every combination of zero groups.
    for (let zeros = 0; zeros < 256; zeros++) {
      const groups = [0x2001, 0xdb8, 3, 0xffff, 5, 0xa, 0x70, 8].map((group, at) => (zeros & (1 << at) ? 0 : group));
      const who = groups.slice(0, 4).map((group) => group.toString(16)).join(":");
      const full = groups.map((group) => group.toString(16)).join(":");
      const [address, key] = await client(full);
      // In ::/96, nginx writes the last two groups as an IPv4 address.
      if (groups.slice(0, 6).some((group) => group)) assert.equal(address, written(groups));
      assert.equal(key, who, `${full} as ${address}`);
    }
  });
});

const namespace = `vc-nginx-${process.pid}`;
const inNamespace = (...command) => execFileSync("ip", ["netns", "exec", namespace, ...command], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
const isRoot = process.getuid() === 0;
after(() => isRoot && execFileSync("sh", ["-c", `! ip netns list | grep -q '^${namespace}' || ip netns delete ${namespace}`]));

test("clients in one IPv6 network share a rate limit, another network has its own", { skip: !isRoot && "creating network namespaces needs root" }, async () => {
  execFileSync("ip", ["netns", "add", namespace]);
  inNamespace("ip", "link", "set", "lo", "up");
  const own = (address) => inNamespace("ip", "addr", "replace", `${address}/${address.includes(":") ? 128 : 32}`, "dev", "lo");
  own("2001:db8:ffff::1");
  const inServer = "listen [::]:8080; listen [::]:8081 ipv6only=off;";
  await withNginx({ ...fourEach, inServer, namespace }, (nginx) => {
    /** The statuses of `count` requests in a row. */
    const ask = (address, count) => {
      own(address);
      const at = address.includes(":") ? "[2001:db8:ffff::1]:8080" : "127.0.0.1:8081";
      return inNamespace("curl", "-s", "--max-time", "10", "--interface", address, "-o", "/dev/null", "-w", "%{http_code} ", `http://${at}/api/video-call/mentorships?[1-${count}]`).trim();
    };
    assert.equal(ask("2001:db8:0:1::5", 2), "401 401");
    assert.equal(ask("2001:db8:0:1:1:2:3:4", 2), "401 401");
    for (const neighbour of ["2001:db8:0:1::", "2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1:0:7::"]) assert.equal(ask(neighbour, 1), "429", neighbour);
    for (const other of ["2001:db8::1", "2001:db8:0:2::5", "2001:db8:1:1::5", "2001:db8:1:2:3:4:5:6"]) assert.equal(ask(other, 5), "401 401 401 401 429", other);
    assert.equal(ask("2001:db8::9:0:0:1", 1), "429", "of 2001:db8::/64");
    // IPv4 on a dual-stack socket.
    for (const one of ["192.0.2.1", "127.0.0.9"]) assert.equal(ask(one, 5), "401 401 401 401 429", one);
    assert.match(nginx.errorLog(), /limiting requests.*client: ::ffff:192\.0\.2\.1,/);
  });
});

test("if the pool is down, the client gets 502 in JSON", async () => {
  await withNginx({}, async (nginx) => {
    const { status, json } = await token(nginx);
    assert.equal(status, 502);
    assert.equal(json.code, "backend_unavailable");
  }, "/nowhere/video-call.sock");
});

/** A socket that accepts connections and never responds. */
async function silentPool(onConnection = () => {}) {
  const socket = join(privateFolder(), "silent.sock");
  const server = net.createServer(onConnection).listen(socket).unref();
  await until("the silent pool listens", () => server.listening);
  chmodSync(socket, 0o666);
  return socket;
}
const impatient = { server: (text) => text.replace("fastcgi_read_timeout    10s", "fastcgi_read_timeout 300ms") };

test("if the pool doesn't respond, the client gets 504 in JSON", async () => {
  await withNginx(impatient, async (nginx) => {
    const { status, json } = await token(nginx);
    assert.equal(status, 504);
    assert.equal(json.code, "backend_timeout");
  }, await silentPool());
});

test("nginx sets the request id, the same in response and log, whatever the client sends", async () => {
  const { headers } = await token(here.nginx, { "X-Request-Id": "chosen-by-a-client" });
  const id = headers["x-request-id"];
  assert.match(id, /^[0-9a-f]{32}$/);
  await here.pool.line((line) => line.request_id === id);
  assert.equal(here.pool.log.filter((line) => line.request_id === id).length, 1);
});

test("responses forbid caching and content sniffing", async () => {
  const { headers } = await token(here.nginx);
  assert.equal(headers["cache-control"], "no-store");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.equal(headers["content-type"], "application/json; charset=utf-8");
});

test("health and metrics are for this host only, and on the portal's server their paths go to the portal", async () => {
  assert.equal((await get(here.nginx, "healthz")).json.status, "alive");
  assert.equal((await get(here.nginx, "readyz")).json.status, "ready");
  assert.match((await get(here.nginx, "metrics")).text, /^video_call_workers_wanted 2$/m);
  for (const route of ["healthz", "readyz", "metrics"])
    assert.equal((await request(here.nginx, "GET", `/api/video-call/${route}`, { check: false })).text, "portal\n");
  await withNginx({ http: behindProxy }, async (far) => {
    for (const route of ["healthz", "readyz", "metrics"]) {
      const { status, json } = await get(far, route, undefined, from("203.0.113.9"));
      assert.equal(status, 403);
      assert.equal(json.code, "forbidden");
    }
    assert.equal((await token(far, from("203.0.113.9"))).status, 200);
  });
});

test("a probe's query, body and headers don't reach the pool", async () => {
  for (const options of [{ body: "x".repeat(5000) }, { body: "hello world", chunked: true }, { headers: { "Content-Type": "text/plain", Cookie: "a=b" } }])
    assert.equal((await request(here.nginx.local, "GET", "/api/video-call/readyz?x=1&x=2", options)).status, 200);
  assert.equal((await request(here.nginx.local, "POST", "/api/video-call/readyz", { body: "{}" })).status, 405);
});

test("a query, an encoded slash or a double slash can't lead to another route", async () => {
  const ask = (path) => request(here.nginx, "GET", path, { headers: { Cookie: ada }, check: false });
  assert.equal((await ask("/api/video-call/mentorships?x=/../token")).status, 200);
  assert.equal((await ask("/api//video-call/mentorships")).status, 200);
  assert.equal((await ask("/api/video-call/%6dentorships")).status, 200);
  assert.equal((await ask("/api/video-call/mentorships%2f")).text, "portal\n");
  assert.equal((await ask("/api/video-call/mentorships%00")).status, 400);
});

test("nginx loads the snippets without warnings, and a fastcgi_param set outside them has no effect", async () => {
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

/** Sends a raw request and parses the response. */
async function exchange(nginx, lines, body = "") {
  const answer = await raw(nginx, `${lines.join("\r\n")}\r\nConnection: close\r\n\r\n${body}`);
  const [head, text] = answer.split("\r\n\r\n");
  const header = (name) => head.match(new RegExp(`^${name}: (.*)$`, "im"))?.[1].trim();
  return { status: Number(head.match(/^HTTP\/1\.. (\d{3})/)[1]), text, header };
}

const start = (...more) => ["POST /api/video-call/start HTTP/1.1", "Host: localhost", "Content-Type: application/json", ...more];

test("a request that nginx refuses on a route gets uncacheable JSON with a request id", async () => {
  const silent = await silentPool();
  const at = async (socket, options, lines, body) => {
    let answer;
    await withNginx(options, async (nginx) => (answer = await exchange(nginx, lines, body)), socket);
    return answer;
  };
  const { socket } = here.pool;
  const refused = {
    bad_request: [400, await exchange(here.nginx, start("Transfer-Encoding: chunked"), "zz\r\nhello\r\n0\r\n\r\n")],
    forbidden: [403, await at(socket, { inServer: "deny all;" }, start("Content-Length: 2"), "{}")],
    body_too_large: [413, await exchange(here.nginx, start("Content-Length: 9000"), "x".repeat(9000))],
    internal_error: [500, await at(socket, { inServer: "auth_request /nowhere;" }, start("Content-Length: 2"), "{}")],
    backend_unavailable: [502, await at("/nowhere/video-call.sock", {}, start("Content-Length: 2"), "{}")],
    backend_timeout: [504, await at(silent, impatient, start("Content-Length: 2"), "{}")],
  };
  for (const [code, [status, answer]] of Object.entries(refused)) {
    assert.equal(answer.status, status, code);
    const json = JSON.parse(answer.text);
    assert.deepEqual(Object.keys(json), ["error", "code", "requestId"], code);
    assert.equal(json.code, code);
    assert.match(json.error, /^[A-Z].*\.$/);
    assert.equal(json.requestId, answer.header("X-Request-Id"));
    assert.match(json.requestId, /^[0-9a-f]{32}$/);
    assert.equal(answer.header("Cache-Control"), "no-store");
    assert.equal(answer.header("Content-Type"), "application/json");
    assert.equal(answer.header("Retry-After"), status >= 502 ? "1" : undefined);
  }
});

test("a request that nginx refuses before it knows the route never reaches the pool", async () => {
  let reached = 0;
  const silent = await silentPool(() => reached++);
  const early = [
    [405, ["TRACE /api/video-call/start HTTP/1.1", "Host: localhost"]],
    [405, ["CONNECT /api/video-call/start HTTP/1.1", "Host: localhost"]],
    [414, [`GET /api/video-call/history?${"x".repeat(40000)} HTTP/1.1`, "Host: localhost"]],
    [400, start(`X-Long: ${"x".repeat(40000)}`)],
    [400, ["POST /api/video-call/start HTTP/1.1"]],
    [400, start("Content-Length: many")],
    [501, start("Transfer-Encoding: gzip")],
    [505, ["GET /api/video-call/history HTTP/3.0", "Host: localhost"]],
  ];
  await withNginx(impatient, async (nginx) => {
    for (const [status, lines] of early) assert.equal((await exchange(nginx, lines)).status, status, `${lines[0].slice(0, 60)} ${lines.at(-1).slice(0, 30)}`);
    assert.equal(reached, 0);
    assert.equal((await token(nginx)).status, 504);
    assert.equal(reached, 1);
  }, silent);
});
