// Firefox: in a call with Chromium, and through what a person sees before, during and after a call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { firefoxGallery, startFirefox, withoutFirefox } from "../integration/harness/firefox.mjs";
import { plays, sounds } from "../integration/harness/browser.mjs";
import * as people from "../integration/harness/people.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, callPage, close, endForEveryone, enter, here, ledger, press, says } from "./stand.mjs";

function keepConnections() {
  const Connection = window.RTCPeerConnection;
  window.connections = [];
  window.RTCPeerConnection = class extends Connection {
    constructor(...all) {
      super(...all);
      window.connections.push(this);
    }
  };
}

/** Whether any received sound wasn't silence; without a sound card, Firefox analyses none. */
async function heardEnergy() {
  const reports = await Promise.all(window.connections.map((connection) => connection.getStats()));
  return reports.some((report) => [...report.values()].some(({ type, kind, totalAudioEnergy }) => type === "inbound-rtp" && kind === "audio" && totalAudioEnergy > 0));
}

/** What the <video> inside that label shows; without a screen, Firefox counts no frames. */
function picturePixels(label) {
  const canvas = document.createElement("canvas");
  const video = document.querySelector(`[aria-label="${label}"] video`);
  canvas.width = canvas.height = 64;
  canvas.getContext("2d").drawImage(video, 0, 0, 64, 64);
  return canvas.toDataURL();
}

/** Runs `use` as Ben in a Firefox that is closed afterwards. */
async function withFirefox(use) {
  const firefox = await startFirefox(here.url, [people.cookieName, await people.sessionToken(people.ben)]);
  try {
    await use(firefox.page);
  } finally {
    await firefox.close();
  }
}

const reads = (page, text) => page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, text);
const click = (page, name) => page.locator(`::-p-xpath(//button[@aria-label="${name}" or normalize-space(.)="${name}"])`).click();
const tell = (page, name, ...values) => page.evaluate((detail) => window.dispatchEvent(new CustomEvent("dev-media", { detail })), { name, values });

test("Firefox and Chromium see and hear each other", { skip: withoutFirefox }, async () => {
  const instructor = await ada();
  await enter(instructor);
  await withFirefox(async (mentee) => {
    await mentee.evaluateOnNewDocument(keepConnections);
    await mentee.goto(here.url + callPage);
    await click(mentee, "Join now");
    await mentee.waitForSelector(`[aria-label="Ada Instructor's camera"] video`);
    const shown = () => mentee.evaluate(picturePixels, "Ada Instructor's camera");
    const first = await shown();
    await until("the picture in Firefox changes", async () => (await shown()) !== first, 30000);
    assert.ok(await plays(instructor, "Ben Mentee's camera"), "Chromium sees Firefox");
    assert.ok(await sounds(instructor), "Chromium hears Firefox");
    await until("Firefox hears something", () => mentee.evaluate(heardEnergy), 30000);
    await mentee.evaluate(() => document.querySelector('[aria-label="Mute microphone"]').click());
    await says(instructor, "Ben Mentee is muted");
    await endForEveryone(instructor);
    await reads(mentee, "The call has ended");
  });
  await close(instructor);
});

test("in Firefox people see themselves first, join, mute with a key, and are asked before leaving", { skip: withoutFirefox }, async () => {
  const instructor = await ada();
  await enter(instructor);
  await withFirefox(async (mentee) => {
    await mentee.goto(here.url + callPage);
    await mentee.waitForSelector('[aria-label="Your camera"] video');
    await reads(mentee, "Ada Instructor is waiting for you.");
    await tell(mentee, "level", "local", 0.8);
    await reads(mentee, "We can hear you.");
    const asked = await mentee.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname));
    assert.deepEqual(asked.filter((path) => /\/(token|start|dev-media)/.test(path)), []);
    assert.equal((await ledger()).participants.mentee, null);
    await firefoxGallery(mentee, "prejoin");
    await click(mentee, "Join now");
    await reads(mentee, "Ada Instructor joined");
    assert.ok(await plays(instructor, "Ben Mentee's camera"));
    await tell(mentee, "quality", 1, 6);
    await reads(mentee, "Ada Instructor's connection is very weak");
    await mentee.keyboard.press("m");
    await says(instructor, "Ben Mentee is muted");
    await reads(mentee, "You're muted.");
    await firefoxGallery(mentee, "call");
    await mentee.evaluate(() => history.back());
    await reads(mentee, "Leave the call?");
    await firefoxGallery(mentee, "leave");
    await click(mentee, "Stay in the call");
    await click(mentee, "Leave call");
    await reads(mentee, "You left the call");
    await firefoxGallery(mentee, "left");
  });
  await press(instructor, "Leave call");
  await until("the call is over", async () => (await ledger()).status === "ended");
  await close(instructor);
});
