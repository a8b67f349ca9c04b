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

/** Signals a process and waits for its end; one that does not end is killed. */
export async function stop(self, signal = "SIGTERM", timeoutMs = 15000) {
  self.child.kill(signal);
  const timer = setTimeout(() => self.child.kill("SIGKILL"), timeoutMs);
  const result = await self.ended;
  clearTimeout(timer);
  return result;
}
