// lib/postgres as an event loop uses it: many asks in flight, and everything that can happen to them.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import net from "node:net";
import tls from "node:tls";
import { createDatabase } from "./harness/database.mjs";
import { NameServer } from "./harness/nameserver.mjs";
import { startPgbouncer } from "./harness/pgbouncer.mjs";
import { build, postgresSocket, privateFolder } from "./harness/places.mjs";
import { freePort } from "./harness/ports.mjs";
import { killAll, serves, start, stop, until } from "./harness/process.mjs";

const program = join(build, "tests/unit/database_pipe");

let database;
before(async () => {
  database = await createDatabase("template1");
  await database.sql("CREATE TABLE lines (id int PRIMARY KEY, text text)");
  await database.sql("CREATE TABLE parents (id int PRIMARY KEY)");
  await database.sql("CREATE TABLE children (id serial, parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED)");
  await database.sql("CREATE TABLE written (id int)");
  await database.sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO video_call");
  await database.sql("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO video_call");
  await database.sql("INSERT INTO lines VALUES (1, 'one'), (2, 'two')");
});
after(async () => {
  await database.drop();
  killAll();
});

// Anything a failed test leaves open would keep this process alive.
const leftOpen = [];
afterEach(() => leftOpen.splice(0).forEach((close) => close()));

/** Starts database_pipe and collects its events. */
function open(url, { timeoutMs = 3000, connections = 1, pipelining = "auto", wrap = [] } = {}) {
  const command = [...wrap, program, url, String(timeoutMs), String(connections), pipelining];
  const self = start(command[0], command.slice(1), { stdio: ["pipe", "pipe", "pipe"] });
  leftOpen.push(() => self.child.kill("SIGKILL"));
  const done = [];
  const states = [];
  let isReady = false;
  let rest = "";
  self.child.stdout.on("data", (data) => {
    const lines = (rest + data).split("\n");
    rest = lines.pop();
    for (const event of lines.map((line) => JSON.parse(line))) {
      if (event.event === "done") done.push({ ...event, at: Date.now() });
      if (event.event === "state") states.push(event);
      if (event.event === "ready") isReady = event.ready;
    }
  });
  const send = (command) => self.child.stdin.write(`${JSON.stringify(command)}\n`);
  const pipe = {
    self,
    done,
    send,
    ready: (timeoutMs) => until("ready", () => isReady, timeoutMs),
    down: () => until("not ready", () => !isReady),
    submit: (id, sql, more = {}) => send({ op: "submit", id, sql, ...more }),
    /** Waits for `count` results and takes all there are. */
    results: async (count, timeoutMs) => {
      await until(`${count} results`, () => done.length >= count, timeoutMs).catch((error) => {
        throw new Error(`${error.message}: ${done.length} are there\n${self.stderr}`);
      });
      return done.splice(0);
    },
    state: async () => {
      const count = states.length;
      send({ op: "state" });
      await until("the state", () => states.length > count);
      return states.at(-1);
    },
    close: async () => {
      self.child.stdin.end();
      const { code } = await self.ended;
      assert.equal(code, 0, self.stderr);
      assert.doesNotMatch(self.stderr, /ERROR: \w+Sanitizer|runtime error/);
    },
  };
  return pipe;
}

/** Runs the test body with a pipe, which is closed afterwards. */
async function through(url, options, body, readyWithinMs) {
  const pipe = open(url, options);
  await pipe.ready(readyWithinMs);
  await body(pipe);
  await pipe.close();
}

/** Listens on a port; `join(client, server)` connects each client with the server. */
async function relay(join_) {
  const sockets = new Set();
  const open_ = (client) => {
    const server = net.connect(`${postgresSocket}/.s.PGSQL.5432`);
    for (const [socket, other] of [[client, server], [server, client]]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => other.destroy());
    }
    join_(client, server);
  };
  const listener = net.createServer({ noDelay: true }, open_);
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address();
  leftOpen.push(() => (listener.close(), sockets.forEach((socket) => socket.destroy())));
  return {
    port,
    url: `postgresql://video_call@127.0.0.1:${port}/${database.name}`,
    cut: () => sockets.forEach((socket) => socket.destroy()),
    /** New clients are refused until reopen(). */
    shut: () => new Promise((resolve) => (listener.close(resolve), sockets.forEach((socket) => socket.destroy()))),
    reopen: () => new Promise((resolve) => listener.listen(port, "127.0.0.1", resolve)),
  };
}

