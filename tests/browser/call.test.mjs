import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { picture, plays, sounds, startBrowser } from "../integration/harness/browser.mjs";
import { createDatabase } from "../integration/harness/database.mjs";
import { freePort, startNginx } from "../integration/harness/nginx.mjs";
import * as people from "../integration/harness/people.mjs";
import { settings, startPool } from "../integration/harness/pool.mjs";
import { killAll, start, until } from "../integration/harness/process.mjs";

const portalFolder = process.env.VIDEO_CALL_PORTAL;
const assertionSecret = "a secret that the portal shares with the backend";
const here = {};

async function startPortal(port, url) {
  const self = start(process.execPath, ["node_modules/next/dist/bin/next", "start", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: portalFolder,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      VIDEO_CALL_DEV_MEDIA: "on",
      NEXTAUTH_URL: url,
      NEXTAUTH_SECRET: people.sessionSecret,
      VIDEO_CALL_BACKEND_URL: url,
      VIDEO_CALL_ASSERTION_SECRET: assertionSecret,
    },
  });
  await until("the portal answers", () => fetch(`http://127.0.0.1:${port}/`).then(({ ok }) => ok, () => false), 30000);
  return self;
}

before(async () => {
  const [port, portal] = [await freePort(), await freePort()];
  here.url = `http://127.0.0.1:${port}`;
  here.database = await createDatabase();
  here.pool = await startPool(
    settings(here.database, {
      NEXTAUTH_URL: here.url,
      VIDEO_CALL_ASSERTION_SECRET: assertionSecret,
      VIDEO_CALL_STALE_AFTER_HEARTBEAT_SEC: "20",
      VIDEO_CALL_JANITOR_INTERVAL_SEC: "1",
    }),
  );
  await startPortal(portal, here.url);
  here.portalUrl = `http://127.0.0.1:${portal}`;
  here.nginx = await startNginx(here.pool.socket, { port, portal });
  [here.one, here.other] = await Promise.all([startBrowser(), startBrowser()]);
});

after(async () => {
  await here.one?.close();
  await here.other?.close();
  await here.nginx?.stop();
  await here.pool?.stop();
  await here.database?.drop();
  killAll();
});

beforeEach(() => here.database.sql("TRUNCATE video_calls"));

const ledger = async () => (await here.database.sql("SELECT * FROM video_calls ORDER BY start_time"))[0];
const callPage = `/video-call/${people.adaAndBen}`;
const ada = (options) => here.one.signIn(here.url, /^Ada/, options);
const ben = (options) => here.other.signIn(here.url, /^Ben/, options);
const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
const says = (page, text) => page.getByText(text).first().waitFor();
const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));

/** Both in the call, from their dashboards. */
async function together(instructorOptions, menteeOptions) {
  const [instructor, mentee] = await Promise.all([ada(instructorOptions), ben(menteeOptions)]);
  await instructor.getByRole("listitem").filter({ hasText: "Ben Mentee" }).getByRole("link").click();
  await instructor.getByRole("toolbar").waitFor();
  await mentee.goto(here.url + callPage);
  await mentee.getByRole("toolbar").waitFor();
  await Promise.all([instructor.getByLabel("Ben Mentee's camera").locator("video").waitFor(), mentee.getByLabel("Ada Instructor's camera").locator("video").waitFor()]);
  return { instructor, mentee };
}

