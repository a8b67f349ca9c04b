// Leaving a call, ending it, and being asked first.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gallery, plays } from "../integration/harness/browser.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, callPage, close, enter, here, ledger, press, says, together } from "./stand.mjs";

const dialog = (page) => page.getByRole("dialog");
const isGone = (page) => dialog(page).waitFor({ state: "detached" });
const focused = (page) => page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent);

test("the instructor leaves, and the mentee stays in the call", async () => {
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

test("ending the call for everyone is asked twice, by keyboard too, and can be called off", async () => {
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
  await press(instructor, "End for everyone");
  await press(instructor, "End the call");
  await says(mentee, "Ada Instructor ended it.");
  assert.equal((await ledger()).status, "ended");
  await close(instructor, mentee);
});

test("who is alone in the call leaves it without being asked, and it ends", async () => {
  const page = await ada();
  await enter(page);
  await press(page, "Leave call");
  await says(page, "You left the call");
  await until("the call is over", async () => (await ledger()).status === "ended");
  await close(page);
});

/** How many times the browser has asked whether to leave the page; each time the person stays. */
async function unloadQuestions(page) {
  const asked = [];
  page.on("dialog", (one) => {
    asked.push(one.type());
    void one.dismiss();
  });
  return asked;
}

test("closing the page asks first in a call, and only there", async () => {
  const page = await ada();
  await page.goto(here.url + callPage);
  const asked = await unloadQuestions(page);
  await page.mouse.click(5, 5); // a browser asks only where somebody has done something
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

test("going back and following a link ask first, and leave the call", async () => {
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

test("after a call has been left, going back leads to the page before it", async () => {
  const page = await ben();
  await page.getByRole("link", { name: /call with Ada Instructor/ }).click();
  await press(page, "Join now");
  await page.getByRole("toolbar").waitFor();
  await press(page, "Leave call");
  await says(page, "You left the call");
  await until("the entry made for asking is gone", () => page.evaluate(() => !history.state?.videoCallGuard));
  await page.goBack();
  await page.getByRole("heading", { name: /dashboard/ }).waitFor();
  await close(page);
});