async function pooler(connections) {
  const bouncer = await startPgbouncer("transaction", connections);
  leftOpen.push(bouncer.stop);
  return bouncer;
}

/** A session that locks the row with that id until it rolls back. */
async function holdLine(id) {
  const holder = await database.connect();
  leftOpen.push(() => holder.end());
  await holder.query("BEGIN");
  await holder.query("SELECT FROM lines WHERE id = $1 FOR UPDATE", [id]);
  return holder;
}

async function silentNameServer() {
  const server = await new NameServer({ isSilent: true }).listen();
  leftOpen.push(() => server.close());
  return server;
}

const errors = (results) => results.map(({ error }) => error);
const ids = (results) => results.map(({ id }) => id);
const from = (first, count) => Array.from({ length: count }, (_, at) => first + at);
/** The process id of the backend that serves the next ask. */
async function backend(pipe) {
  pipe.submit(-1, "SELECT pg_backend_pid()");
  return (await pipe.results(1))[0].value;
}
const terminate = () =>
  database.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'database_pipe' AND datname = current_database()");

/** A loop that takes this long must be blocked; even on a busy machine it needs less. */
const stallMs = 500;

/** Ids of asks that sleep are never reused, so that statements differ. */
const sleeps = (sec) => `SELECT pg_sleep(${sec})`;

test("hundreds of asks in flight on one connection get their own results, in order", () =>
  through(database.url, {}, async (pipe) => {
    for (let id = 0; id < 600; id++) pipe.submit(id, "SELECT $1::int * 2", { parameters: [String(id)] });
    const results = await pipe.results(600);
    assert.deepEqual(ids(results), from(0, 600));
    assert.ok(results.every(({ id, error, value }) => error === "OK" && value === String(2 * id)));
    assert.equal((await pipe.state()).inFlight, 0);
  }));

test("without pipelining, and through a multiplexing pooler, each connection carries one ask, and more are opened as needed", async () => {
  const bouncer = await pooler(3);
  for (const [url, pipelining] of [[database.url, "off"], [bouncer.url(database), "auto"]])
    await through(url, { connections: 3, pipelining }, async (pipe) => {
      pipe.submit(0, "SELECT 1");
      assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
      const began = Date.now();
      pipe.submit(1, sleeps(0.4), { times: 6 });
      assert.deepEqual(errors(await pipe.results(6)), Array(6).fill("OK"));
      const took = Date.now() - began;
      // Two in a row on each of three connections, not six in a row.
      assert.ok(took > 750 && took < 2300, `${took} ms`);
      pipe.submit(10, "SELECT $1", { parameters: ["x"], times: 300 });
      assert.deepEqual(errors(await pipe.results(300)), Array(300).fill("OK"));
    });
});

test("pipelining works through PgBouncer in transaction mode", async () => {
  const bouncer = await pooler(2);
  await through(bouncer.url(database), { pipelining: "on", connections: 4 }, async (pipe) => {
    pipe.submit(0, "SELECT 7", { times: 500 });
    const results = await pipe.results(500);
    assert.deepEqual(ids(results), from(0, 500));
    assert.ok(results.every(({ error, value }) => error === "OK" && value === "7"));
  });
});

test("an error affects only its own ask, whose changes are rolled back", () =>
  through(database.url, {}, async (pipe) => {
    await database.sql("TRUNCATE written");
    for (let id = 0; id < 30; id++)
      pipe.submit(id, id % 3 === 1 ? "INSERT INTO written VALUES (-1) RETURNING 1 / (id + 1)" : "INSERT INTO written VALUES ($1) RETURNING id", id % 3 === 1 ? {} : { parameters: [String(id)] });
    const results = await pipe.results(30);
    assert.deepEqual(ids(results), from(0, 30));
    assert.ok(results.every(({ id, error }) => error === (id % 3 === 1 ? "STATEMENT" : "OK")));
    assert.deepEqual(await database.sql("SELECT count(*)::int, min(id) FROM written"), [{ count: 20, min: 0 }]);
    assert.match(pipe.self.stderr, /database_error.*22012 division by zero/);
  }));

