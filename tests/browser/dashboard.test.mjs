// The dashboards and the history in every state a person can see: in Chromium and Firefox,
// light and dark, wide and narrow, and by keyboard alone. Each state is set up in the service
// itself, so nothing between it and the pages is mocked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gallery } from "../integration/harness/browser.mjs";
import { post } from "../integration/harness/client.mjs";
import { galleryIn, startFirefoxIn, withoutFirefox } from "../integration/harness/firefox.mjs";
import * as people from "../integration/harness/people.mjs";
import { until } from "../integration/harness/process.mjs";
import { ada, ben, callPage, close, here, lookAgain, press, says, saysNoMore, tabTo } from "./stand.mjs";

const nothing = async () => {};
const start = async (discordId) => (await post(here.nginx, "start", await people.cookie(discordId), { mentorshipId: people.adaAndBen })).json;

/** Takes one SQL function away from the backend, which then fails as it would with a broken schema. */
const take = (name) => here.database.sql(`REVOKE EXECUTE ON FUNCTION video_call.${name} FROM video_call`);
const give = (name) => here.database.sql(`GRANT EXECUTE ON FUNCTION video_call.${name} TO video_call`);

const side = (name) => `'${name}', jsonb_build_object('joinedAt', '2026-01-31T10:00:00.000Z', 'leftAt', null, 'visits', '[]'::jsonb)`;
const both = `jsonb_build_object(${side("instructor")}, ${side("mentee")})`;
const instructorAlone = `jsonb_build_object(${side("instructor")}, 'mentee', null)`;
const menteeAlone = `jsonb_build_object('instructor', null, ${side("mentee")})`;

/** Adds a past call of Ada and Ben, or of another mentorship. */
const addCall = (minutesAgo, durationSec, status, participants, mentorship = people.adaAndBen) =>
  here.database.sql(
    `INSERT INTO video_calls (mentorship_id, instructor_id, mentee_id, start_time, end_time, duration_seconds, status, participants)
     SELECT id, instructor_id, mentee_id, now() - make_interval(mins => ${minutesAgo}),
       now() - make_interval(mins => ${minutesAgo}, secs => ${-durationSec}), ${durationSec}, '${status}', ${participants}
     FROM mentorships WHERE id = '${mentorship}'`,
  );

async function addOutcomes() {
  await addCall(9000, 3900, "ended", both);
  await addCall(8000, 605, "failed", both);
  await addCall(7000, 600, "ended", instructorAlone);
  await addCall(6500, 600, "failed", menteeAlone);
  await addCall(6000, 1234, "ended", both, people.graceAndBen);
  await start(people.ada);
}

const states = [
  { name: "dashboard-instructor", what: "an instructor's dashboard with no call", who: people.ada, path: "/instructor", says: ["No active call", "Start call", "Can't join calls: no Discord account linked. Ask Dora Mentee to link one, or contact support."] },
  { name: "dashboard-waiting", what: "an instructor's dashboard while her mentee is waiting", who: people.ada, path: "/instructor", before: () => start(people.ben), says: ["Ben Mentee is waiting for you", "Join call"] },
  { name: "dashboard-student", what: "a mentee's dashboard while his instructor is waiting", who: people.ben, path: "/student", before: () => start(people.ada), says: ["Ada Instructor is waiting for you", "Grace Instructor", "No active call"] },
  { name: "dashboard-empty", what: "a dashboard with no mentorships", who: people.carl, path: "/student", says: ["You have no active mentorships here", "make sure you're signed in with the Discord account"] },
  { name: "dashboard-signed-out", what: "a dashboard when signed out", who: null, path: "/student", says: ["You're signed out", "Sign in to see your calls.", "Request ID:"] },
  {
    name: "dashboard-failed",
    what: "a dashboard that can't be loaded",
    who: people.ben,
    path: "/student",
    before: () => take("list_mentorships"),
    after: () => give("list_mentorships"),
    says: ["Your calls can't be loaded right now.", "Trying again automatically.", "Request ID:"],
  },
  { name: "history", what: "a history with every outcome", who: people.ben, path: "/video-call/history", before: addOutcomes, says: ["In progress", "Completed", "Ended unexpectedly", "You didn't join", "They didn't join"] },
  { name: "history-empty", what: "a history with no calls", who: people.carl, path: "/video-call/history", says: ["No calls yet", "Calls show up here once they've started."] },
  { name: "history-signed-out", what: "a history when signed out", who: null, path: "/video-call/history", says: ["You're signed out", "Sign in to see your calls.", "Request ID:"] },
  {
    name: "history-failed",
    what: "a history that can't be loaded",
    who: people.ben,
    path: "/video-call/history",
    before: () => take("list_history"),
    after: () => give("list_history"),
    says: ["Your calls couldn't be loaded.", "Try again", "Request ID:"],
  },
];

/** Runs `use` while the service is in the given state. */
async function inState({ before = nothing, after = nothing }, use) {
  await before();
  try {
    await use();
  } finally {
    await after();
  }
}

