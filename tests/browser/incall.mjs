// What the page shows during a call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitsScreen, gallery, overlap, picture, plays } from "../integration/harness/browser.mjs";
import * as people from "../integration/harness/people.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, close, cloudSays, enter, here, ledger, lookAgain, press, says, saysNoMore, together } from "./stand.mjs";

test("the quality of both connections is shown, with a message when it's bad", async () => {
  const { instructor, mentee } = await together();
  await cloudSays(instructor, "quality", 1, 2);
  await instructor.locator('[data-quality="good"]').nth(1).waitFor();
  await cloudSays(instructor, "quality", 5, 4);
  await says(instructor, "Ben Mentee's connection is weak");
  await says(instructor, "Your connection is weak. Turning off your camera may help.");
  await gallery(instructor, "weak-connection");
  await cloudSays(instructor, "quality", 1, 6);
  await says(instructor, "Ben Mentee's connection is very weak");
  await saysNoMore(instructor, "Turning off your camera may help.");
  await close(instructor, mentee);
});

test("the page shows who is speaking, a silent microphone, and speaking while muted", async () => {
  const { instructor, mentee } = await together();
  const rings = (page) => page.locator('[data-speaking="true"]').count();
  await cloudSays(instructor, "level", "remote", 0.3);
  await cloudSays(instructor, "level", "local", 0.3);
  await until("nobody is shown speaking", async () => (await rings(instructor)) === 0);
  await cloudSays(instructor, "level", "remote", 0.8);
  await until("only the other person is shown speaking", async () => (await rings(instructor)) === 1);
  await cloudSays(instructor, "level", "local", 0.8);
  await until("both are shown speaking", async () => (await rings(instructor)) === 2);
  await gallery(instructor, "speaking");
  await cloudSays(instructor, "level", "local", 0);
  await says(instructor, "Your microphone is silent. Check its mute switch, or choose another one.");
  await gallery(instructor, "silent-microphone");
  await cloudSays(instructor, "level", "local", 0.3);
  await saysNoMore(instructor, "Your microphone is silent.");
  await press(instructor, "Mute microphone");
  await says(mentee, "Ada Instructor is muted");
  assert.equal(await instructor.getByText("You're muted.").count(), 0, "no reminder while muted and quiet");
  await cloudSays(instructor, "level", "local", 0.8);
  await says(instructor, "You're muted.");
  await gallery(instructor, "muted-reminder");
  await instructor.keyboard.press("m");
  await saysNoMore(instructor, "You're muted.");
  await saysNoMore(mentee, "Ada Instructor is muted");
  await close(instructor, mentee);
});

/** Counts the tones that the page plays. */
function countTones() {
  window.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () {
    window.tones++;
    return make.call(this);
  };
}

test("a toast, a sound and the tab's title announce who joined, left or lost connection", async () => {
  const [instructor, mentee] = [await ada(), await ben()];
  await instructor.addInitScript(countTones);
  await enter(instructor);
  const toast = (text) => instructor.locator("[data-toasts]").getByText(text, { exact: true }).waitFor();
  const hasTitle = (title) => until(`the tab says ${title}`, async () => (await instructor.title()) === `${title} · Video call`);
  const tones = () => instructor.evaluate(() => window.tones);
  await hasTitle("Waiting for Ben Mentee…");
  assert.equal(await tones(), 0);
  await enter(mentee);
  await toast("Ben Mentee joined");
  await hasTitle("Ben Mentee is in the call");
  await until("the sound for joining", async () => (await tones()) === 2);
  await press(mentee, "Leave call");
  await toast("Ben Mentee left");
  await gallery(instructor, "other-left");
  await hasTitle("Ben Mentee has left");
  await until("the sound for leaving", async () => (await tones()) === 4);
  assert.equal(await instructor.locator("[data-awaited]").count(), 0, "the page doesn't wait for a person who has left");
  await press(mentee, "Rejoin");
  await hasTitle("Ben Mentee is in the call");
  await cloudSays(instructor, "lost");
  await toast("Ben Mentee lost connection");
  await hasTitle("Ben Mentee lost connection");
  await press(instructor, "Leave call");
  await says(instructor, "You left the call");
  assert.equal(await instructor.title(), "Video call", "the page's own title is back");
  await close(instructor, mentee);
});

