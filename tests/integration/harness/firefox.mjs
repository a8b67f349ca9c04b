// Debian's Firefox, by WebDriver BiDi, with a camera and a microphone of its own making.
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";

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
