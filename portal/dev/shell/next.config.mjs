import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));

/** @type {import("next").NextConfig} */
export default {
  outputFileTracingRoot: here,
  // Keeps builds with different switches apart.
  distDir: process.env.VIDEO_CALL_DIST_DIR ?? ".next",
  webpack(config) {
    // Agora's SDK can't connect without the internet. This switch, for development only, replaces
    // it with a stand-in that has the same interface.
    if (process.env.VIDEO_CALL_DEV_MEDIA === "on")
      config.resolve.alias["agora-rtc-sdk-ng"] = path.join(here, "dev-media/agora-rtc-sdk-ng.ts");
    return config;
  },
};