test("single-key shortcuts work, but not while typing or when turned off", async () => {
  const page = await ada();
  await enter(page);
  const mute = page.getByRole("button", { name: "Mute microphone" });
  const unmute = page.getByRole("button", { name: "Unmute microphone" });
  await mute.waitFor();
  assert.equal(await mute.getAttribute("title"), "Mute microphone (M)");
  await page.keyboard.press("m");
  await unmute.waitFor();
  await page.keyboard.press("v");
  const cameraOn = page.getByRole("button", { name: "Turn camera on" });
  await cameraOn.waitFor();
  assert.equal(await cameraOn.getAttribute("title"), "Turn camera on (V)");
  await press(page, "Choose devices");
  await page.getByLabel("Speaker", { exact: true }).focus();
  await page.keyboard.press("m");
  await page.getByLabel(/Keyboard shortcuts/).uncheck();
  await page.keyboard.press("m");
  await page.keyboard.press("Escape");
  await page.keyboard.press("m");
  assert.equal(await unmute.count(), 1);
  await page.reload();
  await unmute.waitFor();
  assert.equal(await unmute.getAttribute("title"), "Unmute microphone");
  await close(page);
});

const fitOf = (page) => page.getByLabel("Ben Mentee's camera").getAttribute("data-fit");
const isShownAs = (page, fit) =>
  until(`the video's fit is ${fit}`, async () => (await fitOf(page)) === fit && (await page.getByLabel("Ben Mentee's camera").locator("video").evaluate((video) => getComputedStyle(video).objectFit)) === fit);

test("the other side's video fills its area unless that would crop too much", async () => {
  const { instructor, mentee } = await together();
  await instructor.setViewportSize({ width: 800, height: 720 });
  await isShownAs(instructor, "cover");
  await instructor.setViewportSize({ width: 360, height: 740 });
  await isShownAs(instructor, "contain");
  await instructor.setViewportSize({ width: 1280, height: 400 });
  await isShownAs(instructor, "contain");
  await close(instructor, mentee);
});

test("the call can go full screen, and the other side's video into picture-in-picture", async () => {
  const { instructor, mentee } = await together();
  await press(instructor, "Full screen");
  await until("the call is full screen", () => instructor.evaluate(() => document.fullscreenElement !== null));
  await press(instructor, "Exit full screen");
  await until("the call is no longer full screen", () => instructor.evaluate(() => document.fullscreenElement === null));
  await instructor.evaluate(() => {
    HTMLVideoElement.prototype.requestPictureInPicture = async function () {
      window.inPicture = this.closest("[aria-label]").getAttribute("aria-label");
    };
  });
  await press(instructor, "Picture-in-picture");
  assert.equal(await instructor.evaluate(() => window.inPicture), "Ben Mentee's camera");
  await close(instructor, mentee);
});

/** Counts the wake locks that are held. */
function countLocks() {
  window.locks = { held: 0 };
  navigator.wakeLock.request = async () => {
    window.locks.held++;
    return { release: async () => void window.locks.held-- };
  };
}

const phone = { viewport: { width: 667, height: 375 }, hasTouch: true, isMobile: true };
const usedCamera = (page) => page.getByLabel("Your camera", { exact: true }).locator("video").evaluate(({ srcObject }) => srcObject.getTracks()[0].label);