test("an error at commit, after rows, is the result", async () => {
  for (const pipelining of ["on", "off"])
    await through(database.url, { pipelining }, async (pipe) => {
      pipe.submit(0, "SELECT 1");
      pipe.submit(1, "INSERT INTO children (parent) VALUES (99) RETURNING id");
      pipe.submit(2, "SELECT 2");
      const results = await pipe.results(3);
      assert.deepEqual(ids(results), [0, 1, 2]);
      assert.deepEqual(errors(results), ["OK", "STATEMENT", "OK"]);
      assert.equal(results[1].rows, 0);
    });
});

test("a statement that is empty, doesn't parse, has a wrong parameter or copies fails alone", () =>
  through(database.url, {}, async (pipe) => {
    pipe.submit(0, "SELEKT 1");
    pipe.submit(1, "");
    pipe.submit(2, "SELECT $1::uuid", { parameters: ["nonsense"] });
    pipe.submit(3, "SELECT * FROM nowhere");
    pipe.submit(4, "SELECT 1 WHERE false");
    pipe.submit(5, "SELECT $1", { parameters: ["x".repeat(2000)] });
    pipe.submit(6, "SELECT 'well'");
    const results = (await pipe.results(7)).sort((a, b) => a.id - b.id);
    assert.deepEqual(errors(results), ["STATEMENT", "STATEMENT", "STATEMENT", "SCHEMA", "OK", "STATEMENT", "OK"]);
    pipe.submit(7, "COPY lines TO STDOUT");
    assert.deepEqual(errors(await pipe.results(1)), ["UNAVAILABLE"]);
    await pipe.ready();
    pipe.submit(8, "SELECT 'again'");
    assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
  }));

test("if a backend is terminated with many asks in flight, all are sent again and succeed", () =>
  through(database.url, { timeoutMs: 5000 }, async (pipe) => {
    for (let round = 0; round < 5; round++) {
      pipe.submit(0, sleeps(0.2), { deadlineMs: 5000 });
      for (let id = 1; id < 200; id++) pipe.submit(id, "SELECT $1", { parameters: [String(id)], deadlineMs: 5000 });
      await sleep(100);
      await terminate();
      const results = await pipe.results(200);
      assert.deepEqual(errors(results), Array(200).fill("OK"), pipe.self.stderr);
      assert.deepEqual(ids(results), from(0, 200));
      assert.ok(results.slice(1).every(({ id, value }) => value === String(id)));
    }
  }));

test("an ask that kills its connection is given up after the second", () =>
  through(database.url, {}, async (pipe) => {
    await database.sql("CREATE OR REPLACE FUNCTION public.die() RETURNS bool SECURITY DEFINER LANGUAGE sql AS 'SELECT pg_catalog.pg_terminate_backend(pg_catalog.pg_backend_pid())'");
    pipe.submit(0, "SELECT public.die()");
    const [result] = await pipe.results(1);
    assert.equal(result.error, "UNAVAILABLE");
    await pipe.ready();
    pipe.submit(1, "SELECT 1");
    assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
  }));

test("an ask refused by a read-only server is sent again on another connection", async () => {
  await database.sql("CREATE SEQUENCE refusals");
  await database.sql("GRANT ALL ON SEQUENCE refusals TO video_call");
  await database.sql("CREATE FUNCTION public.refuse_once() RETURNS text LANGUAGE plpgsql AS $$ BEGIN IF nextval('refusals') = 1 THEN RAISE SQLSTATE '25006'; END IF; RETURN 'done'; END $$");
  await through(database.url, {}, async (pipe) => {
    const before = await backend(pipe);
    pipe.submit(0, "SELECT public.refuse_once()");
    const [{ error, value }] = await pipe.results(1);
    assert.deepEqual([error, value], ["OK", "done"]);
    assert.notEqual(await backend(pipe), before);
  });
});