test("instructor and mentee see and hear each other, end the call, and find it in the history", async () => {
  const { instructor, mentee } = await together();
  assert.ok(await plays(instructor, "Ben Mentee's camera"), "the instructor sees the mentee");
  assert.ok(await plays(mentee, "Ada Instructor's camera"), "the mentee sees the instructor");
  assert.ok(await plays(instructor, "Your camera"), "the instructor sees herself");
  assert.ok(await sounds(instructor), "the instructor hears the mentee");
  assert.ok(await sounds(mentee), "the mentee hears the instructor");
  await picture(instructor, "call-instructor");
  await press(instructor, "End call");
  await says(instructor, "The call has ended");
  await says(mentee, "The call has ended");
  const { status, duration_seconds: seconds } = await ledger();
  assert.equal(status, "ended");
  await mentee.goto(`${here.url}/video-call/history`);
  await says(mentee, "Completed");
  await says(mentee, "Ada Instructor and Ben Mentee");
  await says(mentee, seconds >= 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds} s`);
  await picture(mentee, "history");
  assert.deepEqual([...instructor.errors, ...mentee.errors], []);
  await close(instructor, mentee);
});

test("mute and camera are seen by the other side", async () => {
  const { instructor, mentee } = await together();
  await press(instructor, "Mute microphone");
  await says(mentee, "Ada Instructor is muted");
  await press(instructor, "Unmute microphone");
  await mentee.getByText("Ada Instructor is muted").waitFor({ state: "detached" });
  await press(mentee, "Turn camera off");
  await says(instructor, "Ben Mentee's camera is off");
  await picture(instructor, "camera-off");
  await press(mentee, "Turn camera on");
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  await close(instructor, mentee);
});

test("the mentee leaves and comes back", async () => {
  const { instructor, mentee } = await together();
  await press(mentee, "Leave call");
  await says(mentee, "You have left the call");
  await picture(mentee, "left");
  await says(instructor, "Ben Mentee has left");
  await press(mentee, "Join again");
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  const { participants, status } = await ledger();
  assert.equal(status, "active");
  assert.equal(participants.mentee.visits.length, 2);
  await close(instructor, mentee);
});

test("the mentee who comes first waits and joins by himself", async () => {
  const mentee = await ben();
  await mentee.goto(here.url + callPage);
  await says(mentee, "Your instructor has not started the call yet");
  await picture(mentee, "not-started");
  const instructor = await ada();
  await instructor.goto(here.url + callPage);
  await mentee.getByRole("toolbar").waitFor();
  await close(instructor, mentee);
});

test("the dashboards show whether a call is open and who is there", async () => {
  const mentee = await ben();
  await says(mentee, "Not started yet");
  await picture(mentee, "dashboard-student");
  const instructor = await ada();
  await picture(instructor, "dashboard-instructor");
  await instructor.goto(here.url + callPage);
  await instructor.getByRole("toolbar").waitFor();
  await mentee.reload();
  await says(mentee, "Your instructor is in the call");
  await mentee.getByRole("link", { name: "Join call" }).click();
  await mentee.getByRole("toolbar").waitFor();
  await close(instructor, mentee);
});

test("a stranger is refused, and a link to nothing says so", async () => {
  const page = await here.other.signIn(here.url, /^Carl/);
  await page.goto(here.url + callPage);
  await says(page, "This call is not yours");
  await picture(page, "stranger");
  await page.goto(`${here.url}/video-call/${people.ofNothing}`);
  await says(page, "Mentorship not found");
  await page.goto(`${here.url}/video-call/nothing`);
  await says(page, "Mentorship not found");
  await page.goto(`${here.url}/video-call/${people.cancelledOfCarl}`);
  await says(page, "This mentorship is over");
  await page.context().clearCookies();
  await page.goto(here.url + callPage);
  await says(page, "Please sign in again");
  await close(page);
});

test("a killed browser is noticed, by the other side and by the ledger", async () => {
  const instructor = await ada();
  await instructor.goto(here.url + callPage);
  const victim = await startBrowser();
  const mentee = await victim.signIn(here.url, /^Ben/);
  await mentee.goto(here.url + callPage);
  await instructor.getByLabel("Ben Mentee's camera").locator("video").waitFor();
  await victim.kill();
  await says(instructor, /Waiting for Ben Mentee|Ben Mentee has left/);
  await instructor.getByText("Ben Mentee has left").waitFor({ timeout: 60000 });
  await close(instructor);
  await until("the call is over", async () => (await ledger()).status !== "active", 60000);
});

test("without permission for the devices the call goes on, and says what to do", async () => {
  const strict = await startBrowser({ devices: "denied" });
  try {
    const page = await strict.signIn(here.url, /^Ada/);
    await page.goto(here.url + callPage);
    await page.getByRole("toolbar").waitFor();
    await says(page, "The browser may not use your camera");
    await says(page, "The browser may not use your microphone");
    await picture(page, "permission-denied");
  } finally {
    await strict.close();
  }
});

test("a backend that cannot be reached is said, and the call can be tried again", async () => {
  const page = await ada();
  await page.route("**/api/video-call/token", (route) => route.abort());
  await page.goto(here.url + callPage);
  await says(page, "No connection to the service");
  await picture(page, "unreachable");
  await page.unroute("**/api/video-call/token");
  await press(page, "Try again");
  await page.getByRole("toolbar").waitFor();
  await close(page);
});

test("by keyboard alone, on a narrow screen and in dark mode", async () => {
  const narrow = { viewport: { width: 360, height: 740 }, colorScheme: "dark" };
  const { instructor, mentee } = await together(narrow, narrow);
  await picture(mentee, "call-360-dark");
  await mentee.getByRole("button", { name: "Mute microphone" }).focus();
  await mentee.keyboard.press("Space");
  await says(instructor, "Ben Mentee is muted");
  await mentee.keyboard.press("Tab");
  await mentee.keyboard.press("Tab");
  await mentee.keyboard.press("Enter");
  await says(mentee, "You have left the call");
  for (const [page, path, name] of [[mentee, "/video-call/history", "history-360-dark"], [mentee, "/student", "dashboard-360-dark"]]) {
    await page.goto(here.url + path);
    await page.getByRole("list").first().waitFor();
    await picture(page, name);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${path} is ${width} px wide`);
  }
  await close(instructor, mentee);
});