test("on a phone in landscape nothing overlaps, the camera can be switched, and the screen stays on", async () => {
  const page = await ada(phone);
  await page.addInitScript(countLocks);
  await enter(page);
  const own = page.getByLabel("Your camera", { exact: true });
  await own.locator("video").waitFor();
  const sentence = page.getByText("Waiting for Ben Mentee…").first();
  await picture(page, "landscape-waiting");
  for (const one of [sentence, own, page.getByRole("button", { name: "Leave call" })]) await fitsScreen(one);
  assert.ok(!(await overlap(sentence, own)), "your own video doesn't cover the text");
  const [place, avatar] = [await page.locator("[data-other-side]").boundingBox(), await page.locator("[data-other-side] span.relative span.relative").boundingBox()];
  assert.ok(avatar.y >= place.y && avatar.y + avatar.height <= place.y + place.height, "the avatar isn't cut off");
  await page.getByText("They'll appear here when they join.").waitFor();
  assert.ok(!(await overlap(page.getByText("They'll appear here when they join."), own)));
  const before = await usedCamera(page);
  await press(page, "Switch camera");
  await until("another camera is in use", async () => (await usedCamera(page)) !== before);
  await until("the wake lock is held", () => page.evaluate(() => window.locks.held === 1));
  const mentee = await ben();
  await enter(mentee);
  assert.ok(await plays(page, "Ben Mentee's camera"));
  await picture(page, "landscape-call");
  await page.setViewportSize({ width: 360, height: 740 });
  await picture(page, "portrait-call");
  for (const name of ["Mute microphone", "Leave call"]) await fitsScreen(page.getByRole("button", { name }));
  await press(mentee, "Leave call");
  await says(mentee, "You left the call");
  await press(page, "Leave call");
  await says(page, "You left the call");
  await until("the wake lock is released", () => page.evaluate(() => window.locks.held === 0));
  await close(page, mentee);
});

/** Records every line of text that the page shows from now on. */
function keepSentences() {
  window.sentences = new Set();
  new MutationObserver(() => document.body.innerText.split("\n").forEach((line) => window.sentences.add(line.trim()))).observe(document, { subtree: true, childList: true, characterData: true });
}

test("a person who is still joining isn't shown as muted or with their camera off", async () => {
  const [instructor, mentee] = [await ada(), await ben()];
  await enter(instructor);
  await instructor.evaluate(keepSentences);
  await mentee.addInitScript(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const released = new Promise((resolve) => (window.release = resolve));
    navigator.mediaDevices.getUserMedia = (wanted) => released.then(() => open(wanted));
  });
  await enter(mentee);
  await says(instructor, "Ben Mentee is joining…");
  await mentee.evaluate(() => window.release());
  assert.ok(await plays(instructor, "Ben Mentee's camera"));
  const said = await instructor.evaluate(() => [...window.sentences].filter((line) => /Ben.*(is muted|camera is off)/.test(line)));
  assert.deepEqual(said, []);
  await close(instructor, mentee);
});

test("a heartbeat answered 500 doesn't end the call; one answered 404 does", async () => {
  const page = await ada();
  const refuse = (status, code, error) => page.route("**/api/video-call/heartbeat", (route) => route.fulfill({ status, json: { error, code, requestId: "0123456789abcdef" } }));
  await refuse(500, "internal_error", "Something went wrong.");
  await enter(page);
  await says(page, "We can't reach the portal. Reconnecting; your call goes on.");
  await says(page, "0123456789abcdef");
  await gallery(page, "service-away");
  await page.unroute("**/api/video-call/heartbeat");
  await refuse(404, "call_not_found", "There is no such call.");
  await lookAgain(page);
  await says(page, "There is no such call.");
  await close(page);
});

test("when the mentorship ends, the page leaves the call and says so; the request id can be copied", async () => {
  const page = await ada();
  await enter(page);
  try {
    await here.database.sql(`UPDATE mentorships SET status = 'ended', ended_at = now() WHERE id = '${people.adaAndBen}'`);
    await lookAgain(page);
    await says(page, "This mentorship has ended");
    await says(page, "The call has ended because your mentorship is no longer active.");
    await gallery(page, "mentorship-ended");
    const shown = await page.locator("code").textContent();
    assert.match(shown, /^[0-9a-f-]{16,36}$/);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: here.url });
    await press(page, "Copy request ID");
    await page.getByText("Copied").first().waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shown);
    await until("the page has left", async () => (await ledger()).status !== "active");
  } finally {
    await here.database.sql(`UPDATE mentorships SET status = 'active', ended_at = NULL WHERE id = '${people.adaAndBen}'`);
  }
  await close(page);
});