test("an ask at the head that hangs gets TIMEOUT at its deadline, and those behind it get their results", async () => {
  for (const pipelining of ["on", "off"])
    await through(database.url, { pipelining }, async (pipe) => {
      const began = Date.now();
      pipe.submit(0, sleeps(2.2), { deadlineMs: 500 });
      for (let id = 1; id <= 100; id++) pipe.submit(id, "SELECT $1", { parameters: [String(id)] });
      const results = await pipe.results(101);
      assert.equal(results[0].id, 0);
      assert.equal(results[0].error, "TIMEOUT");
      assert.ok(results[0].at - began >= 480, `${results[0].at - began} ms`);
      assert.deepEqual(errors(results.slice(1)), Array(100).fill("OK"));
      // Before the head would have finished.
      assert.ok(results.at(-1).at - began < 2200, `${results.at(-1).at - began} ms`);
    });
});

test("an ask that expires behind the head gets TIMEOUT, its late result is dropped, and the connection is kept", () =>
  through(database.url, {}, async (pipe) => {
    const before = await backend(pipe);
    pipe.submit(0, sleeps(0.8));
    pipe.submit(1, "SELECT 'late'", { deadlineMs: 200 });
    pipe.submit(2, "SELECT 'right'");
    const results = await pipe.results(3);
    assert.deepEqual(ids(results), [1, 0, 2]);
    assert.deepEqual(errors(results), ["TIMEOUT", "OK", "OK"]);
    assert.equal(results[2].value, "right");
    assert.equal(await backend(pipe), before);
  }));

test("an ask that expires in the queue gets TIMEOUT, and the connection is kept", () =>
  through(database.url, { pipelining: "off" }, async (pipe) => {
    const before = await backend(pipe);
    pipe.submit(0, sleeps(0.6));
    pipe.submit(1, "SELECT 1", { deadlineMs: 150 });
    const results = await pipe.results(2);
    assert.deepEqual(results.map(({ id, error }) => [id, error]), [[1, "TIMEOUT"], [0, "OK"]]);
    assert.equal(await backend(pipe), before);
  }));

test("a forgotten ask gets no result, whether it's queued, in flight or done", () =>
  through(database.url, {}, async (pipe) => {
    pipe.submit(0, sleeps(0.3));
    pipe.submit(1, "SELECT 1", { times: 400 });
    await sleep(100);
    for (let id = 0; id < 400; id += 2) pipe.send({ op: "forget", id });
    const results = await pipe.results(201);
    assert.deepEqual(ids(results), [...from(0, 200).map((at) => 2 * at + 1), 400]);
    assert.deepEqual(errors(results), Array(201).fill("OK"));
    assert.equal((await pipe.state()).inFlight, 0);
  }));

test("an ask that hit the lock timeout is sent again, after the others, until it gets the lock or expires", () =>
  through(`${database.url}&options=-c%20lock_timeout%3D200ms`, {}, async (pipe) => {
    const holder = await holdLine(1);
    pipe.submit(0, "SELECT text FROM lines WHERE id = 1 FOR UPDATE", { deadlineMs: 5000 });
    pipe.submit(1, "SELECT text FROM lines WHERE id = 2 FOR UPDATE", { deadlineMs: 5000 });
    assert.deepEqual(ids(await pipe.results(1)), [1]);
    await until("the lock timeout", () => pipe.self.stderr.includes("55P03"));
    await sleep(500); // it may time out again
    pipe.submit(2, "SELECT 2");
    assert.deepEqual(ids(await pipe.results(1)), [2]);
    await holder.query("ROLLBACK");
    const [{ id, error, value }] = await pipe.results(1);
    assert.deepEqual([id, error, value], [0, "OK", "one"]);
    assert.equal(pipe.self.stderr.match(/55P03/g).length, 1);

    await holder.query("BEGIN");
    await holder.query("SELECT FROM lines WHERE id = 1 FOR UPDATE");
    const before = await backend(pipe);
    pipe.submit(3, "SELECT text FROM lines WHERE id = 1 FOR UPDATE", { deadlineMs: 700 });
    const [late] = await pipe.results(1);
    assert.deepEqual([late.id, late.error], [3, "TIMEOUT"]);
    assert.equal(await backend(pipe), before);
  }));

