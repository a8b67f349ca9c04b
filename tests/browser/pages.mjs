// Dashboards, history, refusals, the keyboard, and what a page leaves behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gallery } from "../integration/harness/browser.mjs";
import * as people from "../integration/harness/people.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, callPage, close, enter, here, joinNow, ledger, lookAgain, press, says, together } from "./stand.mjs";

test("the dashboards show whether a call is open and who is there", async () => {
  const mentee = await ben();
  await says(mentee, "No active call");
  const instructor = await ada();
  await gallery(instructor, "dashboard-instructor");
  await enter(instructor);
  await says(mentee, "Ada Instructor is waiting for you");
  await gallery(mentee, "dashboard-student");
  await mentee.getByRole("link", { name: "Join call with Ada Instructor" }).click();
  await joinNow(mentee);
  const another = await instructor.context().newPage();
  await another.goto(`${here.url}/instructor`);
  await another.getByText("You're both in the call").waitFor();
  await another.getByRole("link", { name: "Resume call with Ben Mentee" }).waitFor();
  await close(instructor, mentee);
});

test("a dashboard without mentorships, and one without a service, say so", async () => {
  const page = await here.other.signIn(here.url, /^Carl/);
  await says(page, "You have no active mentorship here.");
  await gallery(page, "dashboard-empty");
  await page.route("**/api/video-call/mentorships", (route) => route.abort());
  await page.reload();
  await says(page, "The calls cannot be shown right now");
  await page.unroute("**/api/video-call/mentorships");
  await lookAgain(page);
  await says(page, "You have no active mentorship here.");
  await page.goto(`${here.url}/video-call/history`);
  await says(page, "No calls yet");
  await gallery(page, "history-empty");
  await close(page);
});

test("a stranger is refused, and a link to nothing says so", async () => {
  const page = await here.other.signIn(here.url, /^Carl/);
  await page.goto(here.url + callPage);
  await says(page, "You don't have access to this call");
  await gallery(page, "stranger");
  assert.equal(await ledger(), undefined, "no call was made");
  await page.goto(`${here.url}/video-call/${people.ofNothing}`);
  await says(page, "Mentorship not found");
  await page.goto(`${here.url}/video-call/nothing`);
  await says(page, "Mentorship not found");
  await page.goto(`${here.url}/video-call/${people.cancelledOfCarl}`);
  await says(page, "This mentorship has ended");
  await close(page);
});

test("whose session is over, or was never there, is asked to sign in, and led there", async () => {
  const page = await ben();
  await page.context().clearCookies();
  await page.context().addCookies([{ name: people.cookieName, value: await people.sessionToken(people.ben, { maxAge: -100 }), url: here.url }]);
  await page.goto(here.url + callPage);
  await says(page, "Sign in again");
  await gallery(page, "signed-out");
  await page.context().clearCookies();
  await page.reload();
  await says(page, "Sign in again");
  await press(page, "Sign in");
  await page.waitForURL(/\/api\/auth\/signin/);
  await close(page);
});

test("a token that the video service refuses is said, and the call is not left open", async () => {
  const page = await ada();
  await page.route("**/api/video-call/token", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), token: "expired" } });
  });
  await page.goto(here.url + callPage);
  await press(page, "Join now");
  await says(page, "Your access to this call has expired.");
  await gallery(page, "token-refused");
  await until("the call is over", async () => (await ledger()).status === "ended");
  await close(page);
});

test("a backend that cannot be reached is said, and is asked again by itself and by a click", async () => {
  const page = await ada();
  await page.route("**/api/video-call/token", (route) => route.abort());
  await page.goto(here.url + callPage);
  await press(page, "Join now");
  await says(page, "We can't reach the service");
  await gallery(page, "unreachable");
  await page.unroute("**/api/video-call/token");
  await page.getByRole("toolbar").waitFor();
  await page.route("**/api/video-call/start", (route) => route.fulfill({ status: 503, json: { error: "Away.", code: "database_unavailable" } }));
  await page.reload();
  await says(page, "We can't reach the service");
  await page.unroute("**/api/video-call/start");
  await press(page, "Try again");
  await page.getByRole("toolbar").waitFor();
  await close(page);
});

