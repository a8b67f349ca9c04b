// What all browser tests need: database, pool, portal, nginx and two browsers, and the things
// people do in them.
import assert from "node:assert/strict";
import { after, before, beforeEach } from "node:test";
import { startBrowser } from "../integration/harness/browser.mjs";
import { createDatabase } from "../integration/harness/database.mjs";
import { startNginx } from "../integration/harness/nginx.mjs";
import * as people from "../integration/harness/people.mjs";
import { settings, startPool } from "../integration/harness/pool.mjs";
import { freePort } from "../integration/harness/ports.mjs";
import { killAll, serves, start } from "../integration/harness/process.mjs";

export const portalFolder = process.env.VIDEO_CALL_PORTAL;
export const here = {};

const assertionSecret = "a secret that the portal shares with the backend";

/** Runs Next.js in the assembled portal: `command` is build, start or dev; `url` is the portal's public URL. */
export function runNext(command, args, { url = here.url, ...more } = {}) {
  return start(process.execPath, ["node_modules/next/dist/bin/next", command, ...args], {
    cwd: portalFolder,
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      NODE_ENV: command === "dev" ? "development" : "production",
      NEXT_TELEMETRY_DISABLED: "1",
      NEXTAUTH_URL: url,
      NEXTAUTH_SECRET: people.sessionSecret,
      VIDEO_CALL_BACKEND_URL: here.url,
      VIDEO_CALL_ASSERTION_SECRET: assertionSecret,
      ...more,
    },
  });
}

/** Starts a portal and waits until it answers; `more` goes to runNext. */
export async function startPortal(command, port, more) {
  const self = runNext(command, ["-H", "127.0.0.1", "-p", String(port)], more);
  await serves("the portal answers", self, () => self.stdout.includes("Ready in") && fetch(`http://127.0.0.1:${port}/`).then(({ ok }) => ok, () => false), { timeoutMs: 120000 });
  return self;
}

/** No test can pass without the stand, so a failure to start it ends the run. */
function giveUp(error) {
  console.error(`The browser tests can't start: ${error.stack}`);
  if (here.portal) console.error(`The portal said:\n${here.portal.stdout}${here.portal.stderr}`);
  process.exit(1);
}

const settingsAt = (url, more) =>
  settings(here.database, {
    NEXTAUTH_URL: url,
    VIDEO_CALL_ASSERTION_SECRET: assertionSecret,
    VIDEO_CALL_STALE_AFTER_HEARTBEAT_SEC: "20",
    VIDEO_CALL_JANITOR_INTERVAL_SEC: "1",
    ...more,
  });

/** The same portal and ledger behind another pool, in which only instructors can open calls. */
export async function startStrict() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const pool = await startPool(settingsAt(url, { VIDEO_CALL_STUDENT_START: "off" }));
  const nginx = await startNginx(pool.socket, { port, portal: Number(new URL(here.portalUrl).port) });
  return {
    url,
    close: async () => {
      await nginx.stop();
      await pool.stop();
    },
  };
}

async function setUp() {
  const [port, portal] = [await freePort(), await freePort()];
  here.url = `http://127.0.0.1:${port}`;
  here.database = await createDatabase();
  here.pool = await startPool(settingsAt(here.url));
  here.portal = await startPortal("start", portal, { VIDEO_CALL_DEV_MEDIA: "on" });
  here.portalUrl = `http://127.0.0.1:${portal}`;
  here.nginx = await startNginx(here.pool.socket, { port, portal });
  [here.one, here.other] = await Promise.all([startBrowser(), startBrowser()]);
  await close(await ada());
}

before(() => setUp().catch(giveUp));

after(async () => {
  await here.one?.close();
  await here.other?.close();
  await here.nginx?.stop();
  await here.pool?.stop();
  await here.database?.drop();
  killAll();
});

beforeEach(() => here.database.sql("TRUNCATE video_calls CASCADE"));

export const callPage = `/video-call/${people.adaAndBen}`;

/** The oldest call in the ledger, usually the only one. */
export const ledger = async () => (await here.database.sql("SELECT * FROM video_calls ORDER BY start_time"))[0];

/** Runs `use` with Ada's page in a browser of her own: for the options, see startBrowser. */
export async function withBrowser(options, use) {
  const browser = await startBrowser(options);
  try {
    await use(await browser.signIn(here.url, /^Ada/));
  } finally {
    await browser.close();
  }
}

export const ada = (options) => here.one.signIn(here.url, /^Ada/, options);
export const ben = (options) => here.other.signIn(here.url, /^Ben/, options);
export const press = (page, name) => page.getByRole("button", { name, exact: true }).click();
export const says = (page, text) => page.getByText(text).first().waitFor();
export const saysNoMore = (page, text) => page.getByText(text).first().waitFor({ state: "detached" });
export const close = (...pages) => Promise.all(pages.map((page) => page.context().close()));

/** As if the person had come back to the page: it refreshes immediately instead of at its next poll. */
export const lookAgain = (page) => page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));

/** Joins from the page before joining. */
export async function joinNow(page) {
  await press(page, "Join now");
  await page.getByRole("toolbar").waitFor();
}

/** Opens the call's page and joins. */
export async function enter(page) {
  await page.goto(here.url + callPage);
  await joinNow(page);
}

/** As the instructor, while the mentee is in the call. */
export async function endForEveryone(page) {
  await press(page, "Leave call");
  await press(page, "End for everyone");
  await press(page, "End the call");
}

/** Gets both into the call, seeing each other; the instructor comes from the dashboard. */
export async function together(instructorOptions, menteeOptions) {
  const [instructor, mentee] = await Promise.all([ada(instructorOptions), ben(menteeOptions)]);
  await instructor.getByRole("listitem").filter({ hasText: "Ben Mentee" }).getByRole("link").click();
  await joinNow(instructor);
  await enter(mentee);
  await Promise.all([instructor.getByLabel("Ben Mentee's camera").locator("video").waitFor(), mentee.getByLabel("Ada Instructor's camera").locator("video").waitFor()]);
  return { instructor, mentee };
}

/** Makes the stand-in for Agora's SDK report an event to the page, as Agora's cloud would. */
export const cloudSays = (page, name, ...values) => page.evaluate((detail) => window.dispatchEvent(new CustomEvent("dev-media", { detail })), { name, values });

/** Presses Tab until the element with that name has the focus. */
export async function tabTo(page, name) {
  for (let tries = 0; tries < 30; tries++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim());
    if (focused.startsWith(name)) return;
  }
  assert.fail(`${name} can't be reached with Tab`);
}