test("an ask for a row whose lock just timed out doesn't hold up others", () =>
  through(`${database.url}&options=-c%20lock_timeout%3D1500ms`, { connections: 2 }, async (pipe) => {
    const holder = await holdLine(1);
    const locks = (id) => pipe.submit(id, "SELECT text FROM lines WHERE id = $1 FOR UPDATE", { parameters: ["1"], locks: true, deadlineMs: 9000 });
    locks(0);
    await until("the lock timeout", () => pipe.self.stderr.includes("55P03"));
    const began = Date.now();
    locks(1);
    pipe.submit(2, "SELECT 'free'");
    assert.deepEqual(ids(await pipe.results(1)), [2]);
    assert.ok(Date.now() - began < 1200, `${Date.now() - began} ms`);
    await holder.query("ROLLBACK");
    assert.deepEqual(errors(await pipe.results(2)), ["OK", "OK"]);
  }));

test("it works with data that arrives byte by byte, in both directions", async () => {
  const slow = await relay((client, server) => {
    for (const [a, b] of [[client, server], [server, client]])
      a.on("data", (data) => {
        for (const byte of data) b.write(Buffer.from([byte]));
      });
  });
  await through(slow.url, { timeoutMs: 8000 }, async (pipe) => {
    for (let id = 0; id < 150; id++) pipe.submit(id, id % 10 === 3 ? "SELECT 1/0" : "SELECT repeat($1, 30)", { parameters: id % 10 === 3 ? [] : [String(id)], deadlineMs: 8000 });
    const results = await pipe.results(150);
    assert.deepEqual(ids(results), from(0, 150));
    assert.ok(results.every(({ id, error, value }) => (id % 10 === 3 ? error === "STATEMENT" : value.startsWith(String(id)))));
  });
});

test("however often and wherever the connection is cut, every ask gets its result", async () => {
  let allowed = Infinity;
  const cutting = await relay((client, server) => {
    client.on("data", (data) => server.write(data));
    server.on("data", (data) => {
      if (data.length < allowed) {
        allowed -= data.length;
        client.write(data);
        return;
      }
      client.end(data.subarray(0, allowed));
      allowed = Infinity;
    });
  });
  await through(cutting.url, {}, async (pipe) => {
    for (let cut = 1; cut < 400; cut += 13) {
      allowed = cut;
      pipe.submit(0, "SELECT 'abc', 1", { times: 50 });
      const results = await pipe.results(50);
      assert.deepEqual(errors(results), Array(50).fill("OK"), `cut after ${cut} bytes: ${pipe.self.stderr}`);
      assert.deepEqual(ids(results), from(0, 50));
      await pipe.ready();
    }
  });
});

test("with large statements and results, sending and reading go on together", () =>
  through(database.url, {}, async (pipe) => {
    for (let id = 0; id < 120; id++) pipe.submit(id, "SELECT repeat($1, 400), repeat('y', 300000)", { parameters: ["x".repeat(700)] });
    const results = await pipe.results(120);
    assert.deepEqual(ids(results), from(0, 120));
    assert.ok(results.every(({ bytes }) => bytes === 280000));
    const { longestAdvanceMs } = await pipe.state();
    assert.ok(longestAdvanceMs < stallMs, `${longestAdvanceMs} ms`);
  }));

test("if the server is gone, asks in flight get UNAVAILABLE after a second, new ones immediately, and it recovers by itself", async () => {
  const server = await relay((client, upstream) => (client.pipe(upstream), upstream.pipe(client)));
  await through(server.url, {}, async (pipe) => {
    pipe.submit(0, sleeps(1), { times: 3 });
    await sleep(100);
    let began = Date.now();
    await server.shut();
    const lost = await pipe.results(3);
    assert.deepEqual(errors(lost), Array(3).fill("UNAVAILABLE"));
    assert.ok(lost[0].at - began < 2500, `${lost[0].at - began} ms`);
    began = Date.now();
    pipe.submit(10, "SELECT 1", { times: 100 });
    const refused = await pipe.results(100);
    assert.deepEqual(errors(refused), Array(100).fill("UNAVAILABLE"));
    assert.ok(refused.at(-1).at - began < 900, `${refused.at(-1).at - began} ms`);
    pipe.send({ op: "run", id: 200, sql: "SELECT 1" });
    assert.deepEqual(errors(await pipe.results(1)), ["UNAVAILABLE"]);
    await sleep(1500);
    assert.equal(pipe.self.stderr.match(/database_down/g).length, 1);
    await server.reopen();
    await pipe.ready();
    assert.match(pipe.self.stderr, /database_up/);
    pipe.send({ op: "run", id: 201, sql: "SELECT 1" });
    assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
    assert.ok((await pipe.state()).longestAdvanceMs < stallMs);
  });
});

