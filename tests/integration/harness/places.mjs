// Where things are; tests/run says so through the environment.
import { mkdtempSync, rmSync, chmodSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const need = (name) => {
  if (!process.env[name]) throw new Error(`${name} is not set: run these tests with tests/run`);
  return process.env[name];
};

export const source = fileURLToPath(new URL("../../..", import.meta.url));
export const build = need("VIDEO_CALL_BUILD");
export const postgresSocket = need("VIDEO_CALL_POSTGRES");

const folders = [];
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A private folder, removed when the process ends. */
export function privateFolder() {
  const folder = mkdtempSync(join(tmpdir(), "video-call-test."));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}
