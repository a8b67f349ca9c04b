// Child processes that never outlive the test: each is stopped by its process id.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();

/**
 * Kills everything a failed test left running, with all children, because it would keep
 * this process alive. For the last after hook of a file.
 */
export function killAll() {
  for (const child of running)
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has exited in the meantime.
    }
}
process.on("exit", killAll);
// On SIGTERM, as from a time limit, a process would end without its exit handlers.
process.on("SIGTERM", () => process.exit(143));

/** Starts a program and collects its output in `stdout` and `stderr`. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
  const self = { child, pid: child.pid, stderr: "", stdout: "", ended: null };
  running.add(child);
  child.stderr?.on("data", (data) => (self.stderr += data));
  child.stdout?.on("data", (data) => (self.stdout += data));
  // "close" comes after the streams have been read to the end; "exit" can come earlier.
  self.ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  return self;
}

/** Waits until a condition holds, by default for 10 s at most. */
export async function until(what, condition, timeoutMs = 10000) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await sleep(20);
  }
}

/**
 * Waits until a server is ready; fails immediately, with its output, if it exits instead. Only the
 * server's own output or file counts, because another server may answer at its port.
 */
export async function serves(what, self, condition, { timeoutMs = 15000, said = () => self.stdout + self.stderr } = {}) {
  const alive = () => self.child.exitCode === null && self.child.signalCode === null;
  try {
    await until(
      what,
      async () => {
        if (!alive()) throw new Error(`${what}: it has ended`);
        if (/EADDRINUSE|bind\(\) to \S+ failed/.test(said())) throw new Error(`${what}: its port is taken`);
        return condition();
      },
      timeoutMs,
    );
  } catch (error) {
    if (alive()) self.child.kill("SIGKILL");
    await self.ended;
    throw new Error(`${error.message}; it said:\n${said()}`);
  }
}

/** Signals a process and waits for it to exit; kills it if it doesn't. */
export async function stop(self, signal = "SIGTERM", timeoutMs = 15000) {
  self.child.kill(signal);
  const timer = setTimeout(() => self.child.kill("SIGKILL"), timeoutMs);
  const result = await self.ended;
  clearTimeout(timer);
  return result;
}