test("if the server goes silent, asks wait for one deadline, and later ones fail immediately", async () => {
  let isSilent = false;
  const mute = await relay((client, upstream) => {
    client.on("data", (data) => isSilent || upstream.write(data));
    upstream.on("data", (data) => isSilent || client.write(data));
  });
  await through(mute.url, { timeoutMs: 500 }, async (pipe) => {
    isSilent = true;
    const began = Date.now();
    pipe.submit(0, "SELECT 1", { times: 50, deadlineMs: 500 });
    const results = await pipe.results(50);
    assert.deepEqual(errors(results), Array(50).fill("TIMEOUT"));
    assert.ok(results.at(-1).at - began < 2000);
    await pipe.down();
    pipe.submit(60, "SELECT 1", { times: 5 });
    const refused = await pipe.results(5);
    assert.deepEqual(errors(refused), Array(5).fill("UNAVAILABLE"));
    isSilent = false;
    await pipe.ready();
  });
});

test("a connection attempt lost in the network doesn't keep the next from succeeding", async () => {
  let attempts = 0;
  const swallowing = await relay((client, upstream) => {
    if (attempts++ > 0) client.pipe(upstream), upstream.pipe(client);
  });
  await through(swallowing.url, { connections: 2 }, async (pipe) => {
    assert.equal(attempts, 2);
    pipe.submit(0, "SELECT 1");
    assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
  }, 3900);
});

test("a host name that can't be resolved never blocks the loop", async () => {
  const pipe = open("postgresql://someone:secret@no-such-host.invalid/nowhere");
  const began = Date.now();
  while (Date.now() - began < 1500) {
    pipe.submit(0, "SELECT 1");
    assert.deepEqual(errors(await pipe.results(1)), ["UNAVAILABLE"]);
  }
  const { longestAdvanceMs, ready } = await pipe.state();
  assert.equal(ready, false);
  assert.ok(longestAdvanceMs < stallMs, `${longestAdvanceMs} ms`);
  await pipe.close();
});

test("a silent resolver never blocks the loop, and closing doesn't wait for it", { skip: process.getuid() !== 0 && "wants root" }, async () => {
  const wrap = (await silentNameServer()).wrapper({ options: "timeout:3 attempts:2" });
  const pipe = open("postgresql://someone:secret@db.example.com/nowhere", { wrap });
  const began = Date.now();
  while (Date.now() - began < 4500) {
    const asked = Date.now();
    pipe.submit(0, "SELECT 1");
    const [{ error, at }] = await pipe.results(1);
    assert.equal(error, "UNAVAILABLE");
    assert.ok(at - asked < 1500, `${at - asked} ms`);
    await sleep(20);
  }
  const { longestAdvanceMs, fault } = await pipe.state();
  assert.ok(longestAdvanceMs < stallMs, `${longestAdvanceMs} ms`);
  assert.match(fault, /timeout while connecting/);
  const closing = Date.now();
  await pipe.close();
  assert.ok(Date.now() - closing < 2500);
});

test("the last good addresses are used while the resolver is silent", { skip: process.getuid() !== 0 && "wants root" }, async () => {
  const server = await relay((client, upstream) => (client.pipe(upstream), upstream.pipe(client)));
  const hosts = join(privateFolder(), "hosts");
  writeFileSync(hosts, "127.0.0.1 db.example.com\n");
  const wrap = (await silentNameServer()).wrapper({ options: "timeout:20 attempts:1", hosts });
  await through(`postgresql://video_call@db.example.com:${server.port}/${database.name}`, { wrap }, async (pipe) => {
    writeFileSync(hosts, "");
    await sleep(1100);
    server.cut();
    await pipe.down();
    const began = Date.now();
    await pipe.ready();
    assert.ok(Date.now() - began > 1500, `${Date.now() - began} ms`);
    pipe.submit(0, "SELECT 1");
    assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
    assert.ok((await pipe.state()).longestAdvanceMs < stallMs);
  });
});

