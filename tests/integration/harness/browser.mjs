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
  // Three devices: Chromium can't send the pixel format of the second, but can that of the third.
  allowed: ["--use-fake-device-for-media-stream=device-count=3", "--use-fake-ui-for-media-stream"],
  denied: ["--use-fake-device-for-media-stream"],
  none: ["--use-fake-ui-for-media-stream"],
};

/**
 * Starts a separate browser, which can be killed; devices: "allowed", "denied" or "none". By
 * default it's Chromium's headless shell: the same engine for two thirds of the CPU. isFull:
 * the whole browser, which also asks for permissions and keeps the devices' ids.
 */
export async function startBrowser({ devices = "allowed", isFull = devices === "denied" } = {}) {
  const server = await chromium.launchServer({
    executablePath: isFull ? "/usr/bin/chromium" : "/usr/bin/chromium-headless-shell",
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
    /** A new profile in which nobody is signed in. */
    newContext: () => browser.newContext({ viewport: { width: 1280, height: 720 } }),
    /** Signs a person in and returns the page, on that person's dashboard. */
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

/** Saves a screenshot of the page in tests/results/browser. */
export const picture = (page, name) => page.screenshot({ path: join(results, `${name}.png`) });

const axe = createRequire(import.meta.url).resolve("axe-core");
/** The suffix of a screenshot's name, the width of the screen, and the colour scheme. */
export const looks = [
  ["", 1280, "light"],
  ["-dark", 1280, "dark"],
  ["-360", 360, "light"],
  ["-360-dark", 360, "dark"],
];

/** Two of the four looks cover both widths and both schemes; axe is slower than all four screenshots. */
const isRead = (width, colorScheme) => (width > 500) === (colorScheme === "light");

/**
 * Takes a screenshot of the page in either browser as it is now. Fails if something is wider than
 * the screen or, when wide and light or narrow and dark, if axe finds an accessibility violation
 * such as low contrast or a missing name.
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

/** Inspects the page wide and narrow, light and dark. */
export async function gallery(page, name) {
  for (const [look, width, colorScheme] of looks) {
    await page.setViewportSize({ width, height: width < 500 ? 740 : 720 });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await inspect(page, name + look, width, colorScheme);
  }
}

/** Fails unless the whole element is visible without scrolling. */
export async function fitsScreen(locator) {
  const box = await locator.boundingBox();
  const { width, height } = locator.page().viewportSize();
  assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height, `${locator} is at ${JSON.stringify(box)} of ${width} x ${height}`);
}

/** Whether two elements overlap at all. */
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

/** Whether the page's first <audio> plays any sound within 5 seconds; runs in the page. */
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

/** Whether the page plays sound, once it has an <audio>. */
export async function sounds(page) {
  await page.locator("audio").first().waitFor({ state: "attached" });
  return page.evaluate(hasSound);
}