const came = (name) => `'${name}', jsonb_build_object('joinedAt', '2026-01-31T10:00:00.000Z', 'leftAt', null, 'visits', '[]'::jsonb)`;
const both = `jsonb_build_object(${came("instructor")}, ${came("mentee")})`;
const alone = `jsonb_build_object(${came("instructor")}, 'mentee', null)`;

/** A call of Ada and Ben, or of others, so many minutes ago. */
const addCall = (minutesAgo, durationSec, status, participants, mentorship = people.adaAndBen) =>
  here.database.sql(
    `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, duration_seconds, status, participants)
     SELECT id, instructor_id, mentee_id, now() - make_interval(mins => ${minutesAgo}),
       now() - make_interval(mins => ${minutesAgo}, secs => ${-durationSec}), ${durationSec}, '${status}', ${participants}
     FROM mentorships WHERE id = '${mentorship}'`,
  );

test("the history tells outcomes apart, shows more on demand, and one mentorship alone", async () => {
  await addCall(9000, 3900, "ended", both);
  await addCall(8000, 605, "failed", both);
  await addCall(7000, 600, "ended", alone);
  await addCall(6500, 600, "failed", alone);
  await addCall(6000, 1234, "ended", both, people.graceAndBen);
  const page = await ben();
  await page.getByRole("link", { name: "Past calls" }).first().click();
  const rows = page.getByRole("list", { name: "Calls" }).getByRole("listitem");
  await rows.nth(4).waitFor();
  const texts = await rows.allTextContents();
  assert.equal(texts.length, 5);
  for (const [at, name, duration, outcome] of [
    [0, "Grace Instructor and Ben Mentee", "20 min 34 s", "Completed"],
    [1, "Ada Instructor", "10 min 0 s", "Mentee did not come"],
    [2, "Ada Instructor", "10 min 0 s", "Mentee did not come"],
    [3, "Ada Instructor and Ben Mentee", "10 min 5 s", "Ended unexpectedly"],
    [4, "Ada Instructor and Ben Mentee", "1 h 5 min", "Completed"],
  ])
    for (const part of [name, duration, outcome]) assert.ok(texts[at].includes(part), `${part} in ${texts[at]}`);
  await gallery(page, "history");
  await page.getByLabel("With").selectOption({ label: "Grace Instructor (your instructor)" });
  await until("one call alone", async () => (await rows.count()) === 1);
  await page.getByLabel("With").selectOption("");
  await until("all calls", async () => (await rows.count()) === 5);
  for (let minutesAgo = 100; minutesAgo < 120; minutesAgo++) await addCall(minutesAgo, 60, "ended", both);
  await page.reload();
  await until("the first page", async () => (await rows.count()) === 20);
  await page.getByRole("button", { name: "Show more" }).press("Enter");
  await until("all", async () => (await rows.count()) === 25);
  await page.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
  await close(page);
});

test("a history that cannot be loaded can be asked for again", async () => {
  await addCall(100, 60, "ended", both);
  const page = await ben();
  await page.route("**/api/video-call/history?*", (route) => route.fulfill({ status: 503, json: { error: "The service is away.", code: "database_unavailable" } }));
  await page.goto(`${here.url}/video-call/history`);
  await says(page, "The service is away.");
  await gallery(page, "history-failed");
  await page.unroute("**/api/video-call/history?*");
  await press(page, "Try again");
  await says(page, "Completed");
  await close(page);
});

/** Goes on with Tab until what has the focus is called so. */
async function tabTo(page, name) {
  for (let tries = 0; tries < 30; tries++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim());
    if (focused.startsWith(name)) return;
  }
  assert.fail(`${name} cannot be reached with Tab`);
}

