// Leaving a call and ending it, with the dialogs that ask first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gallery, plays } from "../integration/harness/browser.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, callPage, close, enter, here, ledger, press, says, together } from "./stand.mjs";

const dialog = (page) => page.getByRole("dialog");
const isGone = (page) => dialog(page).waitFor({ state: "detached" });
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);

test("when the instructor leaves, the mentee stays in the call", async () => {
  const { instructor, mentee } = await together();
  await press(instructor, "Leave call");
  await dialog(instructor).getByText("If you leave, Ben Mentee can stay.").waitFor();
  await gallery(instructor, "leave");
  await press(instructor, "Leave");
  await says(instructor, "You left the call");
  await says(mentee, "Ada Instructor has left");
  await mentee.getByRole("toolbar").waitFor();
  assert.equal((await ledger()).status, "active");
  await press(instructor, "Rejoin");
  assert.ok(await plays(mentee, "Ada Instructor's camera"));
  await close(instructor, mentee);
});

/** Presses Escape and then the button, before the dialog's close event: on a busy machine, input overtakes it. */
const escapeAndReopen = (page) =>
  page.evaluate(async () => {
    document.querySelector("dialog").requestClose();
    await null; // React renders in a microtask; the close event is a later task
    document.querySelector("[role=toolbar] button[aria-label='Leave call']").click();
  });

test("ending the call for everyone needs confirmation, by keyboard too, and can be cancelled", async () => {
  const { instructor, mentee } = await together();
  await instructor.getByRole("button", { name: "Leave call" }).press("Enter");
  await dialog(instructor).waitFor();
  assert.equal(await focused(instructor), "Leave");
  await instructor.keyboard.press("Escape");
  await isGone(instructor);
  assert.equal(await focused(instructor), "Leave call");
  await instructor.keyboard.press("Enter");
  await press(instructor, "End for everyone");
  await dialog(instructor).getByText("The call ends for you and Ben Mentee.").waitFor();
  assert.equal(await focused(instructor), "Go back");
  await gallery(instructor, "end");
  await instructor.keyboard.press("Enter");
  await press(instructor, "Stay in the call");
  await isGone(instructor);
  assert.equal((await ledger()).status, "active");
  await press(instructor, "Leave call");
  await escapeAndReopen(instructor);
  await press(instructor, "End for everyone");
  await press(instructor, "End the call");
  await says(mentee, "Ada Instructor ended it.");
  assert.equal((await ledger()).status, "ended");
  await close(instructor, mentee);
});

test("leaving a call alone needs no confirmation and ends it", async () => {
  const page = await ada();
  await enter(page);
  await press(page, "Leave call");
  await says(page, "You left the call");
  await until("the call is over", async () => (await ledger()).status === "ended");
  await close(page);
});

/** Collects the dialogs in which the browser asks whether to leave the page; the person always stays. */
async function unloadQuestions(page) {
  const asked = [];
  page.on("dialog", (one) => {
    asked.push(one.type());
    void one.dismiss();
  });
  return asked;
}

test("closing the page asks first, but only during a call", async () => {
  const page = await ada();
  await page.goto(here.url + callPage);
  const asked = await unloadQuestions(page);
  await page.mouse.click(5, 5); // browsers don't ask before the first user gesture
  await page.getByRole("button", { name: "Join now" }).waitFor();
  await page.reload();
  assert.deepEqual(asked, []);
  await press(page, "Join now");
  await page.getByRole("toolbar").waitFor();
  await page.close({ runBeforeUnload: true });
  await until("the browser has asked", () => asked.length === 1);
  assert.equal(asked[0], "beforeunload");
  await page.getByRole("toolbar").waitFor();
  assert.equal((await ledger()).status, "active");
  await close(page);
});

test("going back or following a link asks first, then leaves the call", async () => {
  const page = await ben();
  await page.getByRole("link", { name: /call with Ada Instructor/ }).click();
  await press(page, "Join now");
  await page.getByRole("toolbar").waitFor();
  await page.goBack();
  await press(page, "Stay in the call");
  await isGone(page);
  await page.goBack();
  await dialog(page).waitFor();
  await press(page, "Stay in the call");
  await page.getByRole("link", { name: "Past calls" }).focus();
  await page.keyboard.press("Enter");
  await dialog(page).waitFor();
  assert.equal(new URL(page.url()).pathname, callPage);
  await press(page, "Leave");
  await page.waitForURL(/\/video-call\/history/);
  await until("the call is over", async () => (await ledger()).status === "ended");
  await close(page);
});

test("after leaving a call, going back returns to the page before it", async () => {
  const page = await ben();
  await page.getByRole("link", { name: /call with Ada Instructor/ }).click();
  await press(page, "Join now");
  await page.getByRole("toolbar").waitFor();
  await press(page, "Leave call");
  await says(page, "You left the call");
  await until("the history entry that guards the call is gone", () => page.evaluate(() => !history.state?.videoCallGuard));
  await page.goBack();
  await page.getByRole("heading", { name: /dashboard/ }).waitFor();
  await close(page);
});