test("going back leaves the call, and leaves no camera on", async () => {
  const instructor = await ada();
  await instructor.getByRole("listitem").filter({ hasText: "Ben Mentee" }).getByRole("link").click();
  await instructor.getByLabel("Your camera").locator("video").waitFor();
  const track = await instructor.evaluateHandle(() => document.querySelector("video").srcObject.getTracks()[0]);
  await instructor.goBack();
  await instructor.getByRole("heading", { name: /dashboard/ }).waitFor();
  await until("the call is over", async () => (await ledger()).status === "ended");
  assert.equal(await track.evaluate(({ readyState }) => readyState), "ended");
  await close(instructor);
});

test("a page that is closed says so by itself", async () => {
  const { instructor, mentee } = await together();
  await mentee.close({ runBeforeUnload: false });
  await until("the mentee has left", async () => (await ledger()).participants.mentee.leftAt !== null, 5000);
  await close(instructor, mentee);
});

const cloudSays = (page, name, ...values) => page.evaluate((detail) => window.dispatchEvent(new CustomEvent("dev-media", { detail })), { name, values });

test("a token that is about to expire is renewed in the call", async () => {
  const page = await ada();
  await page.goto(here.url + callPage);
  await page.getByRole("toolbar").waitFor();
  await cloudSays(page, "token-privilege-will-expire");
  await until("renewed", () => page.evaluate(() => document.documentElement.dataset.renewedToken?.startsWith("007")));
  await close(page);
});

test("a lost connection is shown until it is back", async () => {
  const page = await ada();
  await page.goto(here.url + callPage);
  await page.getByRole("toolbar").waitFor();
  await cloudSays(page, "connection-state-change", "RECONNECTING", "CONNECTED");
  await says(page, "Reconnecting");
  await picture(page, "reconnecting");
  await cloudSays(page, "connection-state-change", "CONNECTED", "RECONNECTING");
  await page.getByText("Reconnecting").waitFor({ state: "detached" });
  await close(page);
});

test("the portal's own route passes requests on, signed for who is signed in", async () => {
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
  assert.equal((await ask("token")).status, 405);
  assert.equal((await ask("recordings")).status, 404);
  assert.equal((await ask("token", { method: "POST", body: "x".repeat(9000) })).status, 413);
});
