// Child processes that never outlive the test: each is known by its id and stopped by it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

const running = new Set();

/**
 * Ends whatever a failed test has left running, each with all its children: they would keep
 * this process alive. For the last after hook of a file.
 */
export function killAll() {
  for (const child of running)
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It ended by itself meanwhile.
    }
}
process.on("exit", killAll);
// Told to stop, as by a time limit, a process would end without that.
process.on("SIGTERM", () => process.exit(143));

/** Starts a program; its stderr gathers in `stderr`. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], detached: true, ...options });
  const self = { child, pid: child.pid, stderr: "", stdout: "", ended: null };
  running.add(child);
  child.stderr?.on("data", (data) => (self.stderr += data));
  child.stdout?.on("data", (data) => (self.stdout += data));
  // "close" comes when the streams have been read to their ends, "exit" may be earlier.
  self.ended = once(child, "close").then(([code, signal]) => {
    running.delete(child);
    return { code, signal };
  });
  return self;
}

/** Waits until a condition holds, 10 s at most. */
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
 * Waits until a server serves; one that ends instead fails at once, with what it said. It is the
 * server's own word or file that counts: somebody else may answer at its port.
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

/** Signals a process and waits for its end; one that does not end is killed. */
export async function stop(self, signal = "SIGTERM", timeoutMs = 15000) {
  self.child.kill(signal);
  const timer = setTimeout(() => self.child.kill("SIGKILL"), timeoutMs);
  const result = await self.ended;
  clearTimeout(timer);
  return result;
}
