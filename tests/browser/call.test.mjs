// A call between two people, from the first click to the history.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gallery, plays, sounds, startBrowser } from "../integration/harness/browser.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, callPage, close, cloudSays, endForEveryone, enter, here, joinNow, ledger, press, says, saysNoMore, startStrict, together } from "./stand.mjs";

// All in one process, because the stand (a portal, a pool and two browsers) is slow to start.
import "./firefox.mjs";
import "./leaving.mjs";
import "./pages.mjs";

const lasted = (seconds) => (seconds >= 60 ? `${Math.floor(seconds / 60)} min ${seconds % 60} s` : `${seconds} s`);

test("instructor and mentee see and hear each other, end the call, and find it in the history", async () => {
  const { instructor, mentee } = await together();
  assert.ok(await plays(instructor, "Ben Mentee's camera"), "the instructor sees the mentee");
  assert.ok(await plays(mentee, "Ada Instructor's camera"), "the mentee sees the instructor");
  assert.ok(await plays(instructor, "Your camera"), "the instructor sees herself");
  assert.ok(await sounds(instructor), "the instructor hears the mentee");
  assert.ok(await sounds(mentee), "the mentee hears the instructor");
  await gallery(instructor, "call");
  await endForEveryone(instructor);
  await says(instructor, "The call has ended");
  await says(instructor, "You ended it for everyone.");
  await says(mentee, "The call has ended");
  await says(mentee, "Ada Instructor ended it.");
  const { status, duration_seconds: seconds } = await ledger();
  assert.equal(status, "ended");
  await says(instructor, `It lasted ${lasted(seconds)}.`);
  await says(mentee, `It lasted ${lasted(seconds)}.`);
  await gallery(mentee, "ended");
  await mentee.goto(`${here.url}/video-call/history`);
  await says(mentee, "Completed");
  await mentee.getByRole("listitem").getByText("Ada Instructor").first().waitFor();
  await says(mentee, lasted(seconds));
  assert.deepEqual([...instructor.errors, ...mentee.errors], []);
  await close(instructor, mentee);
});

test("muting and turning the camera off show on the other side", async () => {
  const { instructor, mentee } = await together();
  await press(instructor, "Mute microphone");
  await says(mentee, "Ada Instructor is muted");
  assert.equal(await mentee.locator("audio").count(), 0, "a muted microphone isn't played");
  await press(instructor, "Unmute microphone");
  await saysNoMore(mentee, "Ada Instructor is muted");
  assert.ok(await sounds(mentee));
  await press(mentee, "Turn camera off");
  await instructor.getByText("Ben Mentee's camera is off").first().waitFor();
  await gallery(instructor, "camera-off");
  await press(mentee, "Turn camera on");
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  await close(instructor, mentee);
});

test("the mentee leaves and comes back", async () => {
  const { instructor, mentee } = await together();
  await press(mentee, "Leave call");
  await says(mentee, "You left the call");
  await gallery(mentee, "left");
  await says(instructor, "Ben Mentee has left");
  await press(mentee, "Rejoin");
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  const { participants, status } = await ledger();
  assert.equal(status, "active");
  assert.equal(participants.mentee.visits.length, 2);
  await close(instructor, mentee);
});

test("reloading the page rejoins the same call", async () => {
  const { instructor, mentee } = await together();
  const { id } = await ledger();
  await instructor.reload();
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  assert.ok(await plays(mentee, "Ada Instructor's camera"));
  assert.equal((await ledger()).id, id);
  await close(instructor, mentee);
});

test("a mentee who comes first joins the call, and the instructor's dashboard shows who is waiting", async () => {
  const [mentee, instructor] = [await ben(), await ada()];
  await enter(mentee);
  await says(mentee, "Waiting for Ada Instructor");
  await says(instructor, "Ben Mentee is waiting for you");
  await gallery(instructor, "dashboard-waiting");
  await instructor.getByRole("link", { name: "Join call with Ben Mentee" }).click();
  await joinNow(instructor);
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  assert.equal((await here.database.sql("SELECT FROM video_calls")).length, 1);
  await close(instructor, mentee);
});

test("when only instructors can open calls, a mentee who comes first waits and then joins automatically", async () => {
  const strict = await startStrict();
  const mentee = await ben();
  await mentee.goto(strict.url + callPage);
  await press(mentee, "Join now");
  await says(mentee, "You'll join automatically when Ada Instructor starts the call.");
  await gallery(mentee, "not-started");
  const instructor = await ada();
  await enter(instructor);
  await mentee.getByRole("toolbar").waitFor();
  await close(instructor, mentee);
  await strict.close();
});

