// What the call page says when it's refused, its use by keyboard, and what it leaves behind.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gallery } from "../integration/harness/browser.mjs";
import * as people from "../integration/harness/people.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, callPage, close, enter, here, joinNow, ledger, lookAgain, press, says, tabTo, together } from "./stand.mjs";

test("a stranger is refused, and a link to a missing or ended mentorship says so", async () => {
  const page = await here.other.signIn(here.url, /^Carl/);
  await page.goto(here.url + callPage);
  await says(page, "You don't have access to this call");
  await gallery(page, "stranger");
  assert.equal(await ledger(), undefined, "no call was created");
  await page.goto(`${here.url}/video-call/${people.ofNothing}`);
  await says(page, "Mentorship not found");
  await page.goto(`${here.url}/video-call/nothing`);
  await says(page, "Mentorship not found");
  await page.goto(`${here.url}/video-call/${people.cancelledOfCarl}`);
  await says(page, "This mentorship has ended");
  await close(page);
});

test("an expired or missing session leads to the sign-in page", async () => {
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

test("a token that the video service refuses is reported, and the call is ended", async () => {
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

test("if Agora's SDK can't be loaded, the page says so and can try again", async () => {
  const page = await ada();
  const scripts = "**/_next/static/chunks/**";
  // The page asks for the list when its own scripts are there, and for the SDK after that.
  await page.route("**/api/video-call/mentorships", async (route) => {
    await page.route(scripts, (script) => script.abort());
    await route.continue();
  });
  await page.goto(here.url + callPage);
  await says(page, "We couldn't connect you to the call.");
  await page.unrouteAll();
  await press(page, "Try again");
  await joinNow(page);
  assert.deepEqual(page.errors, []);
  await close(page);
});

test("an unreachable backend is reported and retried, automatically and on click", async () => {
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

test("a mentee joins, mutes and leaves by keyboard alone, on a narrow screen in dark mode", async () => {
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

/** Tracks what the page opens, for `open` below. */
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

test("going back leaves the call and nothing keeps running", async () => {
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

test("navigating away while still joining leaves the call too", async () => {
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
