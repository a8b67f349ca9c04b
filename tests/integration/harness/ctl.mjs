// Runs the real video-callctl.
import { join } from "node:path";
import { build } from "./places.mjs";
import { start } from "./process.mjs";

export const program = join(build, "ctl/video-callctl");

/** The outcome of a run; json is the parsed output if it was run with --json. */
export const outcome = async (self, args = []) => {
  const { code, signal } = await self.ended;
  return { code, signal, stdout: self.stdout, stderr: self.stderr, json: args.includes("--json") && self.stdout ? JSON.parse(self.stdout) : undefined };
};

/** Runs it with only this environment and without a terminal; input: its standard input. */
export function run(args, environment = {}, input = undefined) {
  const self = start(program, args, { env: { PATH: process.env.PATH, ...environment }, stdio: ["pipe", "pipe", "pipe"] });
  self.child.stdin.on("error", () => {});
  self.child.stdin.end(input);
  return outcome(self, args);
}