test("an instructor who comes first is told who she is waiting for", async () => {
  const instructor = await ada();
  await enter(instructor);
  await instructor.getByLabel("Your camera").locator("video").waitFor();
  await says(instructor, "Waiting for Ben Mentee");
  await gallery(instructor, "waiting");
  await close(instructor);
});

test("joining in a second window takes the call over, and the first window says so", async () => {
  const { instructor, mentee } = await together();
  const second = await mentee.context().newPage();
  await enter(second);
  await says(mentee, "You joined from another window");
  assert.ok(await plays(second, "Ada Instructor's camera"));
  await mentee.close();
  await until("the second window has sent a heartbeat", async () => (await here.database.presence("mentee")).sends_heartbeats);
  assert.equal((await ledger()).participants.mentee.leftAt, null);
  await close(instructor, second);
});

test("the other side and the ledger notice a killed browser", async () => {
  const instructor = await ada();
  await enter(instructor);
  const victim = await startBrowser();
  const mentee = await victim.signIn(here.url, /^Ben/);
  await enter(mentee);
  await instructor.getByLabel("Ben Mentee's camera").locator("video").waitFor();
  await victim.kill();
  await says(instructor, /Ben Mentee lost connection|Ben Mentee has left/);
  await instructor.getByText("Ben Mentee has left").first().waitFor({ timeout: 60000 });
  await close(instructor);
  await until("the call is over", async () => (await ledger()).status !== "active", 60000);
});

test("closing the page leaves the call", async () => {
  const { instructor, mentee } = await together();
  await mentee.close({ runBeforeUnload: false });
  await until("the mentee has left", async () => (await ledger()).participants.mentee.leftAt !== null);
  await close(instructor);
});

test("a token about to expire is renewed during the call, once the service is back", async () => {
  const page = await ada();
  await enter(page);
  let refused = 0;
  await page.route("**/api/video-call/token", (route) => (refused++ === 0 ? route.abort() : route.continue()));
  await cloudSays(page, "token-privilege-will-expire");
  await until("renewed", () => page.evaluate(() => document.documentElement.dataset.renewedToken?.startsWith("007")), 30000);
  assert.ok(refused >= 2);
  await close(page);
});

test("an expired token is replaced, and the call goes on", async () => {
  const { instructor, mentee } = await together();
  let letGo;
  const held = new Promise((resolve) => (letGo = resolve));
  await mentee.route("**/api/video-call/token", (route) => held.then(() => route.continue()));
  await cloudSays(mentee, "connection-state-change", "DISCONNECTED", "CONNECTED", "TOKEN_EXPIRE");
  await cloudSays(mentee, "token-privilege-did-expire");
  await says(mentee, "You lost connection. Reconnecting");
  letGo();
  await saysNoMore(mentee, "You lost connection. Reconnecting");
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  assert.ok(await plays(mentee, "Ada Instructor's camera"));
  await close(instructor, mentee);
});

test("a lost connection is shown until it recovers or is given up", async () => {
  const page = await ada();
  await enter(page);
  await cloudSays(page, "connection-state-change", "RECONNECTING", "CONNECTED");
  await says(page, "Reconnecting");
  await gallery(page, "reconnecting");
  await cloudSays(page, "connection-state-change", "CONNECTED", "RECONNECTING");
  await saysNoMore(page, "Reconnecting");
  await cloudSays(page, "connection-state-change", "DISCONNECTED", "RECONNECTING", "NETWORK_ERROR");
  await says(page, "You lost connection");
  await until("the call is over", async () => (await ledger()).status === "ended");
  await press(page, "Try again");
  await page.getByRole("toolbar").waitFor();
  await close(page);
});

test("losing the session or the portal shows a message and doesn't end the call", async () => {
  const { instructor, mentee } = await together();
  await instructor.route("**/api/video-call/heartbeat", (route) => route.abort());
  await press(mentee, "Turn camera off");
  await press(mentee, "Turn camera on");
  await says(instructor, "We can't reach the portal. Reconnecting; your call goes on.");
  await instructor.unroute("**/api/video-call/heartbeat");
  await mentee.context().clearCookies();
  await press(instructor, "Turn camera off");
  await press(instructor, "Turn camera on");
  await says(mentee, "Your session has ended. Your call goes on");
  assert.ok(await plays(mentee, "Ada Instructor's camera"));
  await close(instructor, mentee);
});
