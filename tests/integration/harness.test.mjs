// The test harness must fail fast and say why, or every test after it waits for nothing.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { startNginx } from "./harness/nginx.mjs";
import { startPgbouncer } from "./harness/pgbouncer.mjs";
import { program, ready, startPool } from "./harness/pool.mjs";
import { privateFolder } from "./harness/places.mjs";
import { freePort } from "./harness/ports.mjs";
import { killAll, start } from "./harness/process.mjs";
import { keep } from "./harness/systemd.mjs";

after(killAll);

/** The server must fail to start within a second, with a message that matches. */
async function failsAtOnce(starting, words) {
  const began = Date.now();
  await assert.rejects(starting, words);
  assert.ok(Date.now() - began < 1000, `it took ${Date.now() - began} ms`);
}

test("no port is handed out twice", async () => {
  const ports = await Promise.all(Array.from({ length: 500 }, freePort));
  assert.equal(new Set(ports).size, ports.length);
});

test("an nginx whose port is taken fails fast, even though another server answers there", async () => {
  const port = await freePort();
  const other = createServer((_, response) => response.end("somebody else"));
  await new Promise((resolve) => other.listen(port, "127.0.0.1", resolve));
  try {
    await failsAtOnce(startNginx("/nowhere", { port }), /its port is taken; it said:[^]*Address already in use/);
  } finally {
    other.close();
    other.closeAllConnections();
  }
});

test("a server that exits instead of serving fails fast, with its log", async () => {
  await failsAtOnce(startNginx("/nowhere", { server: () => "nonsense" }), /it has ended; it said:[^]*unexpected end of file/);
  await failsAtOnce(startPool({}), /it said:[^]*NEXTAUTH_SECRET is not set/);
  await failsAtOnce(startPgbouncer("none", 1), /it has ended; it said:[^]*pool_mode/);
  const kept = start("/usr/bin/perl", ["-e", keep, `${privateFolder()}/socket`, program], { env: {} });
  await failsAtOnce(ready(kept), /the pool refuses to start; it said:[^]*NEXTAUTH_SECRET is not set/);
});
