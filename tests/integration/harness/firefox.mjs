// Debian's Firefox through WebDriver BiDi, with a fake camera and microphone.
import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { inspect, looks } from "./browser.mjs";

const executablePath = "/usr/bin/firefox-esr";

/** Why the Firefox tests are skipped, or false. */
export const withoutFirefox = existsSync(executablePath) ? false : "firefox-esr is not installed";

function launch(preferences = {}) {
  return puppeteer.launch({
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
      "ui.prefersReducedMotion": 1,
      ...preferences,
    },
  });
}

/** Starts Firefox with a signed-in person's page; `close` quits the browser. */
export async function startFirefox(url, [name, value]) {
  const browser = await launch();
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

const lightOrDark = { dark: 0, light: 1 };

/**
 * A Firefox for screenshots, since BiDi can't change a page's colour scheme. `open` returns
 * a page in a new profile, with the cookie if one is given.
 */
export async function startFirefoxIn(colorScheme) {
  const browser = await launch({ "layout.css.prefers-color-scheme.content-override": lightOrDark[colorScheme] });
  return {
    open: async (url, cookie) => {
      const context = await browser.createBrowserContext();
      if (cookie) await context.setCookie({ name: cookie[0], value: cookie[1], domain: new URL(url).hostname, path: "/" });
      const page = await context.newPage();
      page.setDefaultTimeout(30000);
      await page.goto(url);
      return page;
    },
    close: () => browser.close(),
  };
}

/** Like gallery in browser.mjs, for the looks in that Firefox's colour scheme. */
export async function galleryIn(colorScheme, page, name) {
  for (const [look, width, scheme] of looks)
    if (scheme === colorScheme) {
      await page.setViewport({ width, height: width < 500 ? 740 : 720 });
      await inspect(page, `firefox-${name}${look}`, width, colorScheme);
    }
}

/** The same for a Firefox started without a colour scheme, which is light. */
export const firefoxGallery = (page, name) => galleryIn("light", page, name);
