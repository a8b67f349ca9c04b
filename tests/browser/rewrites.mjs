// Way 2 of docs/portal.md: its next.config, in a portal that already has its own handlers.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import * as people from "../integration/harness/people.mjs";
import { privateFolder, source } from "../integration/harness/places.mjs";
import { freePort } from "../integration/harness/ports.mjs";
import { serves, start, stop } from "../integration/harness/process.mjs";
import { here, portalFolder } from "./stand.mjs";

const [, nextConfig] = readFileSync(join(source, "docs/portal.md"), "utf8").match(/```js\n(\/\/ next\.config\.mjs\n.*?)```/s);

const files = {
  "next.config.mjs": nextConfig,
  "app/layout.js": "export default ({ children }) => <html lang='en'><body>{children}</body></html>;",
  "app/page.js": "export default () => <main>A portal</main>;",
  "app/api/video-call/start/route.js": "export const POST = () => Response.json({ error: 'The older handler.', code: 'older' }, { status: 500 });",
  "app/api/video-call/recordings/route.js": "export const GET = () => Response.json({ recordings: [] });",
};

function writePortal() {
  const folder = privateFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  symlinkSync(join(portalFolder, "node_modules"), join(folder, "node_modules"));
  return folder;
}

test("the rewrites in docs/portal.md take precedence over the portal's own handlers and leave its other routes alone", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const portal = start(process.execPath, [join(portalFolder, "node_modules/next/dist/bin/next"), "dev", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: writePortal(),
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: "development", NEXT_TELEMETRY_DISABLED: "1", VIDEO_CALL_BACKEND_URL: here.url },
  });
  try {
    await serves("the portal answers", portal, () => fetch(url).then(({ ok }) => ok, () => false), { timeoutMs: 120000 });
    const cookie = await people.cookie(people.ada);
    const ask = (route, init = {}) => fetch(`${url}/api/video-call/${route}`, { ...init, headers: { Cookie: cookie, "Content-Type": "application/json", ...init.headers } });
    const startFrom = (origin) => ask("start", { method: "POST", headers: { Origin: origin }, body: JSON.stringify({ mentorshipId: people.adaAndBen }) });
    const list = await ask("mentorships");
    assert.equal(list.status, 200);
    const id = list.headers.get("x-request-id");
    assert.ok(here.pool.logText.includes(`"request_id":"${id}"`));
    assert.equal((await startFrom(here.url)).status, 200);
    const foreign = await startFrom("https://elsewhere.example");
    assert.deepEqual([foreign.status, (await foreign.json()).code], [403, "foreign_origin"]);
    const history = await ask("history?limit=0");
    assert.deepEqual([history.status, (await history.json()).code], [400, "invalid_limit"]);
    assert.deepEqual(await (await ask("recordings")).json(), { recordings: [] });
  } finally {
    await stop(portal);
  }
});