test("by keyboard alone, on a narrow screen and in dark mode", async () => {
  const narrow = { viewport: { width: 360, height: 740 }, colorScheme: "dark" };
  const [instructor, mentee] = await Promise.all([ada(), ben(narrow)]);
  await enter(instructor);
  await lookAgain(mentee);
  await mentee.getByRole("link", { name: "Join call with Ada Instructor" }).waitFor();
  await tabTo(mentee, "Join call");
  await mentee.keyboard.press("Enter");
  await mentee.getByRole("button", { name: "Join now" }).waitFor();
  await tabTo(mentee, "Join now");
  await mentee.keyboard.press("Enter");
  await mentee.getByRole("toolbar").waitFor();
  await tabTo(mentee, "Mute microphone");
  await mentee.keyboard.press("Space");
  await says(instructor, "Ben Mentee is muted");
  await tabTo(mentee, "Leave call");
  await mentee.keyboard.press("Enter");
  await says(mentee, "You left the call");
  await until("the heading has the focus", () => mentee.evaluate(() => document.activeElement.tagName === "H1"));
  await tabTo(mentee, "Rejoin");
  await close(instructor, mentee);
});

/** Keeps count of what a page has open, for `open` below. */
function count() {
  const made = { connections: [], streams: [], tracks: [], timers: new Set() };
  window.made = made;
  const { RTCPeerConnection: Connection, EventSource: Source } = window;
  window.RTCPeerConnection = class extends Connection {
    constructor(...all) {
      super(...all);
      made.connections.push(this);
    }
  };
  window.EventSource = class extends Source {
    constructor(...all) {
      super(...all);
      made.streams.push(this);
    }
  };
  const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await getUserMedia(wanted);
    made.tracks.push(...stream.getTracks());
    return stream;
  };
  const { setInterval: set, clearInterval: clear } = window;
  window.setInterval = (...all) => {
    const timer = set(...all);
    made.timers.add(timer);
    return timer;
  };
  window.clearInterval = (timer) => {
    made.timers.delete(timer);
    clear(timer);
  };
}

const open = (page) =>
  page.evaluate(() => ({
    connections: window.made.connections.filter(({ connectionState }) => connectionState !== "closed").length,
    streams: window.made.streams.filter(({ readyState }) => readyState !== 2).length,
    tracks: window.made.tracks.filter(({ readyState }) => readyState === "live").length,
    timers: window.made.timers.size,
    sounds: document.querySelectorAll("audio").length,
  }));

test("going back leaves the call, and leaves nothing running", async () => {
  const [instructor, mentee] = await Promise.all([ada(), ben()]);
  await instructor.addInitScript(count);
  await instructor.reload();
  const link = instructor.getByRole("listitem").filter({ hasText: "Ben Mentee" }).getByRole("link");
  await link.waitFor();
  const before = await open(instructor);
  await link.click();
  await joinNow(instructor);
  await enter(mentee);
  await instructor.getByLabel("Ben Mentee's camera").locator("video").waitFor();
  await until("everything is open", async () => {
    const { connections, streams, tracks, sounds } = await open(instructor);
    return connections === 1 && streams === 1 && tracks === 2 && sounds === 1;
  });
  await instructor.goBack();
  await press(instructor, "Leave");
  await instructor.getByRole("heading", { name: /dashboard/ }).waitFor();
  await until("the instructor has left", async () => (await ledger()).participants.instructor.leftAt !== null);
  assert.deepEqual(await open(instructor), before);
  await close(instructor, mentee);
});

test("going away while the call is only being entered leaves it, too", async () => {
  const page = await ada();
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await page.route("**/api/video-call/start", async (route) => {
    const answer = await route.fetch();
    await held;
    await route.fulfill({ response: answer });
  });
  await page.getByRole("listitem").filter({ hasText: "Ben Mentee" }).getByRole("link").click();
  await press(page, "Join now");
  await until("the call is open", async () => (await ledger())?.status === "active");
  await page.goBack();
  await page.getByRole("heading", { name: /dashboard/ }).waitFor();
  letGo();
  await until("the call is over", async () => (await ledger()).status === "ended");
  await close(page);
});
