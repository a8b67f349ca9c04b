// A private pool: the real program on a real socket.
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { build, privateFolder } from "./places.mjs";
import { sessionSecret } from "./people.mjs";
import { serves, start, stop, until } from "./process.mjs";

export const program = join(build, "fcgi/video-call-fcgi");

export const agora = {
  appId: "970ca35de60c44645bbae8a215061b33",
  certificate: "5cfd2fd1755d40ecb72977518be15d3b",
};

export const portalUrl = "http://portal.example:3000";

/** The settings of a deployment; undefined removes one. */
export const settings = (database, more = {}) => {
  const all = {
    NEXTAUTH_SECRET: sessionSecret,
    NEXTAUTH_URL: portalUrl,
    NEXT_PUBLIC_AGORA_APP_ID: agora.appId,
    AGORA_APP_CERTIFICATE: agora.certificate,
    DATABASE_URL: database?.url,
    ...more,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

const baseEnvironment = () => ({
  PATH: process.env.PATH,
  ...(process.env.ASAN_OPTIONS ? { ASAN_OPTIONS: process.env.ASAN_OPTIONS } : {}),
  ...(process.env.UBSAN_OPTIONS ? { UBSAN_OPTIONS: process.env.UBSAN_OPTIONS } : {}),
});

/** Waits until a pool reports that it's ready; fails early if it refuses to start, even if it's restarted repeatedly. */
export const ready = (self) =>
  serves(
    "the pool is ready",
    self,
    () => {
      if (/^video-call-fcgi: /m.test(self.stderr)) throw new Error("the pool refuses to start");
      return self.stderr.includes('"message":"ready"');
    },
    { timeoutMs: 20000 },
  );

/** Starts a pool and waits until it is ready. */
export async function startPool(environment, { workers = 2, args = [], wrapper = [], stdio } = {}) {
  const socket = join(privateFolder(), "video-call.sock");
  // Tests read /proc; if the pool isn't debuggable, only root can.
  const debuggable = process.getuid() === 0 ? [] : ["--debuggable"];
  const command = [...wrapper, program, "--listen", `unix:${socket}`, "--workers", String(workers), ...debuggable, ...args];
  const self = start(command[0], command.slice(1), {
    env: { ...baseEnvironment(), ...environment },
    ...(stdio ? { stdio } : {}),
  });
  const pool = {
    ...self,
    socket,
    self,
    get logText() {
      return self.stderr;
    },
    /** The parsed log; every line must be JSON. */
    get log() {
      return self.stderr.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    },
    get workers() {
      const pids = new Set(pool.log.map((line) => line.pid));
      pids.delete(self.pid);
      return pids;
    },
    /** Waits for the first matching log line, because a response can arrive before its line. */
    line: (fits) => until("the line in the log", () => pool.log.find(fits)),
    stop: (signal, timeoutMs) => stop(self, signal, timeoutMs),
    signal: (name) => self.child.kill(name),
  };
  await ready(self);
  if (existsSync(socket) && !stdio) pool.mode = makeReachable(socket);
  return pool;
}

// nginx's workers run as www-data if the tests run as root; in production a group grants access.
function makeReachable(socket) {
  if (process.getuid() === 0) chmodSync(socket, 0o666);
}

/** Runs the program until it exits, as for --check; if it serves instead, it's killed after 20 s. */
export async function run(args, environment = {}) {
  const self = start(program, args, { env: { ...baseEnvironment(), ...environment } });
  const timer = setTimeout(() => self.child.kill("SIGKILL"), 20000);
  const { code } = await self.ended;
  clearTimeout(timer);
  return { code, stdout: self.stdout, stderr: self.stderr };
}
