// Debian's Chromium, with a camera that shows a moving picture and a microphone that beeps.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { source } from "./places.mjs";

const results = join(source, "tests/results/browser");
mkdirSync(results, { recursive: true });

const servers = new Set();

/** A browser of its own, which can be killed; devices: "allowed" or "denied". */
export async function startBrowser({ devices = "allowed" } = {}) {
  const server = await chromium.launchServer({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--use-fake-device-for-media-stream",
      ...(devices === "allowed" ? ["--use-fake-ui-for-media-stream"] : []),
      "--autoplay-policy=no-user-gesture-required",
      "--allow-loopback-in-peer-connection",
    ],
  });
  servers.add(server);
  const browser = await chromium.connect(server.wsEndpoint());
  return {
    /** A signed-in person's page, on that person's dashboard. */
    signIn: async (url, name, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(20000);
      page.errors = [];
      page.on("pageerror", (error) => page.errors.push(error.message));
      await page.goto(url);
      await page.getByRole("button", { name }).click();
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

/** Whether sound comes out of the page's <audio>. */
export const sounds = (page) =>
  page.locator("audio").first().evaluate(async (audio) => {
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
  }, undefined, { timeout: 20000 });