const names = { [people.ada]: "Ada Instructor", [people.ben]: "Ben Mentee", [people.carl]: "Carl" };
const cookieOf = async (discordId) => discordId && [people.cookieName, await people.sessionToken(discordId, { name: names[discordId] })];

/** Opens the path in Chromium, as the given person or, without an id, signed out. */
async function visit(path, discordId) {
  const context = await here.one.newContext();
  const cookie = await cookieOf(discordId);
  if (cookie) await context.addCookies([{ name: cookie[0], value: cookie[1], url: here.url }]);
  const page = await context.newPage();
  page.setDefaultTimeout(20000);
  await page.goto(here.url + path);
  return page;
}

for (const state of states)
  test(`${state.what}, in Chromium`, () =>
    inState(state, async () => {
      const page = await visit(state.path, state.who);
      for (const text of state.says) await says(page, text);
      await gallery(page, state.name);
      await close(page);
    }));

for (const colorScheme of ["light", "dark"])
  test(`every state of the dashboards and the history, in Firefox, ${colorScheme}`, { skip: withoutFirefox }, async (t) => {
    const firefox = await startFirefoxIn(colorScheme);
    try {
      for (const state of states)
        await t.test(state.what, () =>
          inState(state, async () => {
            const page = await firefox.open(here.url + state.path, await cookieOf(state.who));
            for (const text of state.says) await page.waitForFunction((wanted) => document.body.innerText.includes(wanted), {}, text);
            await galleryIn(colorScheme, page, state.name);
            await page.close();
          }),
        );
    } finally {
      await firefox.close();
    }
  });

test("a dashboard follows the call: no call, one waiting, both in the call, call over", async () => {
  const mentee = await ben();
  await says(mentee, "No active call");
  const { callId } = await start(people.ada);
  await lookAgain(mentee);
  await says(mentee, "Ada Instructor is waiting for you");
  await mentee.getByRole("status").filter({ hasText: "Ada Instructor is waiting for you" }).waitFor({ state: "attached" });
  await mentee.getByRole("link", { name: "Join call with Ada Instructor" }).waitFor();
  await start(people.ben);
  await lookAgain(mentee);
  await says(mentee, "You're both in the call");
  await mentee.getByRole("link", { name: "Resume call with Ada Instructor" }).waitFor();
  await post(here.nginx, "leave", await people.cookie(people.ada), { callId });
  await lookAgain(mentee);
  await says(mentee, "You're in the call, waiting for Ada Instructor");
  await post(here.nginx, "end", await people.cookie(people.ada), { callId });
  await lookAgain(mentee);
  await saysNoMore(mentee, "You're in the call, waiting for Ada Instructor");
  await close(mentee);
});

test("a dashboard's button opens the page of that call", async () => {
  const instructor = await ada();
  await instructor.getByRole("link", { name: "Start call with Ben Mentee" }).click();
  await instructor.waitForURL(here.url + callPage);
  await close(instructor);
});

test("the bare portal's home page links a signed-in person to their dashboard", async () => {
  const page = await ben();
  await page.goto(here.url);
  await says(page, "You're signed in as Ben Mentee.");
  await page.getByRole("link", { name: "Go to your dashboard" }).click();
  await page.getByRole("heading", { name: "Student dashboard" }).waitFor();
  await close(page);
});

test("a mentee who can't join is marked, and has a button only while a call is open", async () => {
  const instructor = await ada();
  const dora = instructor.getByRole("listitem").filter({ hasText: "Dora Mentee" });
  await dora.getByText("no Discord account linked").waitFor();
  assert.equal(await dora.getByRole("link").count(), 0);
  const [{ id }] = await here.database.sql("SELECT m.id FROM mentorships m JOIN mentees e ON e.id = m.mentee_id WHERE e.display_name = 'Dora Mentee'");
  await post(here.nginx, "start", await people.cookie(people.ada), { mentorshipId: id });
  await lookAgain(instructor);
  await dora.getByRole("link", { name: "Resume call with Dora Mentee" }).waitFor();
  await close(instructor);
});

test("an error shows the request id from the pool's log, which can be copied; the list recovers automatically", () =>
  inState({ after: () => give("list_mentorships") }, async () => {
    const page = await ben();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: here.url });
    await says(page, "No active call");
    await take("list_mentorships");
    const answered = page.waitForResponse((response) => response.url().endsWith("/mentorships") && !response.ok());
    await lookAgain(page);
    const { error, requestId } = await (await answered).json();
    await says(page, "What you see may be out of date.");
    await says(page, "No active call");
    assert.ok(error && requestId);
    await page.getByText(requestId).waitFor();
    await until("the log has it", () => here.pool.logText.includes(`"request_id":"${requestId}"`));
    await press(page, "Copy request ID");
    await until("it is copied", async () => (await page.evaluate(() => navigator.clipboard.readText())) === requestId);
    await give("list_mentorships");
    await lookAgain(page);
    await saysNoMore(page, "Your calls can't be loaded right now.");
    await close(page);
  }));

