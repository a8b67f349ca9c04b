// What a portal gets: pages that work in strict mode, a route handler, and no media stand-in.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { plays } from "../integration/harness/browser.mjs";
import * as people from "../integration/harness/people.mjs";
import { freePort } from "../integration/harness/ports.mjs";
import { stop } from "../integration/harness/process.mjs";
import { callPage, close, here, joinNow, portalFolder, press, runNext, says, startPortal } from "./stand.mjs";

test("the portal's route handler forwards requests with an assertion for the signed-in person", async () => {
  const cookie = await people.cookie(people.ada);
  const ask = (path, { method = "GET", headers = {}, body } = {}) =>
    fetch(`${here.portalUrl}/api/video-call/${path}`, { method, headers: { Cookie: cookie, "Content-Type": "application/json", ...headers }, body });
  const mine = JSON.stringify({ mentorshipId: people.adaAndBen });
  const list = await ask("mentorships");
  assert.equal(list.status, 200);
  assert.ok((await list.json()).mentorships.length > 0);
  assert.ok(list.headers.get("x-request-id"));
  const token = await ask("token", { method: "POST", body: mine });
  assert.equal((await token.json()).userId, people.ada);
  assert.equal((await (await ask("history?limit=0")).json()).code, "invalid_limit");
  assert.equal((await ask("token", { method: "POST", body: mine, headers: { Cookie: "" } })).status, 401);
  assert.equal((await ask("token", { method: "POST", body: mine, headers: { Origin: "https://elsewhere.example" } })).status, 403);
  const wrongMethod = await ask("token");
  assert.equal(wrongMethod.status, 405);
  assert.equal(wrongMethod.headers.get("allow"), "POST");
  assert.equal((await ask("recordings")).status, 404);
  assert.equal((await ask("constructor")).status, 404);
  assert.equal((await ask("token", { method: "POST", body: "x".repeat(9000) })).status, 413);
});

test("in strict mode, which mounts everything twice, a page joins only once, through the portal's route handler", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const portal = await startPortal("dev", port, { url, VIDEO_CALL_DEV_MEDIA: "on", VIDEO_CALL_DIST_DIR: ".next-dev" });
  try {
    const page = await here.one.signIn(url, /^Ada/);
    page.setDefaultTimeout(60000);
    const asked = [];
    const complaints = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    const times = (path) => asked.filter((one) => one.startsWith(path)).length;
    const withBen = page.getByRole("listitem").filter({ hasText: "Ben Mentee" }).getByRole("link");
    await withBen.waitFor(); // React hydrates the first page without mounting it twice
    await page.getByRole("link", { name: "Past calls" }).first().click();
    await says(page, "No calls yet");
    assert.equal(times("/api/video-call/history"), 2, "the history, which loads as it mounts, is mounted twice");
    await page.getByRole("link", { name: "Dashboard" }).click();
    await withBen.click();
    assert.ok(await plays(page, "Your camera"));
    assert.deepEqual([times("/api/video-call/token"), times("/api/video-call/start"), times("/api/dev-media/")], [0, 0, 0], "nothing is requested before the person joins");
    await joinNow(page);
    assert.deepEqual([times("/api/video-call/token"), times("/api/video-call/start"), times("/api/video-call/leave"), times("/api/dev-media/")], [1, 1, 0, 1]);
    assert.deepEqual(complaints, []);
    assert.deepEqual(page.errors, []);
    await press(page, "Leave call");
    await says(page, "You left the call");
    await close(page);
  } finally {
    await stop(portal);
  }
});

/** Every script of a build that a browser may load. */
const scripts = (build) =>
  readdirSync(join(portalFolder, build, "static"), { recursive: true })
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(join(portalFolder, build, "static", name), "utf8"));

test("a build without the development switch contains Agora's SDK and no stand-in", async () => {
  const standIn = (text) => text.includes("/api/dev-media/") || text.includes('"dev-media"');
  assert.ok(scripts(".next").some(standIn), "the development build must contain it, or this test looks for the wrong thing");
  const build = runNext("build", [], { VIDEO_CALL_DIST_DIR: ".next-production" });
  const { code } = await build.ended;
  assert.equal(code, 0, build.stdout + build.stderr);
  assert.ok(!scripts(".next-production").some(standIn));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const portal = await startPortal("start", port, { url, VIDEO_CALL_DIST_DIR: ".next-production" });
  try {
    assert.equal((await fetch(`${url}/api/dev-media/x?uid=1`)).status, 404);
    const page = await here.one.signIn(url, /^Ada/);
    const toAgora = page.waitForRequest((request) => /\.(agora\.io|sd-rtn\.com)$/.test(new URL(request.url()).hostname), { timeout: 60000 });
    await page.goto(url + callPage);
    await press(page, "Join now");
    await toAgora;
    assert.deepEqual(page.errors, []);
    await close(page);
  } finally {
    await stop(portal);
  }
});
