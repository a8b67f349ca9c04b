// Cameras and microphones that are blocked, missing, slow, chosen or unplugged.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gallery, plays, sounds } from "../integration/harness/browser.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, close, enter, here, ledger, press, says, saysNoMore, together, withBrowser } from "./stand.mjs";

test("without permission to use the devices the call goes on, and the page says what to do", () =>
  withBrowser({ devices: "denied" }, async (page) => {
    await enter(page);
    await says(page, "Your browser is blocking your camera and microphone. Click the icon to the left of the address");
    await gallery(page, "permission-denied");
    await page.context().grantPermissions(["camera"], { origin: here.url });
    assert.ok(await plays(page, "Your camera"), "the page notices without a reload");
    await says(page, "Your browser is blocking your microphone.");
  }));

test("without a camera and a microphone the call goes on, and the page says so", () =>
  withBrowser({ devices: "none" }, async (page) => {
    await enter(page);
    await says(page, "No camera or microphone found");
    await press(page, "Choose devices");
    await page.getByLabel("Camera", { exact: true }).getByText("No camera found").waitFor({ state: "attached" });
    await gallery(page, "no-camera");
  }));

test("while the browser waits for permission, the page says so and the call has already started", async () => {
  const page = await ada();
  await page.addInitScript(() => (navigator.mediaDevices.getUserMedia = () => new Promise(() => {})));
  await enter(page);
  await says(page, "Allow your browser to use your camera and microphone");
  assert.equal((await ledger()).status, "active");
  await close(page);
});

/** Ends the camera's track, as if the camera were unplugged. */
async function unplug(page) {
  await page.getByLabel("Your camera").locator("video").evaluate(({ srcObject }) => {
    const [track] = srcObject.getTracks();
    track.stop();
    track.dispatchEvent(new Event("ended"));
  });
}

test("an unplugged camera is replaced by another, or reported as missing", async () => {
  const { instructor, mentee } = await together();
  await unplug(mentee);
  assert.ok(await plays(mentee, "Your camera"));
  await until("the instructor sees the other camera", () => plays(instructor, "Ben Mentee's camera").catch(() => false), 30000);
  await mentee.evaluate(() => (navigator.mediaDevices.getUserMedia = async () => Promise.reject(new DOMException("gone", "NotFoundError"))));
  await unplug(mentee);
  await says(mentee, "No camera found. Connect one");
  await says(instructor, "Ben Mentee's camera is off");
  await mentee.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event("devicechange")));
  await saysNoMore(mentee, "No camera found. Connect one");
  await close(instructor, mentee);
});

const usedCamera = (page) => page.getByLabel("Your camera").locator("video").evaluate(({ srcObject }) => srcObject.getTracks()[0].label);

test("another camera and microphone can be chosen during the call, by keyboard", async () => {
  const { instructor, mentee } = await together();
  const before = await usedCamera(instructor);
  await instructor.getByRole("button", { name: "Mute microphone" }).focus();
  await instructor.keyboard.press("ArrowRight");
  await instructor.keyboard.press("ArrowRight");
  await instructor.keyboard.press("Enter");
  const cameras = instructor.getByLabel("Camera", { exact: true });
  const microphones = instructor.getByLabel("Microphone", { exact: true });
  await microphones.waitFor();
  await gallery(instructor, "devices");
  await cameras.selectOption({ label: "fake_device_2" });
  await until("the other camera is used", async () => (await usedCamera(instructor)) !== before);
  await microphones.selectOption({ index: 1 });
  await instructor.keyboard.press("Escape");
  await microphones.waitFor({ state: "detached" });
  assert.ok(await plays(mentee, "Ada Instructor's camera"));
  assert.ok(await sounds(mentee));
  await close(instructor, mentee);
});

test("rapid clicks don't leave a hidden camera on", async () => {
  const page = await ada();
  await page.addInitScript(() => {
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.opened = [];
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      window.opened.push(...stream.getTracks());
      return stream;
    };
  });
  await enter(page);
  await page.getByLabel("Your camera").locator("video").waitFor();
  const live = () => page.evaluate(() => window.opened.filter(({ kind, readyState }) => kind === "video" && readyState === "live").length);
  await press(page, "Turn camera off");
  const on = page.getByRole("button", { name: "Turn camera on" });
  await on.evaluate((button) => [1, 2, 3].forEach(() => button.click()));
  await page.getByLabel("Your camera").locator("video").waitFor();
  assert.equal(await live(), 1);
  await press(page, "Turn camera off");
  await on.waitFor();
  assert.equal(await live(), 0);
  await close(page);
});

test("sound that the browser blocks plays after a click", async () => {
  const { instructor, mentee } = await together();
  await mentee.addInitScript(() => {
    const play = HTMLMediaElement.prototype.play;
    document.addEventListener("click", () => (HTMLMediaElement.prototype.play = play), { capture: true });
    HTMLMediaElement.prototype.play = function () {
      return this instanceof HTMLAudioElement ? Promise.reject(new DOMException("no", "NotAllowedError")) : play.call(this);
    };
  });
  await mentee.reload();
  await press(mentee, "Turn on sound");
  await saysNoMore(mentee, "Your browser is blocking sound");
  assert.ok(await sounds(mentee));
  await close(instructor, mentee);
});