test("after signing out elsewhere, the dashboard asks to sign in and shows no names", async () => {
  const page = await ben();
  await says(page, "Ada Instructor");
  await page.context().clearCookies();
  await lookAgain(page);
  await says(page, "You're signed out");
  assert.equal(await page.getByText("Ada Instructor").count(), 0);
  await close(page);
});

test("by keyboard alone: signing in from a dashboard and from the history", async () => {
  for (const path of ["/student", "/video-call/history"]) {
    const page = await visit(path, null);
    await says(page, "You're signed out");
    await page.locator("main").click({ position: { x: 1, y: 1 } });
    await tabTo(page, "Sign in");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/api\/auth\/signin\?callbackUrl=/);
    assert.equal(new URL(page.url()).searchParams.get("callbackUrl"), here.url + path);
    await close(page);
  }
});

test("by keyboard alone: from a dashboard to the history, to one person's calls and back to all", async () => {
  await addOutcomes();
  const page = await ben({ viewport: { width: 360, height: 740 }, colorScheme: "dark" });
  await says(page, "Ada Instructor is waiting for you");
  await page.locator("main").click({ position: { x: 1, y: 1 } });
  await tabTo(page, "Past calls");
  await page.keyboard.press("Enter");
  const rows = page.getByRole("list", { name: "Calls" }).getByRole("listitem");
  await until("all calls", async () => (await rows.count()) === 6);
  await until("the filter has the focus", async () => {
    await page.keyboard.press("Tab");
    return page.evaluate(() => document.activeElement.tagName === "SELECT");
  });
  await page.keyboard.type("Grace");
  await until("Grace's call alone", async () => (await rows.count()) === 1);
  await page.keyboard.press("Home");
  await until("all calls again", async () => (await rows.count()) === 6);
  await tabTo(page, "Join call with Ada Instructor");
  await page.keyboard.press("Enter");
  await page.waitForURL(here.url + callPage);
  await close(page);
});

test("the history names only the other person, tells outcomes apart, and loads more on demand", async () => {
  await addOutcomes();
  const page = await ben();
  await page.getByRole("link", { name: "Past calls" }).first().click();
  const rows = page.getByRole("list", { name: "Calls" }).getByRole("listitem");
  await rows.nth(5).waitFor();
  const texts = await rows.allTextContents();
  assert.equal(texts.length, 6);
  for (const [at, name, duration, outcome] of [
    [0, "Ada Instructor", "", "In progress"],
    [1, "Grace Instructor", "20 min 34 s", "Completed"],
    [2, "Ada Instructor", "10 min 0 s", "They didn't join"],
    [3, "Ada Instructor", "10 min 0 s", "You didn't join"],
    [4, "Ada Instructor", "10 min 5 s", "Ended unexpectedly"],
    [5, "Ada Instructor", "1 h 5 min", "Completed"],
  ])
    for (const part of [name, duration, outcome]) assert.ok(texts[at].includes(part), `${part} in ${texts[at]}`);
  for (const text of texts) assert.ok(!text.includes("Ben Mentee"), text);
  for (let minutesAgo = 100; minutesAgo < 120; minutesAgo++) await addCall(minutesAgo, 60, "ended", both);
  await page.reload();
  await until("the first page", async () => (await rows.count()) === 20);
  await page.getByRole("button", { name: "Show more" }).press("Enter");
  await until("all", async () => (await rows.count()) === 26);
  await page.getByRole("button", { name: "Show more" }).waitFor({ state: "detached" });
  await close(page);
});

test("an instructor's history shows which mentee didn't come", async () => {
  await addCall(7000, 600, "ended", instructorAlone);
  const page = await visit("/video-call/history", people.ada);
  const row = page.getByRole("list", { name: "Calls" }).getByRole("listitem");
  await row.getByText("Ben Mentee").waitFor();
  await row.getByText("They didn't join").waitFor();
  await page.getByLabel("With").selectOption({ label: "Grace as a Mentee (your mentee)" });
  await says(page, "No calls with Grace as a Mentee yet");
  await close(page);
});

test("without the list of mentorships, the history names everyone who came", () =>
  inState({ before: () => take("list_mentorships"), after: () => give("list_mentorships") }, async () => {
    await addCall(100, 60, "ended", both);
    const page = await visit("/video-call/history", people.ben);
    await says(page, "Ada Instructor and Ben Mentee");
    await close(page);
  }));

test("a history that couldn't be loaded appears after a retry", () =>
  inState({ before: () => take("list_history"), after: () => give("list_history") }, async () => {
    await addCall(100, 60, "ended", both);
    const page = await visit("/video-call/history", people.ben);
    await says(page, "Your calls couldn't be loaded.");
    await give("list_history");
    await press(page, "Try again");
    await says(page, "Completed");
    await close(page);
  }));
