// Debian's Firefox, by WebDriver BiDi, with a camera and a microphone of its own making.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { axe, looks, resultPath } from "./browser.mjs";

const executablePath = "/usr/bin/firefox-esr";

/** Why there is none to test with, or false. */
export const withoutFirefox = existsSync(executablePath) ? false : "firefox-esr is not installed";

/** A signed-in person's page; `close` ends the browser. */
export async function startFirefox(url, [name, value]) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    timeout: 90000,
    extraPrefsFirefox: {
      "media.navigator.streams.fake": true,
      "media.navigator.permission.disabled": true,
      "media.autoplay.default": 0,
      "media.peerconnection.ice.loopback": true,
      "media.peerconnection.ice.obfuscate_host_addresses": false,
    },
  });
  try {
    await browser.setCookie({ name, value, domain: new URL(url).hostname, path: "/" });
    const page = await browser.newPage();
    page.setDefaultTimeout(60000);
    return { page, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** As `gallery` for Chromium, light alone: this Firefox is not told by WebDriver to be dark. */
export async function firefoxGallery(page, name) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: axe });
  for (const [look, width] of looks.filter(([, , scheme]) => scheme === "light")) {
    await page.setViewport({ width, height: width < 500 ? 740 : 720 });
    await page.screenshot({ path: resultPath(`firefox-${name}${look}`) });
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${name}${look} is too wide`);
    const violations = await page.evaluate(async () => (await window.axe.run()).violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`));
    assert.deepEqual(violations, [], name + look);
  }
}