test("a name server that is back is asked before the resolver's own retry", { skip: process.getuid() !== 0 && "wants root" }, async () => {
  const server = await relay((client, upstream) => (client.pipe(upstream), upstream.pipe(client)));
  const names = await silentNameServer();
  const pipe = open(`postgresql://video_call@db.example.com:${server.port}/${database.name}`, { wrap: names.wrapper({ options: "timeout:20 attempts:1" }) });
  await until("the name server was asked", () => names.questions > 0);
  names.isSilent = false;
  await pipe.ready();
  await pipe.close();
});

test("a host name is resolved, and TLS verifies it by that name", () =>
  withTlsServer(async ({ port, folder }) => {
    const url = (host, more = "") => `postgresql://postgres@${host}:${port}/postgres?sslrootcert=${folder}/server.crt${more}`;
    await through(url("localhost", "&sslmode=verify-full"), {}, async (pipe) => {
      pipe.submit(0, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
      const [{ value }] = await pipe.results(1);
      assert.equal(value, "t");
    });
    const other = open(url("127.0.0.1", "&sslmode=verify-full"));
    await until("the refusal", async () => /certificate/.test((await other.state()).fault));
    await other.close();
  }));

test("TLS verifies a host name in a list, or with a hostaddr, by that name", () =>
  withTlsServer(async ({ port, folder }) => {
    const url = (hosts, more = "") => `postgresql://postgres@${hosts}/postgres?sslmode=verify-full&sslrootcert=${folder}/server.crt${more}`;
    for (const good of [url(`localhost:1,localhost:${port}`), url(`localhost:${port}`, "&hostaddr=127.0.0.1")])
      await through(good, {}, async (pipe) => {
        pipe.submit(0, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
        const [{ value }] = await pipe.results(1);
        assert.equal(value, "t");
      });
    const other = open(url(`other.example:${port}`, "&hostaddr=127.0.0.1"));
    await until("the refusal", async () => /certificate/.test((await other.state()).fault));
    await other.close();
  }));

test("of several hosts, including sockets, the first that answers is used", async () => {
  for (const hosts of [`host=localhost,${postgresSocket} port=1,5432`, `host=/nowhere,127.0.0.1,no-such-host.invalid,${postgresSocket} port=5432,1,1,5432`])
    await through(`${hosts} user=video_call dbname=${database.name}`, {}, async (pipe) => {
      pipe.submit(0, "SELECT 1");
      assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
      assert.ok((await pipe.state()).longestAdvanceMs < stallMs);
    });
});

test("a host that accepts connections but stays silent is skipped for the next", async () => {
  const mute = await relay(() => {});
  const pipe = open(`host=127.0.0.1,${postgresSocket} port=${mute.port},5432 user=video_call dbname=${database.name}`);
  await pipe.ready();
  assert.ok((await pipe.state()).longestAdvanceMs < stallMs);
  await pipe.close();
});

test("if the resolver never answers for one host, the others are used", { skip: process.getuid() !== 0 && "wants root" }, async () => {
  const wrap = (await silentNameServer()).wrapper({ options: "timeout:20 attempts:1" });
  const pipe = open(`host=db.example.com,${postgresSocket} user=video_call dbname=${database.name}`, { wrap });
  await pipe.ready();
  pipe.submit(0, "SELECT 1");
  assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
  assert.ok((await pipe.state()).longestAdvanceMs < stallMs);
  await pipe.close();
});

test("a service file's hosts are resolved without blocking the loop too", async () => {
  const file = join(privateFolder(), "pg_service.conf");
  writeFileSync(file, `[portal]\nhost=no-such-host.invalid,${postgresSocket}\nport=1,5432\nuser=video_call\ndbname=${database.name}\n`);
  for (const [url, variable] of [["service=portal", "PGAPPNAME=x"], ["postgresql:///", "PGSERVICE=portal"]])
    await through(url, { wrap: ["env", `PGSERVICEFILE=${file}`, variable] }, async (pipe) => {
      pipe.submit(0, "SELECT 1");
      assert.deepEqual(errors(await pipe.results(1)), ["OK"]);
      assert.ok((await pipe.state()).longestAdvanceMs < stallMs);
    });
});

test("large results over TLS, in records of 16 kB as Supavisor sends them, arrive without waiting for the timeout", () =>
  withTlsServer(async ({ folder }) => {
    const secureContext = tls.createSecureContext({ key: readFileSync(`${folder}/server.key`), cert: readFileSync(`${folder}/server.crt`) });
    const READY = Buffer.from("5a0000000549", "hex");
    // One whole result at a time. The first record fills half of libpq's 16 kB buffer, which leaves
    // just enough room that libpq doesn't enlarge it: half of the second and last record stays in OpenSSL.
    const sendInRecords = (secure, result) => {
      secure.write(result.subarray(0, 8192));
      for (let at = 8192; at < result.length; at += 16384) secure.write(result.subarray(at, at + 16384));
    };
    const relay_ = net.createServer({ noDelay: true }, (client) =>
      client.once("data", () => {
        client.write("S");
        const secure = new tls.TLSSocket(client, { isServer: true, secureContext });
        const server = net.connect(`${postgresSocket}/.s.PGSQL.5432`);
        let held = Buffer.alloc(0);
        secure.on("data", (data) => server.write(data));
        server.on("data", (data) => {
          held = Buffer.concat([held, data]);
          if (!held.subarray(-READY.length).equals(READY)) return;
          sendInRecords(secure, held);
          held = Buffer.alloc(0);
        });
        for (const [socket, peer] of [[secure, server], [server, secure]]) {
          socket.on("error", () => {});
          socket.on("close", () => peer.destroy());
        }
      }));
    leftOpen.push(() => relay_.close());
    await new Promise((resolve) => relay_.listen(0, "127.0.0.1", resolve));
    for (const pipelining of ["on", "off"])
      await through(`postgresql://video_call@127.0.0.1:${relay_.address().port}/${database.name}?sslmode=require`, { pipelining, timeoutMs: 8000 }, async (pipe) => {
        pipe.submit(0, "SELECT repeat('z', 12000) FROM generate_series(1, 2)", { deadlineMs: 8000 });
        assert.deepEqual((await pipe.results(1)).map(({ error, rows, bytes }) => [error, rows, bytes]), [["OK", 2, 12000]]);
        pipe.submit(0, "SELECT repeat('z', 20000)", { times: 200, deadlineMs: 8000 });
        assert.ok((await pipe.results(200)).every(({ bytes }) => bytes === 20000));
      });
  }));

/** Starts a separate PostgreSQL with TLS and a certificate for localhost. */
async function withTlsServer(body) {
  const folder = privateFolder();
  const port = await freePort();
  const asPostgres = process.getuid() === 0 ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] : [];
  const bin = "/usr/lib/postgresql/15/bin";
  const run = (...command) => execFileSync([...asPostgres, ...command][0], [...asPostgres, ...command].slice(1), { stdio: "pipe" });
  if (asPostgres.length) execFileSync("chown", ["postgres", folder]);
  run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", `${folder}/server.key`, "-out", `${folder}/server.crt`);
  chmodSync(`${folder}/server.key`, 0o600);
  run(`${bin}/initdb`, "-D", `${folder}/data`, "-A", "trust", "-U", "postgres", "--no-sync");
  const command = [...asPostgres, `${bin}/postgres`, "-D", `${folder}/data`, "-p", String(port), "-k", folder, "-c", "listen_addresses=localhost", "-c", "ssl=on", "-c", `ssl_cert_file=${folder}/server.crt`, "-c", `ssl_key_file=${folder}/server.key`, "-c", "fsync=off"];
  const self = start(command[0], command.slice(1));
  try {
    await serves("PostgreSQL with TLS", self, () => /ready to accept connections/.test(self.stderr), { said: () => self.stderr });
    await body({ port, folder });
  } finally {
    await stop(self, "SIGINT", 5000);
  }
}
