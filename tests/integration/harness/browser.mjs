// Debian's Chromium, with a camera that shows a moving picture and a microphone that beeps.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { source } from "./places.mjs";

const results = join(source, "tests/results/browser");
mkdirSync(results, { recursive: true });

const servers = new Set();

const flags = {
  // The second of them gives pictures in a form that Chromium sends to nobody; the third does.
  allowed: ["--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"],
  denied: ["--use-fake-device-for-media-stream"],
  none: ["--use-fake-ui-for-media-stream"],
};

/** A browser of its own, which can be killed; devices: "allowed", "denied" or "none". */
export async function startBrowser({ devices = "allowed" } = {}) {
  const server = await chromium.launchServer({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      ...flags[devices],
      "--autoplay-policy=no-user-gesture-required",
      "--allow-loopback-in-peer-connection",
    ],
  });
  servers.add(server);
  const browser = await chromium.connect(server.wsEndpoint());
  return {
    /** A profile of its own, in which nobody is signed in. */
    newContext: () => browser.newContext({ viewport: { width: 1280, height: 720 } }),
    /** A signed-in person's page, on that person's dashboard. */
    signIn: async (url, name, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(20000);
      page.errors = [];
      page.on("pageerror", (error) => page.errors.push(error.message));
      await page.goto(url);
      await page.getByRole("button", { name }).click();
      await page.waitForURL(({ pathname }) => pathname !== "/", { waitUntil: "commit" });
      assert.doesNotMatch(page.url(), /\/api\/auth\//, "the portal refused the sign-in");
      await page.getByRole("heading", { name: /dashboard/ }).waitFor();
      return page;
    },
    kill: () => server.kill(),
    close: async () => {
      servers.delete(server);
      await browser.close().catch(() => {});
      await server.close().catch(() => {});
    },
  };
}

/** Keeps a picture of the page in tests/results/browser. */
export const picture = (page, name) => page.screenshot({ path: join(results, `${name}.png`) });

const axe = createRequire(import.meta.url).resolve("axe-core");
/** What a picture's name ends with, the width of the screen, and the colour scheme. */
export const looks = [
  ["", 1280, "light"],
  ["-dark", 1280, "dark"],
  ["-360", 360, "light"],
  ["-360-dark", 360, "dark"],
];

/** Both widths and both schemes in two of the four: axe takes longer than the four pictures. */
const isRead = (width, colorScheme) => (width > 500) === (colorScheme === "light");

/**
 * Keeps a picture of the page, of either browser, as it is now: nothing in it may be wider than
 * the screen; nor, wide and light or narrow and dark, too faint to read or without a name for a
 * screen reader.
 */
export async function inspect(page, name, width, colorScheme) {
  await page.waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== "running"));
  await picture(page, name);
  const needed = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(needed <= width, `${name} is ${needed} px wide`);
  if (!isRead(width, colorScheme)) return;
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ["violations"] }));
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`),
    [],
    name,
  );
}

/** Keeps pictures of the page, wide and narrow, light and dark, each inspected. */
export async function gallery(page, name) {
  for (const [look, width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: width < 500 ? 740 : 720 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await inspect(page, name + look, width, colorScheme);
  }
}

/** Fails unless all of the element is on the screen as it stands, without scrolling. */
export async function fitsScreen(locator) {
  const box = await locator.boundingBox();
  const { width, height } = locator.page().viewportSize();
  assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, `${locator} is at ${JSON.stringify(box)} of ${width} x ${height}`);
}

/** Whether two elements cover each other, in part at least. */
export async function overlap(one, other) {
  const [a, b] = [await one.boundingBox(), await other.boundingBox()];
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** Whether a <video> inside the element with this label shows new frames. */
export const plays = (page, label) =>
  page.getByLabel(label, { exact: true }).locator("video").evaluate(async (video) => {
    const before = video.getVideoPlaybackQuality().totalVideoFrames;
    for (let tries = 0; tries < 80; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      if (video.getVideoPlaybackQuality().totalVideoFrames > before + 5 && video.videoWidth > 0) return true;
    }
    return false;
  });

/** Whether sound comes out of the page's first <audio>, within 5 seconds; runs in the page. */
export async function hasSound() {
  const audio = document.querySelector("audio");
  if (!audio || audio.paused) return false;
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(audio.srcObject).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  try {
    for (let tries = 0; tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      analyser.getFloatTimeDomainData(samples);
      if (samples.some((sample) => Math.abs(sample) > 0.01)) return true;
    }
    return false;
  } finally {
    await context.close();
  }
}

/** Whether sound comes out of the page, as soon as there is an <audio>. */
export async function sounds(page) {
  await page.locator("audio").first().waitFor({ state: "attached" });
  return page.evaluate(hasSound);
}
