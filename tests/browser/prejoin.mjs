// The page before joining: self-view, choice of devices, and who is already in the call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fitsScreen, gallery, picture, plays } from "../integration/harness/browser.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, callPage, close, enter, here, joinNow, ledger, lookAgain, press, says, together, withBrowser } from "./stand.mjs";

const joinButton = (page) => page.getByRole("button", { name: "Join now" });
const meterScale = (page) => page.locator("[data-level-meter] > span").evaluate(({ style }) => style.transform);

/** The label of the camera in use. */
const usedCamera = (page) => page.getByLabel("Your camera", { exact: true }).locator("video").evaluate(({ srcObject }) => srcObject.getTracks()[0].label);

test("before joining, people see themselves and their level, and nothing is requested or sent", async () => {
  const page = await ada();
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.getByRole("link", { name: "Start call with Ben Mentee" }).click();
  assert.ok(await plays(page, "Your camera"));
  await says(page, "Ben Mentee isn't here yet.");
  await says(page, "We can hear you.");
  const before = await meterScale(page);
  await until("the meter moves", async () => (await meterScale(page)) !== before);
  await gallery(page, "prejoin");
  await press(page, "Mute microphone");
  await says(page, "Your microphone is off.");
  await press(page, "Turn camera off");
  await says(page, "Your camera is off");
  await gallery(page, "prejoin-off");
  assert.deepEqual(asked.filter((path) => /\/(token|start|dev-media)/.test(path)), []);
  assert.equal(await ledger(), undefined, "no call was created");
  await page.goBack();
  await page.getByRole("heading", { name: /dashboard/ }).waitFor();
  await close(page);
});

test("before joining, people see who is in the call as it changes, and whether they're in it in another window", async () => {
  const [instructor, mentee] = [await ada(), await ben()];
  await instructor.goto(here.url + callPage);
  await says(instructor, "Ben Mentee isn't here yet.");
  await enter(mentee);
  await lookAgain(instructor);
  await says(instructor, "Ben Mentee is waiting for you.");
  await gallery(instructor, "prejoin-waiting");
  const again = await mentee.context().newPage();
  await again.goto(here.url + callPage);
  await says(again, "You're in this call in another window. If you join here, the call moves to this window.");
  await joinNow(again);
  await says(mentee, "You joined from another window");
  await mentee.bringToFront(); // browsers don't render a tab in the background
  await gallery(mentee, "moved");
  await press(mentee, "Move the call here");
  await mentee.getByRole("toolbar").waitFor();
  await says(again, "You joined from another window");
  const [{ id }] = await here.database.sql("SELECT m.id FROM mentorships m JOIN mentees e ON e.id = m.mentee_id WHERE e.display_name = 'Dora Mentee'");
  await instructor.goto(`${here.url}/video-call/${id}`);
  await says(instructor, "Dora Mentee can't join calls: no Discord account linked.");
  await close(instructor, mentee);
});

test("chosen devices are used, remembered, and kept in the call", () =>
  withBrowser({ isFull: true }, async (page) => {
    await page.goto(here.url + callPage);
    await page.getByLabel("Your camera", { exact: true }).locator("video").waitFor();
    await page.getByLabel("Camera", { exact: true }).selectOption({ label: "fake_device_2" });
    await until("the other camera is in use", async () => (await usedCamera(page)) === "fake_device_2");
    const microphone = page.getByLabel("Microphone", { exact: true });
    const [microphoneId] = await microphone.selectOption({ index: 1 });
    const speaker = page.getByLabel("Speaker", { exact: true });
    const [speakerId] = await speaker.selectOption({ index: 1 });
    // The lists show the old devices until the new ones are open.
    const othersAreChosen = async () => (await microphone.inputValue()) === microphoneId && (await speaker.inputValue()) === speakerId;
    await until("the other microphone and speaker are in use", othersAreChosen);
    await page.goto(here.url + callPage);
    await until("the remembered camera is in use", async () => (await usedCamera(page)) === "fake_device_2");
    await until("the microphone and speaker are remembered", othersAreChosen);
    await joinNow(page);
    assert.equal(await usedCamera(page), "fake_device_2");
    const mentee = await ben();
    await enter(mentee);
    await until("the other side plays on that speaker", () => page.evaluate((id) => document.querySelector("audio")?.sinkId === id, speakerId));
    await close(mentee);
  }));

test("if a remembered camera is gone, the default one is used", async () => {
  const page = await ada();
  await page.evaluate(() => localStorage.setItem("video-call", JSON.stringify({ cameraId: "of another computer" })));
  await page.goto(here.url + callPage);
  assert.ok(await plays(page, "Your camera"));
  await close(page);
});

test("joining muted with the camera off stays that way in the call and after a reload", async () => {
  const { instructor, mentee } = await together();
  await mentee.goto(here.url + callPage);
  await joinButton(mentee).waitFor();
  await mentee.getByLabel("Your camera", { exact: true }).locator("video").waitFor();
  await mentee.keyboard.press("v");
  await mentee.keyboard.press("m");
  await says(mentee, "Your microphone is off.");
  await joinNow(mentee);
  const saysOff = async () => {
    await says(instructor, "Ben Mentee's camera is off");
    await says(instructor, "Ben Mentee is muted");
  };
  await saysOff();
  await mentee.reload();
  await mentee.getByRole("button", { name: "Unmute microphone" }).waitFor();
  await mentee.getByRole("toolbar").waitFor();
  await says(mentee, "Your camera is off");
  await saysOff();
  await close(instructor, mentee);
});

test("a reload goes straight back into the call, unless a minute has passed or the person left it", async () => {
  const page = await ada();
  await enter(page);
  await page.reload();
  await page.getByRole("toolbar").waitFor();
  const { id } = await ledger();
  await page.addInitScript(() => {
    const key = Object.keys(sessionStorage).find((name) => name.startsWith("video-call:"));
    if (key) sessionStorage.setItem(key, sessionStorage.getItem(key).replace(/"atMs":\d+/, `"atMs":${Date.now() - 61_000}`));
  });
  await page.reload();
  await joinButton(page).waitFor();
  await joinNow(page);
  await press(page, "Leave call");
  await says(page, "You left the call");
  await page.reload();
  await joinButton(page).waitFor();
  assert.ok(id);
  await close(page);
});

test("before joining, blocked devices are reported with how to allow them; once allowed, they start automatically", () =>
  withBrowser({ devices: "denied" }, async (page) => {
    await page.goto(here.url + callPage);
    await says(page, "Your browser is blocking your camera and microphone. Click the icon to the left of the address, and allow them.");
    await gallery(page, "prejoin-blocked");
    await page.context().grantPermissions(["camera", "microphone"], { origin: here.url });
    assert.ok(await plays(page, "Your camera"));
    await says(page, "We can hear you.");
  }));

test("on a phone, in portrait or landscape, joining needs no scrolling", async () => {
  const page = await ada({ viewport: { width: 667, height: 375 }, hasTouch: true, isMobile: true });
  await page.goto(here.url + callPage);
  await page.getByLabel("Your camera", { exact: true }).locator("video").waitFor();
  await picture(page, "prejoin-landscape");
  await fitsScreen(joinButton(page));
  await fitsScreen(page.getByRole("button", { name: "Mute microphone" }));
  await page.setViewportSize({ width: 360, height: 740 });
  await fitsScreen(joinButton(page));
  await close(page);
});
